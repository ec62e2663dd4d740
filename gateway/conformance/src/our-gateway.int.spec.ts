/** Our gateway keeps every promise of the protocol but those that are not built yet. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startOurGateway, type OurGateway } from './our-gateway.fixture.js';
import { table } from './report.js';
import { ROWS } from './rows/index.js';
import { runConformance, type Result } from './run.js';

/** What our gateway does not do yet: the list only gets shorter. A row that passes has to leave it. */
const EXPECTED_MISSING: readonly string[] = [];
/** Seconds; with CONFORMANCE_PATIENCE=90 no row is left out. */
const PATIENCE = Number(process.env['CONFORMANCE_PATIENCE'] ?? 40);
/** What needs more than a minute. */
const EXPECTED_SKIPPED: readonly string[] = PATIENCE >= 90 ? [] : [
  'rights/without a sign of life for 60 s clients are drained',
];

let ours: OurGateway;
let results: Result[];
beforeAll(async () => {
  ours = await startOurGateway();
  results = await runConformance({ url: ours.url, driver: ours.driver, rows: ROWS, patience: PATIENCE, slack: 8 });
}, 240_000);
afterAll(async () => { await ours?.stop(); });

const named = (...outcomes: Result['outcome'][]): string[] => results.filter(r => outcomes.includes(r.outcome)).map(r => r.name).sort();

it('keeps every promise that is not on the list', () => {
  if (process.env['CONFORMANCE_TABLE'] !== undefined) process.stdout.write(`${table(results)}\n`);
  const unexpected = results.filter(r => (r.outcome === 'failed' || r.outcome === 'not offered') && !EXPECTED_MISSING.includes(r.name));
  expect(unexpected).toEqual([]);
});

it('lacks all that is on the list, else the list is too long', () => {
  expect(named('failed', 'not offered')).toEqual([...EXPECTED_MISSING].sort());
});

it('was asked everything', () => {
  expect(named('skipped')).toEqual([...EXPECTED_SKIPPED].sort());
});
