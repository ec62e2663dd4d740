import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLineBudget } from './line-budget.js';
import { createLineCutter, createTail, harmless } from './log-text.js';

const all = (bytes: Uint8Array, step: number, limit?: number): string[] => {
  const cutter = createLineCutter(limit);
  const lines: string[] = [];
  for (let i = 0; i < bytes.length; i += step) lines.push(...cutter.push(bytes.subarray(i, i + step)));
  return [...lines, ...cutter.end()];
};

describe('lines of a log', () => {
  it('are the same however the bytes come', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (bytes, step) => { expect(all(bytes, step, 20)).toEqual(all(bytes, 200, 20)); }));
  });

  it('are told by encoding, cut with a mark, without their end', () => {
    expect(all(Buffer.from('a\r\nb\n\nc'), 3)).toEqual(['a', 'b', '', 'c']);
    expect(all(Buffer.from('gr\xfcn\nblå\n', 'latin1'), 4)).toEqual(['grün', 'blå']);
    expect(all(Buffer.from('ééééé\n'), 2, 5)).toEqual(['éé … [cut, 5 more bytes]']);
    expect(all(Buffer.from('long enough\n'), 5, 4)).toEqual(['long … [cut, 7 more bytes]']);
  });

  it('hold nothing that acts', () => {
    expect(harmless('\u001b]0;x\u0007\t\u0000\u007f\u009b\u202e\ufeff')).toBe('␛]0;x␇\t␀␡���');
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => { expect(harmless(text)).not.toMatch(/[^\P{Cc}\t]|[\u202a-\u202e\u2066-\u2069\u2028\u2029]/u); }));
  });

  it('are kept to the last ones', () => {
    const tail = createTail(3, 20);
    tail.push(['1', '2', '3', '4']);
    expect(tail.lines()).toEqual(['2', '3', '4']);
    tail.push(['123456789']);
    expect([tail.lines(), tail.dropped()]).toEqual([['3', '4', '123456789'], 2]);
    tail.push(['éé""']);
    expect([tail.lines(), tail.dropped()]).toEqual([['éé""'], 5]);
  });
});

describe('the budget of lines', () => {
  it('lets so many go at a time, keeps so many, and counts the rest', () => {
    const budget = createLineBudget({ bytes: 10, lines: 3, waiting: 2 });
    budget.push(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
    expect(budget.take()).toEqual({ lines: ['a', 'b', 'c'], dropped: 2 });
    expect(budget.take()).toEqual({ lines: ['d', 'e', 'f'], dropped: 0 });
    expect([budget.take(), budget.empty()]).toEqual([undefined, true]);
    budget.push(['0123456789abcdef', 'x']);
    expect(budget.take()).toEqual({ lines: ['0123456789abcdef'], dropped: 0 });
    expect(budget.take()).toEqual({ lines: ['x'], dropped: 0 });
  });

  it('loses no line uncounted', () => {
    fc.assert(fc.property(fc.array(fc.array(fc.string({ maxLength: 30 }), { maxLength: 10 }), { maxLength: 20 }), (chunks) => {
      const budget = createLineBudget({ bytes: 40, lines: 4, waiting: 2 });
      let told = 0;
      const take = (): void => { const batch = budget.take(); told += (batch?.lines.length ?? 0) + (batch?.dropped ?? 0); };
      for (const chunk of chunks) { budget.push(chunk); take(); }
      while (!budget.empty()) take();
      expect(told).toBe(chunks.flat().length);
    }));
  });
});
