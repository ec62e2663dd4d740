/** The test of the oracle: each promise, broken once. */
import { describe, expect, it } from '@jest/globals';
import { judge, type Seen, type Stored } from './judge.fixtures.js';

const stored = (life: number, ...seqs: number[]): Stored[] => seqs.map(seq => ({ life, seq, to: 'a', uid: `${life}-${seq}` }));
type Told = number | string | { readonly open: number } | { readonly reset: string; readonly from: number };
/** A number is a message of life 0, a string a message by its uid. */
const saw = (...told: Told[]): Seen[] => told.map((what, at) => ({ at, ...(typeof what === 'object' ? what : { seq: Number(String(what).split('-').at(-1)), uid: typeof what === 'number' ? `0-${what}` : what }) }));
const judged = (log: Stored[], seen: Seen[]): string[] => judge({ stored: log, removals: log.flatMap(m => (m.removed === undefined ? [] : [{ at: m.removed, life: m.life, upTo: m.seq }])), seen, wants: ['a'] });
const all = stored(0, 1, 2, 3, 4, 5);
const removed = (at: number, upTo: number, log = all): Stored[] => log.map(m => (m.seq <= upTo ? { ...m, removed: at } : m));
const opened = { open: 1 };

describe('the judge', () => {
  it.each<[string, Stored[], Seen[]]>([
    ['everything in order', all, saw(opened, 1, 2, 3, 4, 5)],
    ['a start in the middle', all, saw({ open: 3 }, 3, 4)],
    ['messages of another subject between', [...all.slice(0, 2), { life: 0, seq: 3, to: 'b', uid: '0-3' }, ...all.slice(3)], saw(opened, 1, 2, 4)],
    ['a new stream after a reset', [...all, ...stored(1, 1, 2)], saw(opened, 1, 2, { reset: 'epoch_changed', from: 1 }, '1-1', '1-2')],
    ['two new streams, nothing seen of the first', [...all, ...stored(2, 1, 2)], saw(opened, 1, 2, { reset: 'epoch_changed', from: 1 }, { reset: 'epoch_changed', from: 1 }, '2-1', '2-2')],
    ['a purge that is told', removed(2, 4), saw(opened, 1, 2, { reset: 'trimmed', from: 1 }, 5)],
    ['a purge before the first was seen', removed(0, 4), saw(opened, 5)],
  ])('accepts %s', (_, log, seen) => expect(judged(log, seen)).toEqual([]));

  it.each<[string, Stored[], Seen[], RegExp]>([
    ['a gap', all, saw(opened, 1, 2, 4), /undetected gap before 4: 3$/],
    ['a gap at the start', all, saw(opened, 2), /undetected gap before 2: 1$/],
    ['a gap that was purged only later', removed(9, 5), saw(opened, 1, 2, 4), /undetected gap before 4: 3/],
    ['a purge that is not told', removed(2, 4), saw(opened, 1, 2, 5), /undetected gap before 5: 3, 4/],
    ['a repeat', all, saw(opened, 1, 2, 2), /2 after 2/],
    ['another order', all, saw(opened, 1, 2, 3, 2), /2 after 3/],
    ['a new stream without a reset', [...all, ...stored(1, 3)], saw(opened, 1, 2, '1-3'), /of life 1, without a reset/],
    ['a message of the new stream before its reset', [...all, ...stored(1, 1, 2, 3)], saw(opened, 1, 2, '1-3', { reset: 'epoch_changed', from: 1 }, '1-1', '1-2', '1-3'), /of life 1, without a reset/],
    ['a reset to the same stream', all, saw(opened, 1, 2, { reset: 'epoch_changed', from: 1 }, 1), /reset epoch_changed after life 0, but 1 is of life 0/],
    ['trimmed although nothing is gone', all, saw(opened, 1, 2, { reset: 'trimmed', from: 1 }, 1, 2, 3), /nothing later was removed/],
    ['trimmed although it had what is gone', removed(2, 2), saw(opened, 1, 2, { reset: 'trimmed', from: 1 }, 3), /nothing later was removed/],
    ['a reset without a reason', all, saw(opened, 1, { reset: 'ahead', from: 1 }, 1), /reset ahead for no reason/],
    ['a reset that begins later than asked', removed(1, 2), saw(opened, 1, { reset: 'trimmed', from: 4 }, 4), /goes on from 4, asked for was 1/],
    ['what was never stored', all, saw(opened, 'x-1'), /never stored/],
    ['what is not of the filter', [{ life: 0, seq: 1, to: 'b', uid: '0-1' }], saw(opened, 1), /not of the filter/],
    ['what it had no right to', all, [{ at: 0, open: 1 }, { at: 1, seq: 1, uid: '0-1', barred: true }], /without the right/],
  ])('finds %s', (_, log, seen, problem) => expect(judged(log, seen)[0]).toMatch(problem));
});
