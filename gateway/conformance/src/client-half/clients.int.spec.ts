/** Our SDK and the client of `docs/gateway.md` do all that a client must; the same client, spoilt in one way, fails the rows that are about it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tempDir, type TempDir } from '@xanthus/testing';
import { table } from '../report.js';
import type { Result } from '../run.js';
import { bundledSdk, clientOf, documentedCode } from './our-clients.fixture.js';
import { CLIENT_ROWS } from './rows/index.js';
import { runClients } from './run-clients.js';

/** What is changed in the documented client, and the rows that must notice, with their reason. */
const FAULTS: readonly (readonly [fault: string, right: string, wrong: string, rows: Readonly<Record<string, RegExp>>])[] = [
  ['does not look at prev', 'else if (prev > position.at) return again();', '', {
    'prev/a hole is noticed, and asked for again from the position': /the client to subscribe again/, 'prev/a hole right before in_sync is noticed too': /the client to subscribe again/, 'kv/a hole is noticed, and asked for again': /the client to subscribe again/,
  }],
  ['takes every sequence that is left out for a hole', 'else if (prev > position.at)', 'else if (at > position.at + 1)', { 'prev/a sequence that a filter leaves out is no hole': /waited/ }],
  ['tells what comes again', 'at > position.at || data.redelivered', 'true', { 'prev/what comes again is not told again': /what was told/ }],
  ['begins anew after each cut', 'const resume = position &&', 'const resume = false &&', { 'resume/goes on with last_seq, last_time and epoch after a cut': /last_seq/ }],
  ['forgets the epoch', '{ epoch: position.epoch, last_seq', '{ last_seq', { 'resume/goes on with last_seq, last_time and epoch after a cut': /epoch/ }],
  ['shows half of a snapshot', 'whole && print', 'print', { 'kv/is shown when it is whole, then each change, deletions included': /what is shown first/ }],
  ['keeps what a reset made void', '[entries, whole] = [{}, false]; }', '}', { 'kv/reset: what it held is void': /the entries/ }],
  ['subscribes before it is live', "if (op === 'hello') {", "if (op === 'hello') { work.live();", { 'log-in/authenticates at once, and asks for nothing before hello and cap_update': /before cap_update/ }],
  ['makes a new key for each try', 'open.forEach(frame => send(frame))', 'open.forEach(frame => send({ ...frame, idempotency_key: randomUUID() }))', { 'cmd/without an answer it is sent again with the same idempotency key': /key of what is sent again/ }],
  ['comes back whatever the code', 'code >= 4500 &&', 'code >= 9500 &&', { 'close/4503 means do not come back': /that it has ended/ }],
  ['waits long before it comes back', 'atLeast + Math.random() * Math.min(20_000, 250 * 2 ** attempt++)', '20_000', { 'retry/waits between attempts, longer and longer, never the same': /attempt 1: full jitter/ }],
  ['grants credit before it is used', 'credit && ++done >= credit / 2 ? done : 0', 'credit ?? 0', { 'credit/is asked for, and granted in steps as messages are dealt with': /granted after/ }],
  ['leaves at once when it hears of a drain', 'data.reconnect_after_ms', '0', { 'drain/is served until its slot, leaves then, and goes on elsewhere': /came after/ }],
];

/** So many at once: a program that starts is not waiting. */
const WIDTH = 4;
const turns = Array.from({ length: WIDTH }, () => Promise.resolve() as Promise<unknown>);
let next = 0;
const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
  const mine = next++ % WIDTH;
  const running = (turns[mine] as Promise<unknown>).then(run, run);
  turns[mine] = running;
  return running;
};

let folder: TempDir;
let right: Promise<readonly Result[][]>;
const spoilt = new Map<string, Promise<Result[]>>();
beforeAll(async () => {
  folder = await tempDir('xanthus-clients-');
  const code = await documentedCode();
  // Side by side: most of their time they wait.
  right = Promise.all([bundledSdk(folder.path).then(client => runClients({ client, width: WIDTH, slack: 6 })), runClients({ client: clientOf(code), width: WIDTH, slack: 6 })]);
  for (const [fault, before, after, rows] of FAULTS) {
    expect(code.split(before)).toHaveLength(2);
    spoilt.set(fault, inTurn(() => runClients({ client: clientOf(code.replace(before, () => after)), rows: CLIENT_ROWS.filter(r => r.name in rows) })));
  }
});
afterAll(async () => { await folder?.remove(); });

const notPassed = (results: readonly Result[]): Result[] => {
  if (process.env['CONFORMANCE_TABLE'] !== undefined) process.stdout.write(`${table(results)}\n`);
  return results.filter(r => r.outcome !== 'passed');
};

it('names each row once, by area and promise', () => {
  const names = CLIENT_ROWS.map(r => r.name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z_-]+\/./);
});

describe('a client does what it must', () => {
  it('our SDK, and one that is written from the page alone', async () => {
    const [sdk, documented] = (await right).map(notPassed);
    expect({ sdk, documented }).toEqual({ sdk: [], documented: [] });
  });
});

describe('a client is caught that', () => {
  it.each(FAULTS)('%s', async (fault, _right, _wrong, rows) => {
    const found = await spoilt.get(fault) ?? [];
    expect(found).toEqual(Object.keys(rows).map(name => expect.objectContaining({ name, outcome: 'failed' })));
    for (const { name, detail } of found) expect(detail).toMatch(rows[name] as RegExp);
  });
});
