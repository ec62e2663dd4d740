import type { ProviderCapabilities } from '@xanthus/proto/vps';
import { z } from 'zod';
import { awaitPolled } from '../await-polled.js';
import { isProviderCode } from '../provider.errors.js';
import { keyBody, type Labels, type MachineStatus, type OpenWith, type Provider, type ProviderServer } from '../provider.js';
import { imageOf, nameOf, newestImages, OFFERED, offerOf, SHAPE, sizeOf } from './oci.catalogue.js';
import { createOnce, ociClient, onceFor, say, TITLE } from './oci.client.js';
import { readOciKey } from './oci.key.js';
import { ensureSubnet } from './oci.network.js';
import { ociUserData } from './oci.user-data.js';
import { availabilityDomain, capacity, image, instance, vnic, vnicAttachment, type OciInstance } from './oci.shapes.js';

export const CAPABILITIES: ProviderCapabilities = {
  create: true, power: ['on', 'off', 'reboot', 'reset', 'shutdown'], resize: true, grow_disk: false, rebuild: false, snapshots: false, rename: true, prices: true, architectures: ['arm'],
};

const OCID = /^ocid1\.instance\.[a-z0-9]+\.[a-z0-9-]*\.[a-z0-9._-]{1,120}$/i;
const STATUS: Readonly<Record<string, MachineStatus>> = {
  PROVISIONING: 'creating', STARTING: 'starting', RUNNING: 'running', STOPPING: 'stopping', STOPPED: 'off', TERMINATING: 'deleting', MOVING: 'migrating', CREATING_IMAGE: 'running',
};
const POWER = { on: 'START', off: 'STOP', reboot: 'SOFTRESET', reset: 'RESET', shutdown: 'SOFTSTOP' } as const;
const GOAL = { on: 'RUNNING', off: 'STOPPED', reboot: 'RUNNING', reset: 'RUNNING', shutdown: 'STOPPED' } as const;
const nothing = z.unknown();
/** `<ocid>~<state to reach>`: what is under way is seen by the machine's state. */
const until = (ref: string, state: string): string => `${ref}~${state}`;
const carries = (labels: Labels, wanted: Labels): boolean => Object.entries(wanted).every(([name, value]) => labels[name] === value);
/** `Uocm:EU-FRANKFURT-1-AD-1` has a prefix that differs from account to account. */
const shortName = (domain: string): string => domain.replace(/^[^:]*:/, '').toLowerCase();

