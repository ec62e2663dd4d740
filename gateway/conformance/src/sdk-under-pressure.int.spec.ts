/** The SDK on a socket that takes nothing for a while: what was dropped is said, what must not be is not, and reliable readers come back. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connect, type Client } from '@xanthus/client';
import { startGateway, type RunningGateway } from '@xanthus/gateway';
import { eventually } from '@xanthus/testing';
import { WebSocket } from 'ws';
import type { Person, TestStream } from './driver.js';
import { startOurNats, type OurNats } from './our-gateway.fixture.js';

const TENANT = 'acme';
const FILLER = 'x'.repeat(20_000);
/** Messages that are stored while a reader stands still: 20 MB, more than any system keeps for a socket. */
const MANY = 1_000;
const MORE = 600;
let ours: OurNats;
let gateway: RunningGateway;
let person: Person;
let stream: TestStream;
beforeAll(async () => {
  ours = await startOurNats();
  gateway = await startGateway({ ...ours.environment, XANTHUS_WS_QUEUE_BYTES: String(128 * 1024), XANTHUS_WS_DRAIN_SECONDS: '0' });
  stream = await ours.driver.streams.create(TENANT);
  person = await ours.driver.identities.person(TENANT, { subjects: [`sig.${TENANT}.>`], buckets: { vps: [`${TENANT}.>`] }, streams: { '*': [`evt.${TENANT}.>`] } });
});
const clients: Client[] = [];
afterAll(async () => {
  for (const client of clients) client.close();
  await gateway?.stop();
  await ours?.stop();
});

/** A client, and a hold on its socket. */
const start = async (): Promise<{ client: Client; pause(): void; resume(): void; connections(): number }> => {
  const sockets: WebSocket[] = [];
  const Held = class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  };
  const client = await connect({ url: gateway.url, token: () => person.token(), WebSocket: Held });
  clients.push(client);
  return { client, pause: () => sockets.at(-1)?.pause(), resume: () => sockets.at(-1)?.resume(), connections: () => sockets.length };
};
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

it('counts the signals that a lossy subscription lost, and keeps the newest of each under latest', async () => {
  const { client, pause, resume, connections } = await start();
  const [lossy, latest]: [number[], Map<string, number>] = [[], new Map()];
  let dropped = 0;
  const numberOf = (payload: unknown): number => (payload as { n: number }).n;
  const ready = [
    client.subject(`sig.${TENANT}.log`, ({ payload }) => lossy.push(numberOf(payload)), { policy: 'lossy', onGap: count => { dropped += count; } }),
    client.subject(`sig.${TENANT}.gauge.*`, ({ subject, payload }) => latest.set(subject, numberOf(payload)), { policy: 'latest' }),
  ];
  await eventually(() => ready.every(s => s.state.get() === 'live'));
  pause();
  const total = 600;
  for (const n of upTo(total)) {
    ours.driver.signals.publish(`sig.${TENANT}.log`, { n, FILLER });
    ours.driver.signals.publish(`sig.${TENANT}.gauge.g${n % 3}`, { n, FILLER });
  }
  await ours.driver.signals.flush();
  resume();
  await eventually(() => lossy.length + dropped === total && latest.get(`sig.${TENANT}.gauge.g2`) === total - 1);
  expect(dropped).toBeGreaterThan(0);
  expect(lossy).toEqual(lossy.toSorted((a, b) => a - b));
  expect([...latest.values()].sort()).toEqual([total - 3, total - 2, total - 1]);
  expect(connections()).toBe(1);
});

it('says which messages a lossy stream left out: with those that came it is everything, once', async () => {
  const { client, pause, resume, connections } = await start();
  const [came, left]: [number[], [number, number][]] = [[], []];
  const items = client.stream<{ n: number }>(stream.name, { filter: stream.filter, from: 1, policy: 'lossy' });
  items.onGap(({ from, to }) => left.push([from, to]));
  void (async () => { for await (const { seq } of items) came.push(seq); })();
  await eventually(() => items.state.get() === 'live');
  pause();
  const total = MANY;
  await stream.publishAll(total, i => ['s', { n: i, FILLER }]);
  resume();
  await eventually(() => came.length + left.reduce((sum, [from, to]) => sum + to - from + 1, 0) >= total);
  expect(left.length).toBeGreaterThan(0);
  const covered = [...came, ...left.flatMap(([from, to]) => upTo(to - from + 1).map(i => from + i))];
  expect(covered.sort((a, b) => a - b)).toEqual(upTo(total).map(n => n + 1));
  expect(connections()).toBe(1);
});

it('a reliable stream loses nothing, nor does it lose its connection', async () => {
  const { client, pause, resume, connections } = await start();
  const came: number[] = [];
  const items = client.stream<{ n: number }>(stream.name, { filter: stream.filter, from: 1 });
  void (async () => { for await (const { seq } of items) came.push(seq); })();
  await eventually(() => came.length >= MANY);
  pause();
  await stream.publishAll(MORE, i => ['s', { n: i, FILLER }]);
  resume();
  await eventually(() => came.length >= MANY + MORE);
  expect([came, connections()]).toEqual([upTo(MANY + MORE).map(n => n + 1), 1]);
});

it('is sent away when reliable signals pile up, comes back, and its bucket and stream go on', async () => {
  const { client, pause, resume, connections } = await start();
  const came: number[] = [];
  const items = client.stream<{ n: number }>(stream.name, { filter: stream.filter, from: MANY + MORE + 1 });
  void (async () => { for await (const { seq } of items) came.push(seq); })();
  const bucket = client.bucket<unknown>('vps', { pattern: `${TENANT}.servers.*` });
  await bucket.ready();
  const logs = client.subject(`sig.${TENANT}.log`, () => {});
  await eventually(() => logs.state.get() === 'live' && items.state.get() === 'live');
  pause();
  for (const n of upTo(600)) ours.driver.signals.publish(`sig.${TENANT}.log`, { n, FILLER });
  await ours.driver.signals.flush();
  await stream.publishAll(20, i => ['s', { n: i }]);
  await ours.driver.buckets.put(`${TENANT}.servers.s1`, { schema: 1, seq: 1, time: new Date().toISOString(), data: { n: 1 } });
  await eventually(async () => /xanthus_ws_slow_total\{[^}]*\} [1-9]/.test(await (await fetch(`${gateway.url}/metrics`)).text()));
  resume();
  await eventually(() => came.length >= 20 && bucket.get().entries.has(`${TENANT}.servers.s1`));
  expect(came).toEqual(upTo(20).map(n => n + MANY + MORE + 1));
  expect(connections()).toBeGreaterThan(1);
});
