import { describe, expect, it } from '@jest/globals';
import { virtualTime } from './virtual-time.fixture.js';
import { within } from './within.js';

const never = new AbortController().signal;
const ground = () => {
  const time = virtualTime();
  const step = (signal: AbortSignal, first: string | null = null) =>
    within({ limit: { time: 60_000, tries: 1 }, first, signal, now: time.now, timeout: time.timeout, late: () => new Error('too long') }, until => time.hang(until));
  return { time, step };
};

describe('within', () => {
  it('says that the time of a step is over, counted from its first try', async () => {
    const { time, step } = ground();
    const begun = time.now();
    const first = new Date(begun - 20_000).toISOString();
    const ended = expect(step(never, first)).rejects.toThrow('too long');
    await time.run();
    await ended;
    expect(time.now() - begun).toBe(40_000);
  });

  it('does not blame the step when all of it was stopped', async () => {
    const { step } = ground();
    const stop = new AbortController();
    const ended = expect(step(stop.signal)).rejects.toThrow('we stop');
    stop.abort(new Error('we stop'));
    await ended;
  });
});
