import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ULID } from '@xanthus/proto';
import { newId } from './ids.js';

afterEach(() => void jest.restoreAllMocks());

describe('newId', () => {
  it('is a ULID of now', () => {
    const before = Date.now();
    const id = newId();
    const time = [...id.substring(0, 10)].reduce((sum, c) => sum * 32 + '0123456789abcdefghjkmnpqrstvwxyz'.indexOf(c), 0);
    expect(id).toMatch(ULID);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });

  it('sorts as it was made, within one millisecond, across them, and when the clock goes back', () => {
    const start = Date.now() + 10_000;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(start);
    const ids = Array.from({ length: 3_000 }, newId);
    clock.mockReturnValue(start - 5_000);
    ids.push(newId());
    clock.mockReturnValue(start + 1);
    ids.push(newId());
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(ULID);
  });

  it('is random in each millisecond', () => {
    const start = Date.now() + 20_000;
    const clock = jest.spyOn(Date, 'now');
    const tails = Array.from({ length: 1_000 }, (_, i) => {
      clock.mockReturnValue(start + i);
      return newId().slice(10);
    });
    expect(new Set(tails).size).toBe(tails.length);
    for (let at = 1; at < 16; at++) expect(new Set(tails.map(tail => tail[at])).size).toBe(32);
  });
});
