/** Two gateways, each a process of its own, on one NATS behave as one: whoever loses its gateway goes on at the other, and a right that goes is gone at both. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Client, type StreamItem } from '@xanthus/client';
import { HEADERS, type CapabilityDocument } from '@xanthus/proto';
import { renameServer } from '@xanthus/proto/vps';
import { eventually } from '@xanthus/testing';
import { jetstream } from '@nats-io/jetstream';
import { WebSocket } from 'ws';
import { isError } from './check.js';
import type { Person } from './driver.js';
import { bundleGateway, startOurNats, type GatewayBundle, type GatewayProcess, type OurNats } from './our-gateway.fixture.js';
import { Socket } from './socket.js';

const TENANT = 'acme';
const RIGHTS: CapabilityDocument = { subjects: ['sig.acme.>'], buckets: { vps: ['acme.>'] }, commands: ['cmd.acme.>'], streams: { VPS: ['evt.acme.>'] } };
const FILTER = 'evt.acme.vps.server.*';

let ours: OurNats;
let gateways: GatewayProcess[];
let bundle: GatewayBundle;
const start = (): Promise<GatewayProcess> => bundle.start({ ...ours.environment, XANTHUS_WS_DRAIN_SECONDS: '0' });
beforeAll(async () => {
  [ours, bundle] = await Promise.all([startOurNats(), bundleGateway()]);
  gateways = await Promise.all([start(), start()]);
});
afterAll(async () => {
  await Promise.all(gateways?.map(g => g.stop()) ?? []);
  await ours?.stop();
  await bundle?.remove();
});

const ends: (() => void)[] = [];
afterEach(() => { for (const end of ends.splice(0)) end(); });

const publish = async (n: number): Promise<number> => (await jetstream(ours.nc).publish(`evt.${TENANT}.vps.server.s${n % 5}`, JSON.stringify({ n }))).seq;
const upTo = (n: number, from = 0): number[] => Array.from({ length: n - from }, (_, i) => from + i);

/** As a load balancer: each attempt goes to the next gateway, the first to the one given, whether it lives or not. */
const balanced = (first: number) => {
  let next = first;
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url.replace(/:\d+/, `:${gateways[next++ % gateways.length]?.port}`), protocols);
    }
  };
};

interface Follower { readonly client: Client; readonly seen: number[]; readonly resets: string[]; readonly shown: () => unknown }

/** A stream and a bucket, followed by the SDK. */
const follow = async (person: Person, first: number): Promise<Follower> => {
  const client = await connect({ url: 'http://127.0.0.1:1', token: () => person.token(), WebSocket: balanced(first) });
  ends.push(() => client.close());
  const [seen, resets]: [number[], string[]] = [[], []];
  const stream = client.stream<{ n: number }>('VPS', { filter: FILTER, from: 1, credit: 200 });
  stream.onReset(({ reason }) => resets.push(reason));
  void (async () => { for await (const { payload } of stream) seen.push(payload.n); })();
  const bucket = client.bucket<unknown>('vps', { pattern: `${TENANT}.servers.*` });
  await bucket.ready();
  return { client, seen, resets, shown: () => Object.fromEntries([...bucket.get().entries].map(([key, value]) => [key, value.data])) };
};

/** Takes what comes and acknowledges each tenth. */
const work = (client: Client, name: string): { readonly taken: StreamItem<{ n: number }>[]; readonly failed: () => string | undefined; acknowledge(): void } => {
  const taken: StreamItem<{ n: number }>[] = [];
  let code: string | undefined;
  const durable = client.stream<{ n: number }>('VPS', { filter: FILTER, from: 1, durable: name });
  const run = async (): Promise<void> => {
    for await (const item of durable) {
      taken.push(item);
      if (taken.length % 10 === 0) durable.ack();
    }
  };
  run().catch((error: { code?: string }) => { code = error.code; });
  return { taken, failed: () => code, acknowledge: () => durable.ack() };
};

