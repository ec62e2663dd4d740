import type { ProviderCapabilities, ProviderImage, ServerTypeOffer } from '@xanthus/proto/vps';
import { z } from 'zod';
import { awaitPolled } from '../await-polled.js';
import { isProviderCode } from '../provider.errors.js';
import { keyBody, type MachineStatus, type OpenWith, type Provider, type ProviderServer } from '../provider.js';
import { askControl, sandbox, say, TITLE, type SandboxMachine } from './sandbox.control.js';

/** Programs of this machine run in it. */
const ARCHITECTURE = process.arch === 'arm64' ? 'arm' : 'x86';
export const CAPABILITIES: ProviderCapabilities = {
  create: true, power: ['on', 'off', 'reboot', 'reset', 'shutdown'], resize: true, grow_disk: false, rebuild: true, snapshots: false, rename: true, prices: false, architectures: [ARCHITECTURE],
};

const LOCATION = { name: 'here', description: 'This machine', city: 'This machine', country: '' };
const FREE = { net: '0', gross: '0' };
const GB = 1024 ** 3;
/** The numbers are for show: a sandbox has what this machine has. */
const TYPES: readonly ServerTypeOffer[] = ([['sandbox-1', 1, 1], ['sandbox-2', 2, 4], ['sandbox-4', 4, 8]] as const).map(([name, cpus, memory]) => ({
  name, description: `Sandbox ${cpus}`, architecture: ARCHITECTURE, cpus, cpu_kind: 'shared', memory_bytes: memory * GB, disk_bytes: 512 * 1024 ** 2, offers: [{ location: LOCATION.name, available: true, hourly: FREE, monthly: FREE }],
}));
const IMAGES: readonly ProviderImage[] = [{ ref: 'ubuntu-24.04', name: 'ubuntu-24.04', description: 'A root of its own on this machine', os: 'ubuntu', version: '24.04', architecture: ARCHITECTURE, supported: true, deprecated: false }];

const STATUS: Readonly<Record<string, MachineStatus>> = {
  initializing: 'creating', starting: 'starting', running: 'running', stopping: 'stopping', off: 'off', rebuilding: 'rebuilding', deleting: 'deleting',
};
const ID = /^sb-[A-Za-z0-9]{1,32}$/;
const one = z.object({ sandbox });
const nothing = z.unknown();

const serverOf = (s: SandboxMachine): ProviderServer => ({
  ref: s.id, name: s.name, status: STATUS[s.status] ?? 'unknown', address: s.address, port: s.ssh_port, ipv4: s.address, ipv6: null, type: s.type, location: s.location, image: s.image, locked: s.busy !== null,
  disk_bytes: 512 * 1024 ** 2, created_at: new Date(s.created_at).toISOString(), labels: s.labels,
});

