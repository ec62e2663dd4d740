import { expect, it } from '@jest/globals';
import { turns } from './turns.js';

it('lets so many go on per turn of the event loop, in order, and others between', async () => {
  const turn = turns(3);
  const happened: string[] = [];
  const others = (): void => {
    happened.push('-');
    if (happened.length < 12) setImmediate(others);
  };
  setImmediate(others);
  await Promise.all(Array.from({ length: 8 }, async (_, i) => {
    await turn();
    happened.push(String(i));
  }));
  expect(happened.slice(0, 11).join('')).toBe('-012-345-67');
  await turn();
});
