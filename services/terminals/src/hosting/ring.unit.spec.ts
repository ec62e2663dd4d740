import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRing } from './ring.js';

describe('a ring', () => {
  it('holds nothing before the first byte, and no more than it needs', () => {
    const ring = createRing(1 << 20, 100);
    expect([ring.size, ring.start, ring.end]).toEqual([0, 100, 100]);
    ring.append(Buffer.from('prompt$ '));
    expect(ring.size).toBe(4_096);
    expect(ring.read(100, 6)?.toString()).toBe('prompt');
    expect(ring.read(99, 6)).toBeUndefined();
    expect(ring.read(108, 6)?.length).toBe(0);
  });

  it('has the newest bytes of any output, whatever the pieces and limits', () => {
    const step = fc.oneof(fc.record({ bytes: fc.integer({ min: 0, max: 20_000 }) }), fc.record({ limit: fc.integer({ min: 5_000, max: 30_000 }) }));
    fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.array(step, { maxLength: 30 }), (begin, steps) => {
      const ring = createRing(10_000, begin);
      let whole = Buffer.alloc(0);
      let limit = 10_000;
      for (const s of steps) {
        if ('limit' in s) ring.limit(limit = s.limit);
        else {
          const bytes = Buffer.from(Array.from({ length: s.bytes }, (_, i) => (whole.length + i) % 251));
          whole = Buffer.concat([whole, bytes]);
          ring.append(bytes);
        }
      }
      expect(ring.end).toBe(begin + whole.length);
      const held = ring.read(ring.start, whole.length) ?? Buffer.alloc(0);
      expect(held.equals(whole.subarray(ring.start - begin))).toBe(true);
      expect(ring.size).toBeLessThanOrEqual(Math.max(limit, 30_000));
      if (steps.length > 0 && 'bytes' in (steps.at(-1) ?? {}) && whole.length >= limit) expect(held.length).toBeGreaterThanOrEqual(Math.min(limit, 5_000));
    }), { numRuns: 300 });
  });
});
