import { describe, expect, it } from '@jest/globals';
import { runRounds, type Rounds } from './run-rounds.js';
import { virtualTime } from './virtual-time.fixture.js';

const ground = async (rounds: Pick<Rounds<string>, 'items' | 'look'> & { readonly atOnce?: number }, count: number) => {
  const time = virtualTime();
  const stop = new AbortController();
  const [failed, faults, starts]: [string[], string[], number[]] = [[], [], []];
  const running = runRounds({
    every: 60_000, atOnce: 2, log: { error: (_about, text) => void faults.push(text) }, failed: item => void failed.push(item), ...rounds, pause: time.pause,
    items: () => { starts.push(time.now()); return rounds.items(); },
  }, stop.signal);
  await time.run(() => starts.length > count);
  stop.abort();
  await running;
  return { failed, faults, starts };
};

describe('rounds', () => {
  it('look at everything each time, a few at once, and go on after one that failed', async () => {
    const looked: string[] = [];
    let [now, most] = [0, 0];
    const { failed, starts } = await ground({ items: () => ['a', 'b', 'c'], look: async (item) => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now -= 1;
      looked.push(item);
      if (item === 'b') throw new Error('away');
    } }, 2);
    expect(looked.slice(0, 6)).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
    expect(failed.slice(0, 2)).toEqual(['b', 'b']);
    expect(most).toBe(2);
    expect(starts.slice(1).map((t, i) => t - (starts[i] ?? 0))).toEqual([60_000, 60_000]);
  });

  it('go on when what is to be looked at could not be listed', async () => {
    let lists = 0;
    const looked: string[] = [];
    const { faults } = await ground({ items: () => { lists += 1; if (lists === 1) throw new Error('no'); return ['a']; }, look: async (item) => void looked.push(item) }, 2);
    expect(faults).toHaveLength(1);
    expect(looked[0]).toBe('a');
  });
});
