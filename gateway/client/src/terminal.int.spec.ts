/** The terminal's socket against the real gateway, on a connection that breaks: every byte once, in order, to a screen that takes its time. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { ByteSource } from '@xanthus/gateway/testing';
import { eventually } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { until } from './observable.js';
import { OWNER, startRealGateway, TENANT, type RealGateway } from './real-gateway.fixtures.js';
import { openTerminal, type Terminal } from './terminal.js';

let t: RealGateway;
let count = 0;
const ends: (() => void)[] = [];
beforeAll(async () => {
  t = await startRealGateway();
  await t.grant({ ...OWNER, subjects: ['tty.acme.>'] });
});
afterEach(() => { for (const end of ends.splice(0)) end(); });
afterAll(async () => { await t?.stop(); });

interface Shown { readonly chunks: Buffer[]; readonly said: string[]; pending: number; most: number; terminal: Terminal }
const view = async (bytes = ''): Promise<Shown & { source: ByteSource }> => {
  const source = new ByteSource(t.nc, TENANT, `c${++count}`);
  if (bytes) source.write(Buffer.from(bytes));
  await t.nc.flush();
  const shown = { chunks: [] as Buffer[], said: [] as string[], pending: 0, most: 0 } as unknown as Shown;
  shown.terminal = openTerminal({
    url: `http://127.0.0.1:${t.proxy.port}`, session: source.session, token: () => Promise.resolve(t.token()), WebSocket,
    screen: {
      write: (data, parsed) => {
        shown.chunks.push(Buffer.from(data));
        shown.pending += data.length;
        shown.most = Math.max(shown.most, shown.pending);
        setImmediate(() => { shown.pending -= data.length; parsed(); });
      },
      reset: () => { shown.chunks.length = 0; shown.said.push('reset'); },
      resize: (cols, rows) => shown.said.push(`${cols}×${rows}`),
      skipped: (from, to) => shown.said.push(`skipped ${from}-${to}`),
    },
  });
  ends.push(() => { shown.terminal.close(); source.stop(); });
  return Object.assign(shown, { source });
};
const live = (terminal: Terminal): Promise<unknown> => until(terminal.status, s => s.state === 'live');
const sha = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

it('types, and says its size and its latency', async () => {
  const { terminal, source } = await view();
  await live(terminal);
  await eventually(() => terminal.input('ls\r'));
  terminal.resize(120, 40);
  await eventually(() => Buffer.concat(source.typed).toString() === 'ls\r' && source.controls.some(c => c.op === 'resize' && c['cols'] === 120));
  await until(terminal.latency, ms => ms !== undefined);
  expect(terminal.facts.get()?.viewer).toMatch(/^[a-z0-9]+$/);
});

it('loses and doubles nothing of 4 MB while its connection is cut again and again', async () => {
  const { terminal, source, ...shown } = await view();
  await live(terminal);
  const all = randomBytes(4 * 1024 * 1024);
  for (let at = 0; at < all.length; at += 1024 * 1024) {
    source.write(all.subarray(at, at + 1024 * 1024));
    await eventually(() => { terminal.reconnectNow(); return terminal.offset > at; });
    await t.proxy.cut();
    await t.proxy.heal();
  }
  await eventually(() => { terminal.reconnectNow(); return terminal.offset === all.length; });
  expect(sha(Buffer.concat(shown.chunks))).toBe(sha(all));
  expect(shown.said.filter(s => s.startsWith('skipped'))).toEqual([]);
});

it('shows a snapshot and says what it skipped when the bytes are gone', async () => {
  const { terminal, source, chunks, said } = await view('before');
  await eventually(() => terminal.offset === 6);
  await live(terminal);
  await t.proxy.cut();
  await until(terminal.status, s => s.state !== 'live');
  source.trim(1_000);
  source.write(Buffer.alloc(2_000, 'x'));
  await t.proxy.heal();
  await eventually(() => { terminal.reconnectNow(); return terminal.offset === 2_006; });
  await live(terminal);
  expect(Buffer.concat(chunks).toString()).toMatch(/^screen at \d+/);
  expect(said).toEqual(expect.arrayContaining([expect.stringMatching(/^skipped 6-/), 'reset']));
});

it('ends for good when the right to watch is withdrawn', async () => {
  const { terminal } = await view();
  await live(terminal);
  await t.grant({ ...OWNER, subjects: [] });
  const { reason } = await until(terminal.status, s => s.state === 'ended');
  expect(reason?.code).toBe('REVOKED');
});
