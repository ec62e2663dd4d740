/**
 * Least privilege of each program, derived from the streams and buckets that it owns. Allow-lists only.
 *
 * JetStream's own subjects undo publish rights (a pull may name any reply subject), so nobody but the provisioner declares
 * streams, and no door trusts a subject alone: see `docs/trust-boundaries.md`.
 */
import type { Permissions } from '@nats-io/jwt';
import { blobStream, BUDGET_BUCKET, bucketStream, declarationsOf, pastBucket, POINTER_BUCKET, recordingsStream, seriesStream, slotBucket, stateBucket, VIEW_SLOTS } from '@xanthus/jetstream';
import { SERVICE_RIGHTS, SERVICES, streamName } from '@xanthus/proto';
import { inboxPrefixOf, type NatsUser } from './users.js';

const API = '$JS.API';
/** A reply to a request that came in: once, within a minute (ns). */
const REPLIES = { max: 1, ttl: 60_000_000_000 } as const;
const SERVICE_NAMES = Object.keys(SERVICES);

/** Consumers of a stream, its messages by sequence or subject, its state. No purge, no delete, no change. */
const reading = (stream: string): string[] => [
  `${API}.STREAM.MSG.GET.${stream}`,
  `${API}.DIRECT.GET.${stream}`,
  `${API}.DIRECT.GET.${stream}.>`,
  ...following(stream),
];

const following = (stream: string): string[] => [
  `${API}.STREAM.INFO.${stream}`,
  `${API}.CONSUMER.CREATE.${stream}`,
  `${API}.CONSUMER.CREATE.${stream}.>`,
  `${API}.CONSUMER.INFO.${stream}.*`,
  `${API}.CONSUMER.DELETE.${stream}.*`,
  `${API}.CONSUMER.MSG.NEXT.${stream}.*`,
  `${API}.CONSUMER.UNPIN.${stream}.*`,
  `${API}.CONSUMER.NAMES.${stream}`,
  `${API}.CONSUMER.LIST.${stream}`,
  `$JS.ACK.${stream}.>`,
  // the second form of the acknowledgement subject carries domain and account hash before the stream
  `$JS.ACK.*.*.${stream}.>`,
  `$JS.FC.${stream}.>`,
];

/** One durable consumer by its name; no message beside what it delivers. */
const reacting = (stream: string, name: string): string[] => [
  `${API}.STREAM.INFO.${stream}`,
  `${API}.CONSUMER.CREATE.${stream}.${name}.>`,
  `${API}.CONSUMER.INFO.${stream}.${name}`,
  `${API}.CONSUMER.MSG.NEXT.${stream}.${name}`,
  `$JS.ACK.${stream}.${name}.>`,
  `$JS.ACK.*.*.${stream}.${name}.>`,
];

const viewStreams = (service: string): string[] => VIEW_SLOTS.map(slot => bucketStream(slotBucket(service, slot)));
const pointerReads = (): string[] => reading(bucketStream(POINTER_BUCKET));

/** Its own secrets, one by one: the whole bucket can be neither listed nor watched. */
const ownSecrets = (service: string): string[] => [
  `$KV.vault.*.${service}.>`,
  `${API}.STREAM.INFO.${bucketStream('vault')}`,
  `${API}.DIRECT.GET.${bucketStream('vault')}.$KV.vault.*.${service}.>`,
];

const servicePublishes = (service: string): string[] => {
  const owned = declarationsOf(service, { metrics: true, series: service === 'vps', timers: true, attempts: service === 'auth', recordings: service === 'terminals' });
  const buckets = owned.buckets.map(b => b.name);
  return [
    `${API}.INFO`,
    ...owned.streams.flatMap(s => [...s.subjects, ...reading(s.name)]),
    ...buckets.flatMap(b => [`$KV.${b}.>`, ...reading(bucketStream(b))]),
    // a view is rebuilt in the slot that is not live, which is emptied first
    // and what was kept of its past goes with its tenant
    ...[...viewStreams(service), bucketStream(stateBucket(service).name), bucketStream(pastBucket(service).name)].map(s => `${API}.STREAM.PURGE.${s}`),
    // what became of a thing that is gone, by its subject
    ...owned.streams.filter(s => s.name === seriesStream(service).name).map(s => `${API}.STREAM.PURGE.${s.name}`),
    // recordings that are deleted or over
    ...owned.streams.filter(s => s.name === recordingsStream(service).name).map(s => `${API}.STREAM.PURGE.${s.name}`),
    `$KV.${POINTER_BUCKET}.${service}`,
    ...pointerReads(),
    // who may do what, and whether all of it was read
    ...(service === 'auth' ? [] : viewStreams('auth').flatMap(s => [`${API}.STREAM.MSG.GET.${s}`, ...following(s)])),
    ...ownSecrets(service),
    // calls to providers are counted together; numbers only
    `$KV.${BUDGET_BUCKET}.>`,
    `${API}.STREAM.MSG.GET.${bucketStream(BUDGET_BUCKET)}`,
    // inputs that are too large for a message: its own, piece by piece
    `${API}.DIRECT.GET.${blobStream().name}.blob.${service}.>`,
    `sig.*.${service}.>`,
    `key.${service}.unwrap`,
    ...(SERVICE_RIGHTS[service] ?? []),
  ];
};

