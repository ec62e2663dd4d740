import { createHash } from 'node:crypto';
import type { ProviderCapabilities } from '@xanthus/proto/vps';
import { z } from 'zod';
import { awaitPolled } from '../await-polled.js';
import { isProviderCode } from '../provider.errors.js';
import { keyBody, labelSelector, type ActionRef, type OpenWith, type Provider } from '../provider.js';
import { HetznerRefused, hetznerClient, say, TITLE } from './hetzner.client.js';
import { imageOf, locationOf, pricingOf, serverOf, snapshotOf, typeOf } from './hetzner.map.js';
import { refusalOf, type About } from './hetzner.refusals.js';
import { action, datacenter, image, location, pricing, server, serverType, sshKey } from './hetzner.shapes.js';

export const CAPABILITIES: ProviderCapabilities = {
  create: true, power: ['on', 'off', 'reboot', 'reset', 'shutdown'], resize: true, grow_disk: true, rebuild: true, snapshots: true, rename: true, prices: true, architectures: ['x86', 'arm'],
};

const NUMBER = /^\d{1,16}$/;
const MACHINE: About = { what: 'machine' };
const POWER = { on: 'poweron', off: 'poweroff', reboot: 'reboot', reset: 'reset', shutdown: 'shutdown' } as const;
const withAction = z.object({ action });
const nothing = z.unknown();

