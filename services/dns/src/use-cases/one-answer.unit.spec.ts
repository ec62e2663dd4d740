import { expect, it } from '@jest/globals';
import { oneAnswer, oneText } from './one-answer.js';

it('a long list comes in answers that a message holds, all of it once', () => {
  const all = Array.from({ length: 10_000 }, (_, i) => ({ i, text: 'ä'.repeat(i % 500) }));
  const found: typeof all = [];
  for (let at: number | null = 0; at !== null;) {
    const { items, next_offset }: { items: typeof all; next_offset: number | null } = oneAnswer(all, at);
    expect(Buffer.byteLength(JSON.stringify(items))).toBeLessThan(700_000);
    found.push(...items);
    at = next_offset;
  }
  expect(found).toEqual(all);
  expect(oneAnswer(all, 9_990, 5)).toEqual({ items: all.slice(9_990, 9_995), next_offset: 9_995 });
  expect(oneAnswer([], 0)).toEqual({ items: [], next_offset: null });
});

it('one thing alone comes, however large; a text comes in parts', () => {
  expect(oneAnswer(['x'.repeat(700_000), 'y'], 0)).toEqual({ items: ['x'.repeat(700_000)], next_offset: 1 });
  const text = Array.from({ length: 200_000 }, (_, i) => String(i)).join('\n');
  let [read, at]: [string, number | null] = ['', 0];
  while (at !== null) {
    const part: ReturnType<typeof oneText> = oneText(text, at);
    read += part.text;
    at = part.next_offset;
  }
  expect(read).toBe(text);
});
