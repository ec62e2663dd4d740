import { expect, it } from '@jest/globals';
import { castWriter } from './cast-writer.js';

it('makes no chunk larger than can be stored, also of nothing but commands', () => {
  const sizes: number[] = [];
  const cast = castWriter({ cols: 80, rows: 24, began: 0, title: 'web-1', last: undefined, onBatch: ({ text }) => void sizes.push(Buffer.byteLength(text)) });
  for (let i = 0; i < 5_000; i += 1) cast.command({ at_ms: i, text: 'x'.repeat(200), exit_code: 0, duration_ms: 1, confidence: 'marked' });
  cast.flush();
  expect(sizes.length).toBeGreaterThan(4);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
});
