import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TimerWheel } from './timer-wheel.js';

describe('the timer wheel', () => {
  it('gives each thing back at its tick, once, as a list of deadlines would', () => {
    const step = fc.oneof(fc.record({ item: fc.nat(9), ticks: fc.integer({ min: -2, max: 20 }) }), fc.record({ cancel: fc.nat(9) }), fc.constant('tick' as const));
    fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const wheel = new TimerWheel<number>(16);
      const deadlines = new Map<number, number>();
      let now = 0;
      for (const one of steps) {
        if (one === 'tick') {
          now++;
          const due = [...deadlines].filter(([, at]) => at === now).map(([item]) => item);
          for (const item of due) deadlines.delete(item);
          expect(wheel.advance().toSorted()).toEqual(due.toSorted());
        } else if ('cancel' in one) {
          wheel.cancel(one.cancel);
          deadlines.delete(one.cancel);
        } else {
          wheel.schedule(one.item, one.ticks);
          deadlines.set(one.item, now + Math.min(Math.max(1, one.ticks), 15));
        }
        expect(wheel.size).toBe(deadlines.size);
      }
    }));
  });
});