/** A tenancy of Oracle, in the region that its key names: A1.Flex machines in its root compartment. */
export const ociProvider = (baseUrl: string | undefined, { key, fetch, pause, now }: OpenWith): Provider => {
  const client = ociClient({ baseUrl, key: readOciKey(key), fetch, now });
  const compartmentId = client.key.tenancy;
  const pathOf = (ref: string): string => {
    if (!OCID.test(ref)) throw say.notFound('machine');
    return `/instances/${ref}`;
  };
  const domains = async (signal: AbortSignal): Promise<ReadonlyMap<string, string>> =>
    new Map((await client.all('identity', '/availabilityDomains', availabilityDomain, { query: { compartmentId }, about: 'region', signal })).map(d => [shortName(d.name), d.name]));
  const imagesNow = async (signal: AbortSignal) =>
    newestImages(await client.all('iaas', '/images', image, { query: { compartmentId, operatingSystem: 'Canonical Ubuntu', shape: SHAPE, sortBy: 'TIMECREATED', sortOrder: 'DESC' }, about: 'images', signal }));
  const find = async (ref: string, signal: AbortSignal): Promise<OciInstance | undefined> => {
    if (!OCID.test(ref)) return undefined;
    try {
      const found = await client.call('iaas', 'GET', pathOf(ref), instance, { signal });
      // it is shown for some hours after its end
      return found.lifecycleState === 'TERMINATED' ? undefined : found;
    } catch (error) {
      if (isProviderCode(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  };
  const mustFind = async (ref: string, signal: AbortSignal): Promise<OciInstance> => (await find(ref, signal)) ?? Promise.reject(say.notFound('machine'));
  const addressOf = async (id: string, signal: AbortSignal): Promise<string | null> => {
    for (const { vnicId, lifecycleState } of await client.all('iaas', '/vnicAttachments', vnicAttachment, { query: { compartmentId, instanceId: id }, signal })) {
      if (lifecycleState !== 'ATTACHED' || typeof vnicId !== 'string') continue;
      const { publicIp } = await client.call('iaas', 'GET', `/vnics/${encodeURIComponent(vnicId)}`, vnic, { about: 'address', signal });
      if (publicIp) return publicIp;
    }
    return null;
  };
  const serverOf = async (i: OciInstance, signal: AbortSignal): Promise<ProviderServer> => {
    const status = STATUS[i.lifecycleState] ?? 'unknown';
    const ipv4 = status === 'creating' || status === 'deleting' ? null : await addressOf(i.id, signal);
    return {
      ref: i.id, name: i.displayName, status, address: ipv4, port: null, ipv4, ipv6: null, type: i.shape === SHAPE && i.shapeConfig ? nameOf(i.shapeConfig) : i.shape, location: shortName(i.availabilityDomain),
      image: i.sourceDetails?.imageId ?? null, locked: !['RUNNING', 'STOPPED'].includes(i.lifecycleState), disk_bytes: null, created_at: new Date(i.timeCreated).toISOString(), labels: i.freeformTags,
    };
  };
  const instances = async (signal: AbortSignal): Promise<OciInstance[]> =>
    (await client.all('iaas', '/instances', instance, { query: { compartmentId }, signal })).filter(i => i.lifecycleState !== 'TERMINATED');

  /** By location and type; undefined where this key may not ask. */
  const capacityIn = async (domain: string, signal: AbortSignal): Promise<ReadonlyMap<string, boolean> | undefined> => {
    const body = { compartmentId, availabilityDomain: domain, shapeAvailabilities: OFFERED.map(instanceShapeConfig => ({ instanceShape: SHAPE, instanceShapeConfig })) };
    try {
      const { shapeAvailabilities } = await client.call('iaas', 'POST', '/computeCapacityReports', capacity, { body, about: 'capacity', signal });
      return new Map(shapeAvailabilities.flatMap(({ instanceShapeConfig, availabilityStatus }) => (instanceShapeConfig ? [[nameOf(instanceShapeConfig), availabilityStatus === 'AVAILABLE'] as const] : [])));
    } catch (error) {
      if (isProviderCode(error, 'NOT_FOUND', 'INVALID')) return undefined;
      throw error;
    }
  };
  const unsupported = (what: string) => async (): Promise<never> => { throw say.unsupported(what); };

  return {
    kind: 'oci', title: TITLE, capabilities: CAPABILITIES,
    async validate(signal) {
      await domains(signal);
      return { account: compartmentId };
    },
    locations: async signal => [...(await domains(signal)).keys()].map(name => ({ name, description: name, city: client.key.region, country: '', zone: client.key.region })),
    async serverTypes(signal) {
      const free = new Map(await Promise.all([...await domains(signal)].map(async ([name, domain]) => [name, await capacityIn(domain, signal)] as const)));
      return OFFERED.map(size => offerOf(size, [...free.keys()], (location, wanted) => free.get(location)?.get(nameOf(wanted))));
    },
    images: async signal => [...await imagesNow(signal)].map(([ref, found]) => imageOf(ref, found)),
    pricing: async () => ({ currency: 'USD', vat_percent: '0', ipv4: [], snapshot_gb_month: null }),

    // a key goes along with each order
    ensureSshKey: async ({ public_key }, signal) => { signal.throwIfAborted(); return { ref: keyBody(public_key), made: false }; },
    removeSshKey: async () => undefined,

    findServers: async (labels, signal) => Promise.all((await instances(signal)).filter(i => carries(i.freeformTags, labels)).map(i => serverOf(i, signal))),
    async createServer({ name, location, type, image: system, ssh_keys, user_data, labels, open_ports = [] }, signal) {
      const size = sizeOf(type);
      if (!size || !OFFERED.some(s => nameOf(s) === type)) throw say.unknownType(type);
      const [known, images, there] = await Promise.all([domains(signal), imagesNow(signal), instances(signal)]);
      const domain = known.get(location);
      if (domain === undefined) throw say.unknownLocation(location);
      const source = images.get(system);
      if (!source) throw say.unknownImage(system);
      // names need not be unique there, but ours are
      if (there.some(i => i.displayName === name)) throw say.nameTaken(name);
      const body = {
        compartmentId, availabilityDomain: domain, displayName: name, shape: SHAPE, shapeConfig: size, sourceDetails: { sourceType: 'image', imageId: source.id }, freeformTags: labels,
        createVnicDetails: { subnetId: await ensureSubnet(client, open_ports, signal), assignPublicIp: true, freeformTags: labels },
        metadata: { ssh_authorized_keys: ssh_keys.join('\n'), user_data: ociUserData(user_data) },
      };
      // should its answer be lost and the machine not be listed yet, the same order brings the same machine
      const made = await createOnce(client, '/instances', instance, body, { once: onceFor(compartmentId, location, name, JSON.stringify(labels)), about: `${type} in ${location}`, signal });
      return { server: await serverOf(made, signal), action: until(made.id, 'RUNNING') };
    },
    async server(ref, signal) {
      signal.throwIfAborted();
      const found = await find(ref, signal);
      return found && serverOf(found, signal);
    },
    async power(ref, how, signal) {
      await client.call('iaas', 'POST', pathOf((await mustFind(ref, signal)).id), instance, { query: { action: POWER[how] }, signal });
      return until(ref, GOAL[how]);
    },
    async resize(ref, to, signal) {
      const size = sizeOf(to.type);
      if (!size || !OFFERED.some(s => nameOf(s) === to.type)) throw say.unknownType(to.type);
      if ((await mustFind(ref, signal)).lifecycleState !== 'STOPPED') throw say.wrongState('turn it off first.');
      await client.call('iaas', 'PUT', pathOf(ref), instance, { body: { shapeConfig: size }, about: to.type, signal });
      return until(ref, 'STOPPED');
    },
    rebuild: unsupported('set a machine up anew on the same disk; delete it and create another'),
    async rename(ref, name, signal) {
      if ((await instances(signal)).some(i => i.displayName === name && i.id !== ref)) throw say.nameTaken(name);
      await client.call('iaas', 'PUT', pathOf(ref), instance, { body: { displayName: name }, signal });
    },
    async label(ref, labels, signal) { await client.call('iaas', 'PUT', pathOf(ref), instance, { body: { freeformTags: labels }, signal }); },
    snapshots: async () => [],
    snapshot: unsupported('take snapshots here'),
    deleteSnapshot: async () => undefined,
    async deleteServer(ref, signal) {
      if (!await find(ref, signal)) return null;
      await client.call('iaas', 'DELETE', pathOf(ref), nothing, { query: { preserveBootVolume: 'false' }, signal });
      return until(ref, 'TERMINATED');
    },
    awaitAction: (action, signal, onProgress) => awaitPolled({
      refs: action === null ? [] : [action], signal, pause, ...(onProgress && { onProgress }),
      look: async (given) => {
        const [ref = '', goal = ''] = given.split('~');
        const state = (await find(ref, signal))?.lifecycleState ?? 'TERMINATED';
        if (state === 'TERMINATED' && goal !== 'TERMINATED') throw say.actionFailed('it', 'the machine was ended there');
        // a machine that runs is of no use before it can be reached
        const done = state === goal && (goal !== 'RUNNING' || await addressOf(ref, signal) !== null);
        return { done, percent: done ? 100 : 50, what: state.toLowerCase() };
      },
    }),
  };
};
