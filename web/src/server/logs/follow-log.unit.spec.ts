import { describe, expect, it } from '@jest/globals';
import { EMPTY, joinTail, KEPT, readLogSignal, withAnswer, withSignal } from './follow-log.js';

describe('a followed log', () => {
  it('shows lines at the seam once', () => {
    expect(joinTail(['a', 'b', 'c'], ['b', 'c', 'd'])).toEqual(['a', 'b', 'c', 'd']);
    expect(joinTail(['a', 'b'], ['c'])).toEqual(['a', 'b', 'c']);
    expect(joinTail([], ['c'])).toEqual(['c']);
    expect(joinTail(['a', 'a'], ['a', 'a', 'a'])).toEqual(['a', 'a', 'a']);
    expect(joinTail(['a', 'b', 'c'], ['b'])).toEqual(['a', 'b', 'c']);
    expect(joinTail(['a', 'b', 'c'], ['b', 'x'])).toEqual(['a', 'b', 'c', 'b', 'x']);
    expect(joinTail(['a'], [])).toEqual(['a']);
  });
  it('goes on, counts what is missing, and is bounded', () => {
    const state = withSignal(withAnswer(['a'], false, []), { source: 'k3s', lines: ['b', 'c'], dropped: 7 });
    expect(state.rows.map(r => [r.seq, r.text])).toEqual([[1, 'a'], [2, 'b'], [3, 'c']]);
    expect(state.dropped).toBe(7);
    expect(withSignal(EMPTY, { source: 'k3s', lines: Array.from({ length: KEPT + 5 }, String), dropped: 0 }).rows).toHaveLength(KEPT);
  });
  it('takes nothing that is no lines', () => {
    expect([null, 7, {}, { source: 'k3s' }, { source: 'k3s', lines: 'x' }].map(readLogSignal)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(readLogSignal({ source: 'k3s', lines: ['a', 7], ended: { code: 'X', message: 'y' } })).toEqual({ source: 'k3s', lines: ['a'], dropped: 0, ended: { code: 'X', message: 'y' } });
  });
});
