import { describe, expect, it } from '@jest/globals';
import { limiter, pause, untilAborted } from './pause.js';

describe('limiter', () => {
  it('lets so many run at a time, in order, and goes on after a failure', async () => {
    const limit = limiter(2);
    let running = 0;
    let most = 0;
    const ended: number[] = [];
    const work = (n: number) => limit(async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      ended.push(n);
      if (n === 1) throw new Error('no');
    });
    const results = await Promise.allSettled(Array.from({ length: 6 }, (_, n) => work(n)));
    expect(most).toBe(2);
    expect(ended).toEqual([0, 1, 2, 3, 4, 5]);
    expect(results.filter(r => r.status === 'rejected')).toHaveLength(1);
  });
});

describe('pause', () => {
  it('ends at once when aborted, before or while it waits', async () => {
    await pause(60_000, AbortSignal.abort());
    await untilAborted(AbortSignal.abort());
    const abort = new AbortController();
    const both = Promise.all([pause(60_000, abort.signal), untilAborted(abort.signal)]);
    abort.abort();
    await both;
  });
});
