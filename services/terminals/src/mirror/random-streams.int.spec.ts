import { describe, expect, it } from '@jest/globals';
import { trials } from './snapshot-trial.fixture.js';

// More: node infra/launch/bin/run.mjs services/terminals/src/mirror/trials.cli.ts 100000 1
describe('a snapshot of any screen', () => {
  it.each([1, 2_501, 5_001, 7_501])('is the terminal that read the same bytes, and stays it: 2,500 streams from %d', async (from) => {
    expect(await trials(from, 2_500)).toBeUndefined();
  });
  it('is so on larger screens', async () => {
    expect(await trials(1_000_000, 150, { cols: 200, rows: 60 })).toBeUndefined();
  });
});
