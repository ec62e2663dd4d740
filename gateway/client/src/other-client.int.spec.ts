/** The client that `docs/gateway.md` shows, run as it stands there: nothing of the SDK, nothing missing, nothing twice. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@xanthus/testing';
import { startRealGateway, type RealGateway } from './real-gateway.fixtures.js';

interface Line { readonly seq?: number; readonly payload?: { readonly n: number }; readonly status?: string; readonly reset?: string; readonly error?: string; readonly ended?: string }

let g: RealGateway;
let child: ChildProcess;
const lines: Line[] = [];
const numbers = (): unknown[] => lines.flatMap(line => (line.payload ? [line.payload.n] : []));
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const publish = async (from: number, to: number): Promise<void> => { for (let n = from; n < to; n++) await g.event('s1', n); };
const printed = (fits: () => boolean): Promise<unknown> => eventually(() => Promise.resolve(fits())).catch((error: unknown) => { throw new Error(`${String(error)}: ${JSON.stringify(lines.slice(-5))}`); });

beforeAll(async () => {
  g = await startRealGateway();
  const code = /^```js client\n([\s\S]*?)^```/m.exec(await readFile(join(import.meta.dirname, '../../../docs/gateway.md'), 'utf8'))?.[1] ?? '';
  // Run from this folder, so that `ws` is found.
  const job = { do: 'stream', stream: 'VPS', filter: 'evt.acme.vps.server.*', start_seq: 1, credit: 100 };
  const env = { ...process.env, XANTHUS_URL: `ws://127.0.0.1:${g.proxy.port}/ws`, XANTHUS_TOKEN: g.token(), XANTHUS_TOKEN_URL: '', XANTHUS_JOB: JSON.stringify(job) };
  child = spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd: import.meta.dirname, env, stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', line => lines.push(JSON.parse(line) as Line));
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await g?.stop();
});

it('reads a history and goes on, beyond its credit', async () => {
  await publish(0, 130);
  await printed(() => numbers().length >= 130);
  expect([lines.find(line => line.status)?.status, numbers()]).toEqual(['subscribed', upTo(130)]);
});

it('goes on where it was after each cut', async () => {
  for (let cut = 0; cut < 3; cut++) {
    await publish(130 + cut * 20, 140 + cut * 20);
    await g.proxy.cut();
    await publish(140 + cut * 20, 150 + cut * 20);
    await g.proxy.heal();
    await printed(() => numbers().length >= 150 + cut * 20);
  }
  expect(numbers()).toEqual(upTo(190));
  expect(lines.filter(line => line.status === 'resumed').length).toBeGreaterThanOrEqual(3);
});

it('is told when the stream is another one, and reads that', async () => {
  await g.recreate();
  await printed(() => lines.some(line => line.reset === 'epoch_changed'));
  await publish(1_000, 1_003);
  await printed(() => numbers().includes(1_002));
  expect(numbers().slice(190)).toEqual([1_000, 1_001, 1_002]);
});

it('does not come back when its session has ended', async () => {
  const ended = new Promise(resolve => { child.once('exit', resolve); });
  await g.endSession();
  expect(await ended).toBe(1);
  expect(lines.at(-1)?.ended).toBe('REVOKED');
});
