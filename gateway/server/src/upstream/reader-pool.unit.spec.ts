import { describe, expect, it } from '@jest/globals';
import { readerPool } from './reader-pool.js';

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('the pool of readers', () => {
  it('reads so many pages at once and no more, each in its turn, also after one failed', async () => {
    const pool = readerPool(3);
    const ends: ((fail: boolean) => void)[] = [];
    const begun: number[] = [];
    const read = (n: number): Promise<unknown> => pool.run(() => new Promise((resolve, reject) => {
      begun.push(n);
      ends.push(fail => (fail ? reject(new Error('no answer')) : resolve(n)));
    })).catch(() => 'failed');
    const all = Array.from({ length: 10 }, (_, n) => read(n));
    await turn();
    expect(begun).toEqual([0, 1, 2]);
    ends.shift()?.(true);
    await turn();
    expect(begun).toEqual([0, 1, 2, 3]);
    while (ends.length > 0) {
      expect(ends.length).toBeLessThanOrEqual(3);
      ends.shift()?.(false);
      await turn();
    }
    expect(await Promise.all(all)).toEqual(['failed', 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('holds so many pages in advance and no more', () => {
    const pool = readerPool(2);
    const places = [pool.reserve(), pool.reserve(), pool.reserve()];
    expect(places.map(p => p !== undefined)).toEqual([true, true, false]);
    places[0]?.();
    expect(pool.reserve()).toBeDefined();
  });
});
