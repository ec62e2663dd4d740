import { describe, expect, it } from '@jest/globals';
import { isUnread, markAllRead, markRead, markUnread, NOTHING_READ, toUnread, type Unread } from './unread.js';

const at = (n: number): string => new Date(Date.UTC(2026, 10, 21) + n * 60_000).toISOString();
const all = Array.from({ length: 10 }, (_, n) => ({ id: `n${n}`, last_at: at(n) }));
const open = (state: Unread, of = all): string[] => of.filter(n => isUnread(state, n)).map(n => n.id);
const n = (i: number) => all[i] as (typeof all)[number];

describe('what is unread', () => {
  it('is everything, then less, in any order', () => {
    expect(open(NOTHING_READ)).toHaveLength(10);
    const some = [3, 0, 1].reduce((s, i) => markRead(s, n(i), all), NOTHING_READ);
    expect(open(some)).toEqual(['n2', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9']);
    expect(some).toEqual({ until: at(1), read: [`n3@${at(3)}`], unread: [] });
    expect(markRead(some, n(2), all)).toEqual({ until: at(3), read: [], unread: [] });
    const none = markAllRead(some, all);
    expect([open(none), none.until]).toEqual([[], at(9)]);
    expect(open(markUnread(none, n(4)))).toEqual(['n4']);
    expect(open(markRead(markUnread(none, n(4)), n(4), all))).toEqual([]);
  });

  it('comes back when it happens again', () => {
    const read = markAllRead(NOTHING_READ, all);
    expect(open(read, [{ id: 'n3', last_at: at(20) }])).toEqual(['n3']);
  });

  it('stays small enough to be kept, whatever is read', () => {
    const many = Array.from({ length: 600 }, (_, i) => ({ id: `m${i}`, last_at: at(i) }));
    const odd = many.filter((_, i) => i % 2 === 1).reduce((s, one) => markRead(s, one, many), NOTHING_READ);
    expect(JSON.stringify(odd).length).toBeLessThan(16_000);
    expect(many.filter((_, i) => i % 2 === 1).some(one => isUnread(odd, one))).toBe(false);
    expect(isUnread(odd, many.at(-2) as (typeof many)[number])).toBe(true);
  });

  it('is read from whatever was stored', () => {
    for (const odd of [null, 3, 'x', {}, { until: 3, read: 'x', unread: [1, 'a'] }]) expect(toUnread(odd).until).toBe('');
    expect(toUnread({ until: at(1), read: ['a'], unread: [1, 'b'] })).toEqual({ until: at(1), read: ['a'], unread: ['b'] });
  });
});
