import { expect, it } from '@jest/globals';
import { commandTimes } from './command-times.js';

it('tells so many commands a minute, however many marks a program writes', () => {
  let [now, told] = [60_000, 0];
  const take = commandTimes(() => now, () => { told += 1; });
  const flood = (): void => {
    for (let i = 0; i < 5_000; i += 1) for (const kind of ['output', 'end'] as const) take({ kind, offset: i, confidence: 'marked' });
  };
  flood();
  expect(told).toBe(600);
  now += 60_000;
  flood();
  expect(told).toBe(1_200);
});
