import { describe, expect, it } from '@jest/globals';
import { AT_TOP, heightOf, MOST, placed, scrolled, settled, toPhysical, toVirtual, virtualOf, type Scale } from './scaled-scroll.js';

const SMALL: Scale = { total: 44_000, view: 800 };
const LARGE: Scale = { total: 44_000_000, view: 800 };

describe('a box that is higher than browsers make one', () => {
  it('is as high as it is, until that is too high', () => {
    expect(heightOf(SMALL)).toBe(44_000);
    expect(heightOf(LARGE)).toBe(MOST);
  });
  it('is scrolled pixel by pixel where nothing is squeezed', () => {
    for (const p of [0, 17, 43_200]) {
      expect(toVirtual(SMALL, p)).toBe(p);
      expect(scrolled(SMALL, AT_TOP, p)).toEqual({ physical: p, offset: 0 });
    }
  });
  it('has both ends, and grows all the way between them', () => {
    expect(toVirtual(LARGE, 0)).toBe(0);
    expect(toVirtual(LARGE, MOST - 800)).toBe(44_000_000 - 800);
    let before = -1;
    for (let p = 0; p <= MOST - 800; p += 39_996) {
      const v = toVirtual(LARGE, p);
      expect(v).toBeGreaterThan(before);
      expect(Math.abs(toPhysical(LARGE, v) - p)).toBeLessThanOrEqual(1);
      before = v;
    }
  });
  it('moves by one pixel for one pixel wherever one is, and by proportion for a leap', () => {
    const middle = scrolled(LARGE, AT_TOP, MOST / 2);
    const at = virtualOf(LARGE, middle);
    expect(at).toBeGreaterThan(21_000_000);
    expect(at).toBeLessThan(23_000_000);
    expect(virtualOf(LARGE, scrolled(LARGE, middle, middle.physical + 120))).toBe(at + 120);
  });
  it('shows the same when it comes to rest, and the bar stands where it belongs', () => {
    let state = scrolled(LARGE, AT_TOP, 3_000_000);
    for (let i = 0; i < 500; i++) state = scrolled(LARGE, state, state.physical + 700);
    const at = virtualOf(LARGE, state);
    const rest = settled(LARGE, state);
    expect(virtualOf(LARGE, rest)).toBe(at);
    expect(rest.physical).toBe(toPhysical(LARGE, at));
    expect(settled(LARGE, rest)).toBe(rest);
  });
  it('reaches the very first and the very last by small movements', () => {
    let state = placed(LARGE, 600_000);
    for (let i = 0; i < 5_000 && virtualOf(LARGE, state) > 0; i++) state = settled(LARGE, scrolled(LARGE, state, Math.max(0, state.physical - 700)));
    expect(virtualOf(LARGE, state)).toBe(0);
    expect(state.physical).toBe(0);
    state = placed(LARGE, 44_000_000 - 600_000);
    for (let i = 0; i < 5_000 && virtualOf(LARGE, state) < 44_000_000 - 800; i++) state = settled(LARGE, scrolled(LARGE, state, Math.min(MOST - 800, state.physical + 700)));
    expect(virtualOf(LARGE, state)).toBe(44_000_000 - 800);
  });
  it('goes to a place exactly', () => {
    for (const v of [0, 123_456, 9_999_999, 31_234_567, 43_999_200]) expect(virtualOf(LARGE, placed(LARGE, v))).toBe(v);
    expect(virtualOf(LARGE, placed(LARGE, 1e9))).toBe(43_999_200);
    expect(virtualOf({ total: 100, view: 800 }, placed({ total: 100, view: 800 }, 50))).toBe(0);
  });
});
