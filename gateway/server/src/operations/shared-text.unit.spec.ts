import { expect, it } from '@jest/globals';
import { sharedText } from './shared-text.js';

it('answers the same text, whatever it was asked before', () => {
  for (let i = 0; i < 10_000; i++) expect(sharedText(`filter-${i % 6_000}`)).toBe(`filter-${i % 6_000}`);
  const long = 'x'.repeat(500);
  expect(sharedText(long)).toBe(long);
});