const serviceSubscribes = (service: string): string[] => [`key.${service}.renew`, `cmd.*.${service}.>`, `qry.*.${service}.>`, `ext.*.cmd.${service}.>`, `ext.*.qry.${service}.>`];

const service = (name: string, also: { publish?: readonly string[]; subscribe?: readonly string[] } = {}): Permissions => ({
  pub: { allow: [...servicePublishes(name), ...(also.publish ?? [])] },
  sub: { allow: [...inbox(name), ...serviceSubscribes(name), ...(also.subscribe ?? [])] },
  resp: REPLIES,
});

const inbox = (user: string): string[] => [`${inboxPrefixOf(user)}.>`];

const GATEWAY_TALK = ['gw.durable.>'] as const;
/** Streams that people may follow by durable subscriptions. */
const followedStreams = (): string[] => SERVICE_NAMES.flatMap(s => [streamName(s), `${streamName(s)}_METRICS`]);
/** Streams and view buckets that are shown to people: everything that the gateway may read. */
const shownStreams = (): string[] => [...followedStreams(), ...SERVICE_NAMES.flatMap(viewStreams)];

const USERS: Readonly<Record<NatsUser, () => Permissions>> = {
  /** Declares streams and buckets; reads and writes nothing. */
  provisioner: () => ({
    pub: { allow: [`${API}.INFO`, `${API}.STREAM.CREATE.*`, `${API}.STREAM.UPDATE.*`, `${API}.STREAM.INFO.*`, `${API}.STREAM.NAMES`, `${API}.STREAM.LIST`] },
    sub: { allow: inbox('provisioner') },
  }),
  /** Besides its own: the wrapped data keys, and the consumers that tenants' credentials follow streams with. */
  auth: () => service('auth', {
    publish: [
      '$KV.data-keys.>',
      ...reading(bucketStream('data-keys')),
      // a key that was replaced is overwritten in the files
      `${API}.STREAM.MSG.DELETE.${bucketStream('data-keys')}`,
      // folders from before: taken over once and emptied
      ...reading(bucketStream('keys')),
      `${API}.STREAM.PURGE.${bucketStream('keys')}`,
      'key.*.renew',
      ...SERVICE_NAMES.filter(s => s !== 'auth').flatMap(s => [
        `${API}.STREAM.INFO.${streamName(s)}`,
        `${API}.CONSUMER.CREATE.${streamName(s)}.*.evt.*.>`,
        `${API}.CONSUMER.INFO.${streamName(s)}.*`,
        `${API}.CONSUMER.DELETE.${streamName(s)}.*`,
      ]),
    ],
    subscribe: ['key.*.unwrap'],
  }),
  vps: () => service('vps'),
  dns: () => service('dns'),
  applications: () => service('applications'),
  /** Besides: what shells write goes to the gateways, what is typed comes from them. Copies ask each other who holds a session. */
  terminals: () => service('terminals', { publish: ['tty.*.*.out', 'tty.*.*.hold', 'tun.*.*.*.down'], subscribe: ['tty.*.*.attach', 'tty.*.*.replay', 'tty.*.*.in', 'tty.*.*.hold', 'tun.*.*.open', 'tun.*.*.*.up'] }),
  /** Besides: reads the events of every service, which it chains. It writes to its own stream only. */
  audit: () => service('audit', { publish: SERVICE_NAMES.filter(s => s !== 'audit').flatMap(s => reading(streamName(s))) }),
  /** Besides: one consumer of its own on the events of every service, which it makes notices of. It writes to its own stream only. */
  notifications: () => service('notifications', { publish: SERVICE_NAMES.filter(s => s !== 'notifications').flatMap(s => reacting(streamName(s), 'notifications-notice')) }),
  /** Asks everything, forges no event, hears no command, sees no secret; puts large inputs beside commands and takes them away again. Gateways agree under `gw.` on who holds a durable subscription. */
  gateway: () => ({
    pub: { allow: [`${API}.INFO`, 'cmd.>', 'qry.>', 'blob.>', `${API}.STREAM.PURGE.${blobStream().name}`, ...GATEWAY_TALK, 'tty.*.*.attach', 'tty.*.*.replay', 'tty.*.*.in', 'tun.*.*.open', 'tun.*.*.*.up', ...shownStreams().flatMap(reading), ...followedStreams().map(s => `${API}.CONSUMER.RESET.${s}.*`), ...pointerReads()] },
    sub: { allow: [...inbox('gateway'), 'sig.>', 'tty.*.*.out', 'tun.*.*.*.down', ...GATEWAY_TALK] },
  }),
  launch: () => ({
    pub: { allow: [`${API}.INFO`, ...(SERVICE_RIGHTS['launch'] ?? [])] },
    sub: { allow: inbox('launch') },
  }),
};

/** What the NATS user of a program may publish and subscribe to. Everything else is refused by nats-server itself. */
export const permissionsOf = (user: NatsUser): Permissions => USERS[user]();