/** A project at Hetzner: a key belongs to exactly one. */
export const hetznerProvider = (baseUrl: string, { key, fetch, pause, now }: OpenWith): Provider => {
  const client = hetznerClient({ baseUrl, key, fetch });
  const said = <T>(about: About, work: Promise<T>): Promise<T> => work.catch((error: unknown) => { throw refusalOf(error, about); });
  const all = <T extends z.ZodType>(path: string, name: string, item: T, signal: AbortSignal, query: Readonly<Record<string, string>> = {}): Promise<z.output<T>[]> =>
    said({ what: name }, client.all(path, name, item, query, signal));
  const idOf = (ref: string, what: string): string => {
    if (!NUMBER.test(ref)) throw say.notFound(what);
    return ref;
  };
  const act = async (ref: string, name: string, signal: AbortSignal, body?: unknown, about: About = MACHINE): Promise<string> => {
    const done = await said(about, client.call('POST', `/servers/${idOf(ref, 'machine')}/actions/${name}`, withAction, { signal, ...(body !== undefined && { body }) }));
    return String(done.action.id);
  };

  const typesNow = async (signal: AbortSignal) => {
    const [types, centers] = await Promise.all([all('/server_types', 'server_types', serverType, signal), stock(signal)]);
    return types.map(t => typeOf(t, centers, now()));
  };
  /** By location; undefined once Hetzner stops telling by data center, as it has announced. */
  const stock = async (signal: AbortSignal): Promise<ReadonlyMap<string, ReadonlySet<number>> | undefined> => {
    try {
      const byLocation = new Map<string, Set<number>>();
      for (const center of await all('/datacenters', 'datacenters', datacenter, signal)) {
        byLocation.set(center.location.name, new Set([...(byLocation.get(center.location.name) ?? []), ...center.server_types.available]));
      }
      return byLocation;
    } catch (error) {
      if (isProviderCode(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  };

  /** Which part of a refused order doesn't exist? Hetzner's own words differ from case to case. */
  const whatIsUnknown = async (order: { readonly type?: string; readonly location?: string; readonly image?: string }, signal: AbortSignal): Promise<Error | undefined> => {
    const { type, location: place, image: system } = order;
    const [types, locations, images] = await Promise.all([
      type === undefined ? [] : all('/server_types', 'server_types', serverType, signal, { name: type }), place === undefined ? [] : all('/locations', 'locations', location, signal, { name: place }),
      system === undefined ? [] : imagesNamed(system, signal),
    ]);
    if (type !== undefined && types.length === 0) return say.unknownType(type);
    if (place !== undefined && locations.length === 0) return say.unknownLocation(place);
    const [found] = types;
    if (system !== undefined && !images.some(i => found === undefined || i.architecture === found.architecture)) return say.unknownImage(system);
    if (found === undefined || place === undefined) return undefined;
    const offer = typeOf(found, await stock(signal), now()).offers.find(o => o.location === place);
    return offer?.available === true ? undefined : say.soldOut(`${type} in ${place}`);
  };
  const imagesNamed = async (ref: string, signal: AbortSignal) => {
    if (!NUMBER.test(ref)) return all('/images', 'images', image, signal, { name: ref, include_deprecated: 'true' });
    return client.call('GET', `/images/${ref}`, z.object({ image }), { signal }).then(a => [a.image], () => []);
  };
  const explained = async <T>(work: Promise<T>, about: About, order: Parameters<typeof whatIsUnknown>[0], signal: AbortSignal): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      const unclear = error instanceof HetznerRefused && (['invalid_input', 'not_found', 'unsupported_error', 'invalid_server_type'].includes(error.said.code) || error.status === 422);
      throw (unclear ? await whatIsUnknown(order, signal) : undefined) ?? refusalOf(error, about);
    }
  };

  const findKey = async (query: Readonly<Record<string, string>>, publicKey: string, signal: AbortSignal): Promise<string | undefined> =>
    (await all('/ssh_keys', 'ssh_keys', sshKey, signal, query)).filter(k => keyBody(k.public_key) === keyBody(publicKey)).map(k => String(k.id))[0];

  return {
    kind: 'hetzner', title: TITLE, capabilities: CAPABILITIES,
    async validate(signal) {
      await said({ what: 'server types' }, client.call('GET', '/server_types', nothing, { signal, query: { per_page: '1' } }));
      // nothing can come of it: whoever may write is told that the key is malformed, the others that they may not
      const error: unknown = await client.call('POST', '/ssh_keys', nothing, { signal, body: { name: '', public_key: '' } }).catch((e: unknown) => e);
      if (error instanceof HetznerRefused && error.said.code === 'forbidden') throw say.keyReadOnly();
      const refusal = refusalOf(error, { what: 'SSH key' });
      if (refusal instanceof Error && !isProviderCode(refusal, 'INVALID')) throw refusal;
      return { account: null };
    },
    locations: async signal => (await all('/locations', 'locations', location, signal)).map(locationOf),
    serverTypes: typesNow,
    images: async signal => (await all('/images', 'images', image, signal, { type: 'system', status: 'available' })).map(imageOf),
    pricing: async signal => pricingOf((await said({ what: 'prices' }, client.call('GET', '/pricing', z.object({ pricing }), { signal }))).pricing),

    async ensureSshKey({ name, public_key, labels }, signal) {
      const find = (): Promise<string | undefined> => findKey({ fingerprint: md5Of(public_key) }, public_key, signal);
      const found = await find();
      if (found !== undefined) return { ref: found, made: false };
      const make = async (as: string) => ({ ref: String((await client.call('POST', '/ssh_keys', z.object({ ssh_key: sshKey }), { signal, body: { name: as, public_key, labels } })).ssh_key.id), made: true });
      try {
        return await make(name);
      } catch (error) {
        if (!(error instanceof HetznerRefused) || error.said.code !== 'uniqueness_error') throw refusalOf(error, { what: 'SSH key', name });
        // somebody was faster with this key, or another key bears the name
        const again = await find();
        if (again !== undefined) return { ref: again, made: false };
        return said({ what: 'SSH key', name }, make(`${name}-${md5Of(public_key).replaceAll(':', '').slice(0, 8)}`));
      }
    },
    async removeSshKey(ref, signal) {
      await unlessGone(said({ what: 'SSH key' }, client.call('DELETE', `/ssh_keys/${idOf(ref, 'SSH key')}`, nothing, { signal })));
    },

    findServers: async (labels, signal) => (await all('/servers', 'servers', server, signal, selector(labels))).map(serverOf),
    async createServer({ name, location: place, type, image: system, ssh_keys, user_data, labels }, signal) {
      // by name: the document knows no numbers here, and a number as text may be read as a name
      const keys = await Promise.all(ssh_keys.map(async k => (await said({ what: 'SSH key' }, client.call('GET', `/ssh_keys/${idOf(k, 'SSH key')}`, z.object({ ssh_key: sshKey }), { signal }))).ssh_key.name));
      const body = {
        name, server_type: type, location: place, image: system, ssh_keys: keys, user_data, labels, start_after_create: true, public_net: { enable_ipv4: true, enable_ipv6: true },
      };
      const shape = z.object({ server, action, next_actions: z.array(action).default([]) });
      const made = await explained(client.call('POST', '/servers', shape, { signal, body }), { what: 'machine', name }, { type, location: place, image: system }, signal).catch((error: unknown) => {
        throw isProviderCode(error, 'SOLD_OUT') ? say.soldOut(`${type} in ${place}`) : error;
      });
      return { server: serverOf(made.server), action: [made.action, ...made.next_actions].map(a => a.id).join(',') };
    },
    async server(ref, signal) {
      const found = await unlessGone(said(MACHINE, client.call('GET', `/servers/${idOf(ref, 'machine')}`, z.object({ server }), { signal })));
      return found && serverOf(found.server);
    },
    power: (ref, how, signal) => act(ref, POWER[how], signal),
    async resize(ref, to, signal) {
      const work = client.call('POST', `/servers/${idOf(ref, 'machine')}/actions/change_type`, withAction, { signal, body: { server_type: to.type, upgrade_disk: to.grow_disk } });
      return String((await explained(work, { what: 'machine', name: to.type }, { type: to.type }, signal)).action.id);
    },
    async rebuild(ref, from, signal) {
      const work = client.call('POST', `/servers/${idOf(ref, 'machine')}/actions/rebuild`, withAction, { signal, body: from });
      return String((await explained(work, MACHINE, { image: from.image }, signal)).action.id);
    },
    async rename(ref, name, signal) { await said({ what: 'machine', name }, client.call('PUT', `/servers/${idOf(ref, 'machine')}`, nothing, { signal, body: { name } })); },
    async label(ref, labels, signal) { await said(MACHINE, client.call('PUT', `/servers/${idOf(ref, 'machine')}`, nothing, { signal, body: { labels } })); },

    snapshots: async (labels, signal) => (await all('/images', 'images', image, signal, { type: 'snapshot', ...selector(labels) })).map(snapshotOf),
    async snapshot(ref, o, signal) {
      const made = await said(MACHINE, client.call('POST', `/servers/${idOf(ref, 'machine')}/actions/create_image`, withAction.extend({ image: z.object({ id: z.int() }) }), { signal, body: { type: 'snapshot', ...o } }));
      return { ref: String(made.image.id), action: String(made.action.id) };
    },
    async deleteSnapshot(ref, signal) { await unlessGone(said({ what: 'snapshot' }, client.call('DELETE', `/images/${idOf(ref, 'snapshot')}`, nothing, { signal }))); },
    async deleteServer(ref, signal): Promise<ActionRef> {
      const gone = await unlessGone(said(MACHINE, client.call('DELETE', `/servers/${idOf(ref, 'machine')}`, withAction, { signal })));
      return gone ? String(gone.action.id) : null;
    },
    awaitAction: (ref, signal, onProgress) => awaitPolled({
      refs: ref?.split(',') ?? [], signal, pause, ...(onProgress && { onProgress }),
      look: async (id) => {
        const { action: now_ } = await said({ what: 'action' }, client.call('GET', `/actions/${idOf(id, 'action')}`, withAction, { signal }));
        if (now_.status === 'error') throw say.actionFailed(now_.command.replaceAll('_', ' '), now_.error?.message ?? 'no reason given');
        return { done: now_.status === 'success', percent: now_.progress, what: now_.command };
      },
    }),
  };
};

const selector = (labels: Readonly<Record<string, string>>): Record<string, string> => (Object.keys(labels).length === 0 ? {} : { label_selector: labelSelector(labels) });

/** As Hetzner lists it: MD5 of the key's body. */
const md5Of = (publicKey: string): string =>
  createHash('md5').update(Buffer.from(keyBody(publicKey).split(' ')[1] ?? '', 'base64')).digest('hex').match(/../g)?.join(':') ?? '';

const unlessGone = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (isProviderCode(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
};