/** Machines of the launcher's host of sandboxes. @param o.delayMs how long creation takes; unless told as long as the host thinks */
export const sandboxProvider = (o: { readonly file: string | undefined; readonly delayMs?: number }, { fetch, pause }: OpenWith): Provider => {
  const ask = askControl(o.file, fetch);
  const pathOf = (ref: string, act = ''): string => {
    if (!ID.test(ref)) throw say.notFound('machine');
    return `/v1/sandboxes/${ref}${act}`;
  };
  const act = async (ref: string, name: string, body: unknown, signal: AbortSignal): Promise<string> => (await ask('POST', pathOf(ref, `/${name}`), one, { body, signal })).sandbox.id;
  const find = async (ref: string, signal: AbortSignal): Promise<SandboxMachine | undefined> => {
    try {
      return (await ask('GET', pathOf(ref), one, { signal })).sandbox;
    } catch (error) {
      if (isProviderCode(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  };
  const known = { type: (name: string) => TYPES.some(t => t.name === name), image: (ref: string) => IMAGES.some(i => i.ref === ref) };
  const unsupported = async (): Promise<never> => { throw say.unsupported('take snapshots'); };

  return {
    kind: 'sandbox', title: TITLE, capabilities: CAPABILITIES,
    async validate(signal) {
      await ask('GET', '/v1/limits', nothing, { signal });
      return { account: null };
    },
    locations: async (signal) => { await ask('GET', '/v1/limits', nothing, { signal }); return [LOCATION]; },
    serverTypes: async (signal) => {
      const { max_sandboxes, sandboxes } = await ask('GET', '/v1/limits', z.object({ max_sandboxes: z.int(), sandboxes: z.int() }), { signal });
      if (sandboxes < max_sandboxes) return TYPES;
      const reason = `There are ${sandboxes} sandboxes already; delete one first.`;
      return TYPES.map(t => ({ ...t, offers: t.offers.map(offer => ({ ...offer, available: false, reason })) }));
    },
    images: async () => IMAGES,
    pricing: async () => ({ currency: 'EUR', vat_percent: '0', ipv4: [], snapshot_gb_month: null }),

    // a key goes along with each order
    ensureSshKey: async ({ public_key }, signal) => { signal.throwIfAborted(); return { ref: keyBody(public_key), made: false }; },
    removeSshKey: async () => undefined,

    findServers: async (labels, signal) =>
      (await ask('GET', '/v1/sandboxes', z.object({ sandboxes: z.array(sandbox) }), { query: Object.entries(labels).map(([k, v]) => ['label', `${k}=${v}`] as const), signal })).sandboxes.map(serverOf),
    async createServer({ name, type, image, location, ssh_keys, user_data, labels }, signal) {
      if (!known.type(type)) throw say.unknownType(type);
      if (location !== LOCATION.name) throw say.unknownLocation(location);
      if (!known.image(image)) throw say.unknownImage(image);
      // a limit must not look like a rate limit, which its status would
      const limits = await ask('GET', '/v1/limits', z.object({ max_sandboxes: z.int(), sandboxes: z.int() }), { signal });
      if (limits.sandboxes >= limits.max_sandboxes) throw say.quota(`at most ${limits.max_sandboxes} sandboxes`);
      const body = { name, type, image, location, labels, user_data, ssh_keys, ...(o.delayMs !== undefined && { delay_ms: o.delayMs }) };
      const made = await ask('POST', '/v1/sandboxes', one, { body, about: name, signal });
      return { server: serverOf(made.sandbox), action: made.sandbox.id };
    },
    server: async (ref, signal) => {
      signal.throwIfAborted();
      const found = ID.test(ref) ? await find(ref, signal) : undefined;
      return found && serverOf(found);
    },
    power: (ref, action, signal) => act(ref, 'power', { action }, signal),
    async resize(ref, { type }, signal) {
      if (!known.type(type)) throw say.unknownType(type);
      return act(ref, 'resize', { type }, signal);
    },
    async rebuild(ref, { image }, signal) {
      if (!known.image(image)) throw say.unknownImage(image);
      return act(ref, 'rebuild', { image }, signal);
    },
    async rename(ref, name, signal) { await ask('PATCH', pathOf(ref), nothing, { body: { name }, about: name, signal }); },
    async label(ref, labels, signal) { await ask('PATCH', pathOf(ref), nothing, { body: { labels }, signal }); },
    snapshots: async () => [],
    snapshot: unsupported,
    deleteSnapshot: async () => undefined,
    async deleteServer(ref, signal) {
      try {
        await ask('DELETE', pathOf(ref), nothing, { signal });
      } catch (error) {
        if (!isProviderCode(error, 'NOT_FOUND')) throw error;
      }
      return null;
    },
    awaitAction: (ref, signal, onProgress) => awaitPolled({
      refs: ref === null ? [] : [ref], signal, pause, ...(onProgress && { onProgress }),
      look: async (id) => {
        const now = await find(id, signal);
        if (!now) throw say.notFound('machine');
        if (now.status === 'failed') throw say.actionFailed('it', now.reason ?? 'no reason given');
        return { done: now.busy === null, percent: now.busy?.progress ?? 100, what: now.busy?.action ?? 'done' };
      },
    }),
  };
};