describe('two gateways on one NATS', () => {
  it('lose no client, no message and no command when one is killed under load', async () => {
    const person = await ours.driver.identities.person(TENANT, RIGHTS);
    const effects = new Map<string, number>();
    const service = await ours.driver.services.answer('cmd.acme.vps.server.*.rename', ({ header }) => {
      const key = header(HEADERS.IDEMPOTENCY) ?? '';
      effects.set(key, (effects.get(key) ?? 0) + 1);
      return { body: { id: 's1', stream: 'VPS', seq: 1 } };
    });
    ends.push(() => service.stop());
    const followers = await Promise.all(upTo(12).map(i => follow(person, i)));
    // Both names are held at the gateway that is going to die.
    const [first, second] = [followers[0] as Follower, followers[2] as Follower];
    const jobs = [work(first.client, 'billing'), work(second.client, 'audit')];

    const TOTAL = 1_500;
    const asked: Promise<unknown>[] = [];
    for (let n = 0; n < TOTAL; n++) {
      await publish(n);
      if (n % 10 === 0) await ours.driver.buckets.put(`${TENANT}.servers.s${n % 40}`, { schema: 1, seq: n + 1, time: new Date().toISOString(), data: { n } });
      if (n % 50 === 0) asked.push(...followers.map((f, i) => f.client.command(renameServer, { name: `n${n}` }, { id: 's1', idempotencyKey: `key-${n}-${i}` })));
      if (n === 600) await gateways[0]?.kill9();
    }
    await eventually(() => followers.every(f => f.seen.length >= TOTAL));
    for (const f of followers) expect({ seen: f.seen, resets: f.resets }).toEqual({ seen: upTo(TOTAL), resets: [] });
    await Promise.all(asked);
    // Repeated after the cut with the key that it had: the service takes it once.
    expect([...effects.keys()].sort()).toEqual(upTo(TOTAL).filter(n => n % 50 === 0).flatMap(n => followers.map((_, i) => `key-${n}-${i}`)).sort());
    const last = Object.fromEntries(upTo(TOTAL).filter(n => n % 10 === 0).map(n => [`${TENANT}.servers.s${n % 40}`, { n }]));
    await eventually(() => followers.every(f => JSON.stringify(f.shown()) === JSON.stringify(last)) || expect(followers.map(f => f.shown())).toEqual(followers.map(() => last)));

    // At least once, and what comes again is only what was not acknowledged.
    for (const { taken, failed } of jobs) {
      await eventually(() => new Set(taken.map(item => item.payload.n)).size >= TOTAL);
      expect([...new Set(taken.map(item => item.payload.n))]).toEqual(upTo(TOTAL));
      expect(taken.length - TOTAL).toBe(taken.filter((item, i) => taken.findIndex(other => other.seq === item.seq) < i).length);
      expect(taken.filter((item, i) => item.redelivered !== true && taken.findIndex(other => other.seq === item.seq) < i)).toEqual([]);
      expect(failed()).toBeUndefined();
    }
    gateways[0] = await start();
  });

  it('let one take over the durable subscription that the other serves', async () => {
    const person = await ours.driver.identities.person(TENANT, RIGHTS);
    const [here, there] = [await follow(person, 0), await follow(person, 1)];
    const before = work(here.client, 'moved');
    await eventually(() => before.taken.length >= 1_000);
    before.acknowledge(); // what follows comes again at the other
    const after = work(there.client, 'moved');
    await eventually(() => before.failed() === 'TAKEN_OVER');
    await publish(90_000);
    await eventually(() => after.taken.at(-1)?.payload.n === 90_000);
    const numbers = new Set([...before.taken, ...after.taken].map(item => item.payload.n));
    expect([...numbers]).toEqual([...upTo(1_500), 90_000]);
  });

  it('both tell the last frame soon after a right was withdrawn, and none after it', async () => {
    const PEOPLE = 100;
    const people = await Promise.all(upTo(PEOPLE).map(() => ours.driver.identities.person(TENANT, RIGHTS)));
    const sockets = await Promise.all(people.flatMap(person => gateways.map(async ({ url }) => {
      const socket = await new Socket(url).open();
      ends.push(() => socket.close());
      await socket.ask({ op: 'auth', data: { token: await person.token() } });
      await socket.until(f => f.op === 'cap_update', 'cap_update');
      await socket.ask({ op: 'sub', target: `sig.${TENANT}.load` });
      return socket;
    })));
    let n = 0;
    const load = setInterval(() => ours.driver.signals.publish(`sig.${TENANT}.load`, { n: n++ }), 10);
    ends.push(() => clearInterval(load));
    const took: number[] = [];
    for (const [i, person] of people.entries()) {
      const own = sockets.slice(i * 2, i * 2 + 2);
      await Promise.all(own.map(s => s.until(f => f.op === 'msg', 'a message')));
      const written = performance.now();
      await person.grant({ ...RIGHTS, subjects: [] });
      const ended = await Promise.all(own.map(s => s.until(isError('REVOKED'), 'REVOKED')));
      took.push(...ended.map(f => f.at - written));
    }
    await Promise.all(sockets.map(s => s.quiet()));
    for (const socket of sockets) {
      expect(socket.violations).toEqual([]);
      expect(socket.frames.slice(socket.frames.findIndex(isError('REVOKED'))).filter(f => f.op === 'msg')).toEqual([]);
    }
    const p99 = took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? Number.NaN;
    process.stdout.write(`revocation at two gateways, ${sockets.length} sockets with 100 messages/s each: write → last frame p99 ${p99.toFixed(1)} ms\n`);
    // The promise is 250 ms; a machine that runs other specs beside is slow.
    expect(p99).toBeLessThan(5_000);
  });
});
