/** Plays one scenario at the real gateway and judges it; finds a smaller one that fails too. */
import { jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { eventually, startProxy } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { OWNER, type RealGateway } from '../real-gateway.fixtures.js';
import type { Client, StreamSubscription } from '../types.js';
import { judge, type Scenario, type Seen, type Step, type Stored } from './scenario.fixtures.js';

/** `hide` is the planted fault: a message is lost and the next one's `prev` hides it. */
export interface World { readonly g: RealGateway; readonly ports: readonly number[]; readonly hide?: boolean }

interface Network { drop: number; duplicate: number; hide: number; port: number }
interface Frame { op: string; target?: string; data?: { kind?: string; seq?: number; prev?: number } }

/** A WebSocket whose network loses or doubles whole messages of streams. */
const faulty = (network: Network) => class extends WebSocket {
  #hidden: number | undefined;
  constructor(url: string, protocols: string[]) { super(url.replace(/:\d+/, `:${network.port}`), protocols); }
  override addEventListener(type: never, fn: never): void {
    const listener = fn as (event: unknown) => void;
    super.addEventListener(type, (type === 'message' ? (event: { data: unknown }) => listener({ data: this.#change(String(event.data)) }) : listener) as never);
  }
  #change(text: string): string {
    const frames = [JSON.parse(text) as Frame | Frame[]].flat();
    return JSON.stringify(frames.flatMap(frame => {
      if (frame.op !== 'msg' || !frame.target?.startsWith('js:') || frame.data?.seq === undefined || frame.data.prev === undefined) return [frame];
      if (this.#hidden !== undefined) {
        frame.data.prev = Math.min(frame.data.prev, this.#hidden);
        this.#hidden = undefined;
      }
      if (frame.data.kind !== undefined) return [frame];
      if (network.hide > 0 && network.hide-- === 1) {
        this.#hidden = frame.data.prev;
        return [];
      }
      if (network.drop > 0) {
        network.drop--;
        return [];
      }
      if (network.duplicate > 0) {
        network.duplicate--;
        return [frame, frame];
      }
      return [frame];
    }));
  }
};

const granted = new Map<string, string[]>();
const sleep = (ms: number): Promise<void> => new Promise(resolve => { setTimeout(resolve, ms); });
let runs = 0;

/** @returns the broken promises; none is right */
export const play = async ({ g, ports, hide }: World, { everything, credit, steps }: Scenario): Promise<string[]> => {
  const name = `m${++runs}`;
  const stream = name.toUpperCase();
  const [js, manager, proxies] = [jetstream(g.nc), await jetstreamManager(g.nc), await Promise.all(ports.map(port => startProxy(port)))];
  const network: Network = { drop: 0, duplicate: 0, hide: hide === true ? 3 : 0, port: proxies[0]?.port ?? 0 };
  const subject = `evt.acme.${name}.server`;
  const [stored, seen, happened]: [Stored[], Seen[], Set<string>] = [[], [], new Set()];
  let [life, at, count, slow, ended] = [0, 0, 0, false, false];
  let client: Client | undefined;
  let reading: StreamSubscription | undefined;
  let done: Promise<void> = Promise.resolve();
  let readLife = 0;

  const sure = <T>(fn: () => Promise<T>): Promise<T> => eventually(async () => ({ value: await fn() }), { timeout: 15_000 }).then(r => r.value);
  const create = (): Promise<unknown> => sure(() => manager.streams.add({ name: stream, subjects: [`${subject}.*`], storage: StorageType.File, allow_direct: true }));
  const rights = (yes: boolean): Promise<void> => {
    if (yes) granted.set(stream, [`${subject}.*`]);
    else granted.delete(stream);
    return sure(() => g.grant({ ...OWNER, streams: { ...OWNER.streams, ...Object.fromEntries(granted) } }));
  };
  const publish = async (to: 'a' | 'b'): Promise<number> => {
    const uid = `${name}-${life}-${count++}`;
    const { seq } = await sure(() => js.publish(`${subject}.${to}`, JSON.stringify({ uid }), { msgID: uid, timeout: 1_000 }));
    stored.push({ life, seq, to, uid, removed: false });
    return seq;
  };
  const read = (): void => {
    if (client === undefined) return;
    const from = readLife === life ? at + 1 : 1;
    readLife = life;
    const mine = reading = client.stream(stream, { filter: everything ? `${subject}.*` : `${subject}.a`, from, credit });
    seen.push({ open: from });
    mine.onReset(({ reason, from_seq }) => { seen.push({ reset: reason, from: from_seq }); at = from_seq - 1; readLife = life; });
    done = (async () => {
      try {
        for await (const item of mine) {
          if (mine !== reading) return;
          seen.push({ seq: item.seq, uid: (item.payload as { uid: string }).uid });
          at = item.seq;
          if (slow) await sleep(15);
        }
      } catch { // the right went, or has not come back yet
        if (ended || mine !== reading) return;
        await sleep(50);
        if (!ended && mine === reading) read();
      }
    })();
  };
  const open = async (): Promise<void> => {
    client = await g.client({ WebSocket: faulty(network) });
    read();
  };
  const act: Record<Exclude<Step['do'], 'publish' | 'delay' | 'wait'>, () => unknown> = {
    cut: () => Promise.all(proxies.map(p => p.cut())),
    stall: () => proxies.forEach(p => p.stall()),
    heal: () => Promise.all(proxies.map(p => p.heal())),
    drop: () => { network.drop = 1; },
    duplicate: () => { network.duplicate = 3; },
    slow: () => { slow = true; },
    fast: () => { slow = false; },
    reopen: async () => {
      await act.heal();
      reading = undefined;
      client?.close();
      await open();
    },
    other: async () => {
      network.port = proxies[network.port === proxies[0]?.port ? proxies.length - 1 : 0]?.port ?? 0;
      await act.cut();
      await act.heal();
    },
    purge: () => remove(Infinity),
    trim: () => remove(Math.ceil((stored.at(-1)?.seq ?? 0) / 2)),
    recreate: async () => {
      await sure(async () => { await manager.streams.delete(stream).catch((e: unknown) => { if (!/not found/.test(String(e))) throw e; }); });
      life++;
      await create();
    },
    revoke: () => rights(false),
    grant: () => rights(true),
    killNats: async () => {
      await g.nats.kill9();
      await g.nats.restart();
    },
  };
  const remove = async (upTo: number): Promise<void> => {
    for (const message of stored) if (message.life === life && message.seq <= upTo) message.removed = true;
    await sure(() => (upTo === Infinity ? manager.streams.purge(stream) : manager.streams.purge(stream, { seq: upTo + 1 })));
  };

  try {
    await create();
    await rights(true);
    await open();
    for (const step of steps) {
      happened.add(step.do);
      if (step.do === 'publish') for (let i = 0; i < step.count; i++) await publish(step.to);
      else if (step.do === 'delay') proxies.forEach(p => p.delay(step.ms));
      else if (step.do === 'wait') await sleep(step.ms);
      else await act[step.do]();
    }
    await act.heal();
    slow = false;
    await rights(true);
    // A message lost last of all shows with the next one.
    for (let i = 0; i < 3; i++) await publish('a');
    network.drop = network.duplicate = 0;
    await publish('a');
    const last = stored.at(-1)?.uid;
    const arrived = await eventually(() => seen.some(s => 'uid' in s && s.uid === last), { timeout: 20_000 }).then(() => true, () => false);
    const judged = (): string[] => judge({ stored, seen, everything, happened });
    // A new stream is told within 5 s (docs/gateway.md); then everything of it comes once more.
    if (happened.has('recreate')) await eventually(() => judged().length === 0, { timeout: 9_000, every: 100 }).catch(() => undefined);
    return [...judged(), ...(arrived ? [] : [`the last message never came; seen last: ${JSON.stringify(seen.slice(-3))}`])];
  } finally {
    ended = true;
    client?.close();
    await done;
    await Promise.all(proxies.map(p => p.stop()));
    granted.delete(stream);
    await sure(() => manager.streams.delete(stream)).catch(() => undefined);
  }
};

/** Leaves out one step after the other while it still fails. */
export const shrink = async (world: World, scenario: Scenario): Promise<Scenario> => {
  let smallest = scenario;
  for (let i = smallest.steps.length - 1; i >= 0; i--) {
    const smaller = { ...smallest, steps: smallest.steps.filter((_, n) => n !== i) };
    if ((await play(world, smaller)).length > 0) smallest = smaller;
  }
  return smallest;
};
