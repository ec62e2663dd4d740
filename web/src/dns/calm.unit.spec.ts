import { describe, expect, it, jest } from '@jest/globals';
import type { BucketState } from '@xanthus/client';
import { calmed } from './calm.js';

const stateOf = (count: number): BucketState<number> => ({ entries: new Map(Array.from({ length: count }, (_, i) => [String(i), i])), in_sync: true, stale_since: null } as unknown as BucketState<number>);

describe('a view that is told calmly', () => {
  const viewOf = (count: number) => {
    let state = stateOf(count);
    const listeners = new Set<(s: BucketState<number>) => void>();
    return { set: (n: number) => { state = stateOf(n); for (const fn of listeners) fn(state); }, get: () => state, subscribe: (fn: (s: BucketState<number>) => void) => { listeners.add(fn); return () => void listeners.delete(fn); } };
  };
  it('says a small one at once, a large one with pauses, and the last state always', () => {
    jest.useFakeTimers();
    const view = viewOf(1);
    const calm = calmed(view);
    const told: number[] = [];
    const stop = calm.subscribe(s => told.push(s.entries.size));
    view.set(2);
    view.set(600);
    for (let n = 601; n <= 700; n++) view.set(n);
    expect(told).toEqual([2, 600]);
    expect(calm.get().entries.size).toBe(600);
    jest.runAllTimers();
    expect(told).toEqual([2, 600, 700]);
    view.set(701);
    stop();
    jest.runAllTimers();
    expect(told).toEqual([2, 600, 700]);
    jest.useRealTimers();
  });
});
