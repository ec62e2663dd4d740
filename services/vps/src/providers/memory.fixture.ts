/** A provider in memory, for process specs and as the first that passes the suite: faults, stock and time are in the spec's hand. Nothing in it waits by itself. */
import { Refusal } from '@xanthus/kernel';
import type { ProviderCapabilities, ProviderPricing, ServerTypeOffer } from '@xanthus/proto/vps';
import { keyBody, type ActionRef, type Labels, type MachineStatus, type Progress, type Provider, type ProviderServer, type ProviderSnapshot } from './provider.js';
import { sayings } from './provider.errors.js';
import { untilSettled } from './until-settled.js';

export type ProviderMethod = { [K in keyof Provider]: Provider[K] extends (...args: never[]) => Promise<unknown> ? K : never }[keyof Provider];

export interface Fault {
  readonly refusal: Refusal;
  /** Calls that it hits. Preset: 1. */
  readonly times?: number;
  /** What was asked is done, but the answer is lost. */
  readonly after?: boolean;
}

interface Action { readonly what: string; percent: number; state: 'running' | 'done' | Refusal; finish: () => void }

export interface MemoryWorld {
  readonly servers: Map<string, ProviderServer>;
  readonly keys: Map<string, { readonly name: string; readonly public_key: string; readonly labels: Labels }>;
  readonly snapshots: Map<string, ProviderSnapshot>;
  /** Every call as it came, in order. */
  readonly calls: ProviderMethod[];
  readonly types: ServerTypeOffer[];
}

export interface MemoryOptions {
  /** ms since 1970. Preset: stands still. */
  readonly now?: () => number;
  /** Actions end only by `finish` and `failAction`. Preset: at once. */
  readonly slow?: boolean;
  /** Where the next machine is. Preset: 192.0.2.1, .2, … */
  readonly address?: () => string;
  readonly port?: number | null;
  readonly quota?: number;
}

export interface MemoryProvider extends Provider {
  readonly world: MemoryWorld;
  /** The next calls of this method meet it. Several queue up. */
  fault(method: ProviderMethod, fault: Fault): void;
  /** The next call of this method waits, before it does anything, until this is called (or its signal ends). `reached` resolves when it does. */
  hold(method: ProviderMethod): { readonly reached: Promise<void>; release(): void };
  /** Everything is refused with PROVIDER.KEY_REFUSED, until false. */
  revokeKey(revoked: boolean): void;
  sellOut(type: string, out?: boolean): void;
  /** Ends all actions that run (slow only). */
  finish(): void;
  failAction(message: string): void;
  /** What somebody does in the provider's own console. */
  change(ref: string, to: Partial<ProviderServer> | 'gone'): void;
}

const CAPABILITIES: ProviderCapabilities = { create: true, power: ['on', 'off', 'reboot', 'reset', 'shutdown'], resize: true, grow_disk: true, rebuild: true, snapshots: true, rename: true, prices: true, architectures: ['x86', 'arm'] };
const TITLE = 'Memory';
const price = (net: string, gross: string) => ({ net, gross });
const offer = (location: string, factor: number) => ({ location, available: true, hourly: price(`0.00${6 * factor}0`, `0.00${7 * factor}1`), monthly: price(`${3 * factor}.79`, `${4 * factor}.51`) });
const GB = 1024 ** 3;
const TYPES: readonly ServerTypeOffer[] = [
  { name: 'm1', description: 'M1', architecture: 'x86', cpus: 2, cpu_kind: 'shared', memory_bytes: 4 * GB, disk_bytes: 40 * GB, offers: [offer('here', 1), offer('there', 1)] },
  { name: 'm2', description: 'M2', architecture: 'x86', cpus: 4, cpu_kind: 'shared', memory_bytes: 8 * GB, disk_bytes: 80 * GB, offers: [offer('here', 2)] },
  { name: 'a1', description: 'A1', architecture: 'arm', cpus: 2, cpu_kind: 'dedicated', memory_bytes: 4 * GB, disk_bytes: 40 * GB, offers: [offer('here', 1)] },
];
const IMAGES = [
  { ref: 'ubuntu-24.04', name: 'ubuntu-24.04', description: 'Ubuntu 24.04', os: 'ubuntu', version: '24.04', architecture: 'x86' as const, supported: true, deprecated: false },
  { ref: 'ubuntu-24.04', name: 'ubuntu-24.04', description: 'Ubuntu 24.04', os: 'ubuntu', version: '24.04', architecture: 'arm' as const, supported: true, deprecated: false },
];
const PRICING: ProviderPricing = { currency: 'EUR', vat_percent: '19.00', ipv4: [{ location: null, hourly: price('0.0008', '0.0010'), monthly: price('0.50', '0.60') }], snapshot_gb_month: price('0.0110', '0.0131') };
const LOCATIONS = [{ name: 'here', description: 'Here', city: 'Here', country: 'DE' }, { name: 'there', description: 'There', city: 'There', country: 'FI' }];

