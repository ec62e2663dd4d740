/** Plays one scenario at the real gateways and judges it. */
import { jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { eventually, startProxy, type TcpProxy } from '@xanthus/testing';
import type { Client } from '../types.js';
import { judge, type Removal, type Seen, type Stored } from './judge.fixtures.js';
import { faulty, type Network } from './network.fixtures.js';
import { startReader, type Reader } from './reader.fixtures.js';
import type { Fault, Scenario, Step } from './scenario.fixtures.js';
import type { Player, World } from './world.fixtures.js';

/**
 * `haunted`: nats-server made the stream anew with messages of the one that was deleted in it (2.15.1 does: 14 of 9,817 times under load): nothing can be said of this run.
 * `problems`: broken promises, none is right. `trace`: the scenario with what others did to it meanwhile. `wire`: the last frames of its client.
 */
export interface Outcome { readonly problems: string[]; readonly trace: Scenario; readonly wire: readonly string[]; readonly haunted: boolean }

const startOf = (step: Seen | undefined): number => (step === undefined || 'seq' in step ? 0 : 'open' in step ? step.open : step.from);
const sleep = (ms: number): Promise<void> => new Promise(resolve => { setTimeout(resolve, ms); });
/** A killed NATS comes back. */
const sure = <T>(fn: () => Promise<T>): Promise<T> => eventually(async () => ({ value: await fn() }), { timeout: 60_000, every: 50 }).then(r => r.value);
let runs = 0;

/** @param patience how long everything may take to arrive in the end, ms */
export const play = async (world: World, scenario: Scenario, patience = 45_000): Promise<Outcome> => {
  const { g, gateways } = world;
  const name = `m${++runs}`;
  const stream = name.toUpperCase();
  const subject = `evt.acme.${name}.server`;
  const [js, manager, proxies] = [jetstream(g.nc), await jetstreamManager(g.nc, { checkAPI: false }), await Promise.all(gateways.map(place => startProxy(place)))];
  const network: Network = { drop: 0, duplicate: 0, hide: world.hide === true ? 3 : 0, port: proxies[0]?.port ?? 0, problems: [], wire: [] };
  const stored: Stored[] = [];
  const removals: Removal[] = [];
  const barred = new Set<string>();
  let [life, count, clock, revoked, haunted] = [0, 0, 0, false, false];
  const at = (): number => ++clock;
  const logs: { readonly seen: Seen[]; readonly wants: readonly ('a' | 'b')[]; readonly filter: string; readonly credit?: number }[] = [
    { seen: [], wants: scenario.everything ? ['a', 'b'] : ['a'], filter: scenario.everything ? `${subject}.*` : `${subject}.a`, credit: scenario.credit },
    ...(scenario.second === true ? [{ seen: [], wants: ['b'] as const, filter: `${subject}.b` }] : []),
  ];
  const happened: Step[] = [];
  const player: Player = { happens: step => happened.push(step), state: () => `seed ${scenario.seed}: ${happened.length} of ${scenario.steps.length}, ${JSON.stringify(happened.at(-1))}, seen ${logs.map(l => l.seen.length).join(' ')} ${client?.connection.get().state}` };
  let client: Client | undefined;
  let readers: Reader[] = [];

  const create = async (): Promise<void> => {
    const { state } = await sure(() => manager.streams.add({ name: stream, subjects: [`${subject}.*`], storage: StorageType.File, allow_direct: true }));
    haunted ||= state.last_seq > 0;
  };
  const publish = async (to: 'a' | 'b'): Promise<Stored> => {
    const uid = `${name}-${life}-${count++}`;
    if (revoked) barred.add(uid);
    const { seq } = await sure(() => js.publish(`${subject}.${to}`, JSON.stringify({ uid }), { msgID: uid, timeout: 1_000 }));
    const message = { life, seq, to, uid };
    stored.push(message);
    return message;
  };
  const remove = async (upTo: number): Promise<void> => {
    const now = at();
    for (const message of stored) if (message.life === life && message.seq <= upTo) message.removed ??= now;
    // A purge up to what is not there yet moves the beginning all the same.
    removals.push({ at: now, life, upTo: upTo === Infinity ? Math.max(0, ...stored.filter(m => m.life === life).map(m => m.seq)) : upTo });
    await sure(() => manager.streams.purge(stream, upTo === Infinity ? undefined : { seq: upTo + 1 }));
  };
  const open = async (): Promise<void> => {
    client = await g.client({ WebSocket: faulty(network), timeout: 180_000 });
    readers = logs.map(log => startReader({ client: client as Client, stream, ...log, at, life: () => life, barred, lifeOf: uid => stored.find(m => m.uid === uid)?.life }));
  };
  const close = async (): Promise<void> => {
    client?.close();
    await Promise.all(readers.map(reader => reader.end()));
  };
  const current = (): number => Math.max(0, proxies.findIndex(p => p.port === network.port));
  /** Its port may be another's for a moment. */
  const heal = (): Promise<unknown> => sure(() => Promise.all(proxies.map(p => p.heal())));
  const act: Record<Fault, () => unknown> = {
    cut: () => Promise.all(proxies.map(p => p.cut())),
    stall: () => proxies.forEach(p => p.stall()),
    heal,
    drop: () => { network.drop = 1; },
    duplicate: () => { network.duplicate = 3; },
    slow: () => readers.forEach(reader => reader.slow(true)),
    fast: () => readers.forEach(reader => reader.slow(false)),
    reopen: async () => {
      await heal();
      await close();
      await open();
    },
    other: async () => {
      network.port = proxies[(current() + 1) % proxies.length]?.port ?? 0;
      await Promise.all(proxies.map((p: TcpProxy) => p.cut()));
      await heal();
    },
    purge: () => remove(Infinity),
    trim: () => remove(Math.ceil((stored.at(-1)?.seq ?? 0) / 2)),
    recreate: async () => {
      await sure(async () => { await manager.streams.delete(stream).catch((e: unknown) => { if (!/not found/.test(String(e))) throw e; }); });
      life++;
      await create();
    },
    revoke: async () => {
      await world.rights(stream, []);
      revoked = true;
    },
    grant: async () => {
      revoked = false;
      barred.clear();
      await world.rights(stream, [`${subject}.*`]);
    },
    killNats: () => world.killNats(player),
    killGateway: () => world.killGateway(current(), player),
  };

  const run = async (): Promise<string[]> => {
    await create();
    await act.grant();
    await open();
    world.players.add(player);
    for (const step of scenario.steps) {
      happened.push(step);
      if (step.do === 'publish') for (let i = 0; i < step.count; i++) await publish(step.to);
      else if (step.do === 'delay') proxies.forEach(p => p.delay(step.ms));
      else if (step.do === 'wait') await sleep(step.ms);
      else await act[step.do]();
    }
    await heal();
    act.fast();
    await act.grant();
    // A message lost last of all shows with the next one.
    for (let i = 0; i < 3; i++) for (const to of ['a', 'b'] as const) await publish(to);
    network.drop = network.duplicate = 0;
    const last = { a: await publish('a'), b: await publish('b') };
    const missing = (): string[] => logs.flatMap(({ seen, wants }) => wants.filter(to => !seen.some(s => 'uid' in s && s.uid === last[to].uid)));
    await eventually(async () => {
      client?.reconnectNow();
      if (missing().length === 0) return true;
      // Who had asked for what comes after 30 is still told so by a new stream, and begins at its head: the last is too early then.
      for (const to of ['a', 'b'] as const) if (logs.some(({ seen, wants }) => wants.includes(to) && startOf(seen.at(-1)) > last[to].seq)) last[to] = await publish(to);
      return false;
    }, { timeout: patience, every: 50 }).catch(() => undefined);
    const { state: connection, reason } = client?.connection.get() ?? {};
    if (connection === 'closed') network.problems.push(`the client gave up: ${JSON.stringify(reason)}`);
    return [...logs.flatMap(log => judge({ stored, removals, ...log })), ...network.problems, ...missing().map(to => `the last message of ${to} never came; seen last: ${JSON.stringify(logs.map(l => l.seen.slice(-3)))}`)];
  };

  try {
    const problems = await run().catch((error: unknown) => [`did not end: ${String(error)}`]);
    return { problems: haunted ? [] : problems, trace: { ...scenario, steps: happened }, wire: network.wire, haunted };
  } finally {
    world.players.delete(player);
    await close();
    await Promise.all(proxies.map(p => p.stop()));
    await world.rights(stream, []).catch(() => undefined);
    await sure(() => manager.streams.delete(stream)).catch(() => undefined);
  }
};