const carries = (labels: Labels, wanted: Labels): boolean => Object.entries(wanted).every(([key, value]) => labels[key] === value);

export const createMemoryProvider = (o: MemoryOptions = {}): MemoryProvider => {
  const say = sayings(TITLE);
  const world: MemoryWorld = { servers: new Map(), keys: new Map(), snapshots: new Map(), calls: [], types: structuredClone([...TYPES]) };
  const actions = new Map<string, Action>();
  const faults = new Map<ProviderMethod, { fault: Fault; left: number }[]>();
  const holds = new Map<ProviderMethod, { reach: () => void; released: Promise<void> }[]>();
  let revoked = false;
  let last = 0;
  const iso = (): string => new Date((o.now ?? (() => Date.UTC(2026, 10, 21)))()).toISOString();
  const nextRef = (): string => String(++last);

  const start = (what: string, finish: () => void): ActionRef => {
    if (o.slow !== true) { finish(); return null; }
    const ref = nextRef();
    actions.set(ref, { what, percent: 0, state: 'running', finish });
    return ref;
  };
  const watchers: (() => void)[] = [];
  const settle = (state: 'done' | Refusal): void => {
    for (const action of actions.values()) {
      if (action.state !== 'running') continue;
      if (state === 'done') action.finish();
      Object.assign(action, { state, percent: 100 });
    }
    for (const watcher of watchers.splice(0)) watcher();
  };

  /** Every method goes through here: aborts, holds, a revoked key, faults. */
  const step = async <T>(method: ProviderMethod, signal: AbortSignal, run: () => T | Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    world.calls.push(method);
    const held = holds.get(method)?.shift();
    if (held) {
      held.reach();
      await untilSettled(held.released, signal);
    }
    if (revoked) throw say.keyRefused();
    const queue = faults.get(method) ?? [];
    const hit = queue[0];
    if (hit && --hit.left <= 0) queue.shift();
    if (hit && hit.fault.after !== true) throw hit.fault.refusal;
    const result = await run();
    if (hit) throw hit.fault.refusal;
    return result;
  };

  const put = (ref: string, change: Partial<ProviderServer>): void => {
    const server = world.servers.get(ref);
    if (server) world.servers.set(ref, { ...server, ...change });
  };
  const serverOf = (ref: string): ProviderServer => {
    const server = world.servers.get(ref);
    if (!server) throw say.notFound('machine');
    if (server.locked) throw say.locked();
    return server;
  };
  const typeOf = (name: string, location: string): ServerTypeOffer => {
    const type = world.types.find(t => t.name === name);
    if (!type) throw say.unknownType(name);
    if (!LOCATIONS.some(l => l.name === location)) throw say.unknownLocation(location);
    if (type.offers.find(f => f.location === location)?.available !== true) throw say.soldOut(`${name} in ${location}`);
    return type;
  };
  /** Locked until the action ends in `status`. */
  const busy = (ref: string, what: string, during: MachineStatus, then: Partial<ProviderServer>): ActionRef => {
    put(ref, { status: during, locked: true });
    return start(what, () => put(ref, { locked: false, ...then }));
  };
  const nameFree = (name: string, but?: string): void => {
    if ([...world.servers.values()].some(s => s.name === name && s.ref !== but)) throw say.nameTaken(name);
  };

  return {
    kind: 'memory', title: TITLE, capabilities: CAPABILITIES, world,
    validate: signal => step('validate', signal, () => ({ account: 'memory' })),
    locations: signal => step('locations', signal, () => LOCATIONS),
    serverTypes: signal => step('serverTypes', signal, () => world.types),
    images: signal => step('images', signal, () => IMAGES),
    pricing: signal => step('pricing', signal, () => PRICING),
    ensureSshKey: (key, signal) => step('ensureSshKey', signal, () => {
      const found = [...world.keys].find(([, k]) => keyBody(k.public_key) === keyBody(key.public_key));
      if (found) return { ref: found[0], made: false };
      if ([...world.keys.values()].some(k => k.name === key.name)) throw say.nameTaken(key.name);
      const ref = nextRef();
      world.keys.set(ref, key);
      return { ref, made: true };
    }),
    removeSshKey: (ref, signal) => step('removeSshKey', signal, () => { world.keys.delete(ref); }),
    findServers: (labels, signal) => step('findServers', signal, () => [...world.servers.values()].filter(s => carries(s.labels, labels))),
    createServer: (spec, signal) => step('createServer', signal, () => {
      const type = typeOf(spec.type, spec.location);
      if (!IMAGES.some(i => i.ref === spec.image && i.architecture === type.architecture)) throw say.unknownImage(spec.image);
      nameFree(spec.name);
      if (world.servers.size >= (o.quota ?? Number.POSITIVE_INFINITY)) throw say.quota('server limit');
      for (const key of spec.ssh_keys) if (!world.keys.has(key)) throw say.invalid(`there is no SSH key ${key}`);
      const ref = nextRef();
      const address = o.address?.() ?? `192.0.2.${(world.servers.size % 250) + 1}`;
      world.servers.set(ref, {
        ref, name: spec.name, status: 'creating', address, port: o.port ?? null, ipv4: address, ipv6: null, type: spec.type, location: spec.location, image: spec.image, locked: false,
        disk_bytes: type.disk_bytes, created_at: iso(), labels: spec.labels,
      });
      const action = start('create_server', () => put(ref, { status: 'running' }));
      return { server: world.servers.get(ref) as ProviderServer, action };
    }),
    server: (ref, signal) => step('server', signal, () => world.servers.get(ref)),
    power: (ref, action, signal) => step('power', signal, () => {
      serverOf(ref);
      if (action === 'on') return busy(ref, 'start_server', 'starting', { status: 'running' });
      if (action === 'off' || action === 'shutdown') return busy(ref, `${action === 'off' ? 'stop' : 'shutdown'}_server`, 'stopping', { status: 'off' });
      return busy(ref, `${action}_server`, 'running', { status: 'running' });
    }),
    resize: (ref, to, signal) => step('resize', signal, () => {
      const server = serverOf(ref);
      if (server.status !== 'off') throw say.wrongState('turn it off first.');
      const type = typeOf(to.type, server.location);
      return busy(ref, 'change_server_type', 'migrating', { status: 'off', type: to.type, ...(to.grow_disk && { disk_bytes: type.disk_bytes }) });
    }),
    rebuild: (ref, from, signal) => step('rebuild', signal, () => {
      serverOf(ref);
      if (!IMAGES.some(i => i.ref === from.image)) throw say.unknownImage(from.image);
      return busy(ref, 'rebuild_server', 'rebuilding', { status: 'running', image: from.image });
    }),
    rename: (ref, name, signal) => step('rename', signal, () => { serverOf(ref); nameFree(name, ref); put(ref, { name }); }),
    label: (ref, labels, signal) => step('label', signal, () => { serverOf(ref); put(ref, { labels }); }),
    snapshots: (labels, signal) => step('snapshots', signal, () => [...world.snapshots.values()].filter(s => carries(s.labels, labels))),
    snapshot: (server, given, signal) => step('snapshot', signal, () => {
      serverOf(server);
      const ref = nextRef();
      world.snapshots.set(ref, { ref, server, size_bytes: null, ready: false, created_at: iso(), ...given });
      const action = start('create_image', () => { const s = world.snapshots.get(ref); if (s) world.snapshots.set(ref, { ...s, ready: true, size_bytes: GB }); });
      return { ref, action };
    }),
    deleteSnapshot: (ref, signal) => step('deleteSnapshot', signal, () => { world.snapshots.delete(ref); }),
    deleteServer: (ref, signal) => step('deleteServer', signal, () => {
      if (!world.servers.has(ref)) return null;
      serverOf(ref);
      put(ref, { status: 'deleting', locked: true });
      return start('delete_server', () => { world.servers.delete(ref); });
    }),
    awaitAction: (ref, signal, onProgress) => step('awaitAction', signal, async () => {
      if (ref === null) return;
      const action = actions.get(ref);
      if (!action) throw say.notFound('action');
      const tell = (): Progress => ({ percent: action.percent, what: action.what });
      onProgress?.(tell());
      while (action.state === 'running') {
        await untilSettled(new Promise<void>(done => { watchers.push(done); }), signal);
      }
      if (action.state !== 'done') throw action.state;
      onProgress?.(tell());
    }),
    fault: (method, fault) => { faults.set(method, [...(faults.get(method) ?? []), { fault, left: fault.times ?? 1 }]); },
    hold: method => {
      let reach = (): void => undefined;
      let release = (): void => undefined;
      const reached = new Promise<void>(done => { reach = done; });
      const released = new Promise<void>(done => { release = done; });
      holds.set(method, [...(holds.get(method) ?? []), { reach, released }]);
      return { reached, release };
    },
    revokeKey: now => { revoked = now; },
    sellOut: (type, out = true) => {
      const at = world.types.findIndex(t => t.name === type);
      const found = world.types[at];
      if (found) world.types[at] = { ...found, offers: found.offers.map(f => ({ ...f, available: !out })) };
    },
    finish: () => settle('done'),
    failAction: message => settle(say.actionFailed('what it was asked', message)),
    change: (ref, to) => { if (to === 'gone') world.servers.delete(ref); else put(ref, to); },
  };
};
