/** Streams and buckets as data. The launcher's provisioner makes them, services only verify them. */
import { BLOB_SECONDS, streamName, streamSubjects } from '@xanthus/proto';

export interface StreamDeclaration {
  readonly name: string;
  readonly description: string;
  readonly subjects: readonly string[];
  /** Events may never be deleted or purged. */
  readonly immutable?: boolean;
  readonly retention?: 'limits' | 'workqueue';
  /** Seconds that a message is kept; without: for ever. */
  readonly maxAge?: number;
  readonly maxBytes?: number;
  /** Full: what is new is refused. Else what is oldest goes. */
  readonly refuses?: boolean;
  readonly maxPerSubject?: number;
  readonly compressed?: boolean;
  /** Atomic batches of several messages. */
  readonly atomic?: boolean;
  /** `Nats-TTL` on single messages. */
  readonly ttl?: boolean;
  /** `Nats-Schedule`. Forces purge and rollup on, so never together with `immutable`. */
  readonly schedules?: boolean;
}

export interface BucketDeclaration {
  readonly name: string;
  readonly description: string;
  /** Revisions kept per key. */
  readonly history?: number;
  /** Largest value, bytes. */
  readonly maxValue?: number;
  /** Seconds that a key is kept after it was written; without: for ever. */
  readonly maxAge?: number;
  /** Bytes of the whole bucket; what was written longest ago goes. */
  readonly maxBytes?: number;
  /** Single revisions may be deleted, which overwrites their bytes. Can't be changed later. */
  readonly erasable?: boolean;
}

export interface Declarations { readonly streams: readonly StreamDeclaration[]; readonly buckets: readonly BucketDeclaration[] }

const MIB = 1024 * 1024;

export const eventStream = (service: string): StreamDeclaration => ({
  name: streamName(service), description: `Events and markers of ${service}`, subjects: streamSubjects(service), immutable: true, compressed: true, atomic: true, ttl: true,
});

const HOUR = 3600;

/** Samples, `met.<tenant>.<service>.<id>`: the last two hours of them, never part of a projection. */
export const metricsStream = (service: string): StreamDeclaration => ({
  name: `${streamName(service)}_METRICS`, description: `Samples of ${service}`, subjects: [`met.*.${service}.>`], maxAge: 2 * HOUR + 600, maxBytes: 1024 * MIB, maxPerSubject: 4_000, compressed: true,
});

/** What samples come to, `ser.<tenant>.<service>.<id>.<hour|day>`: one message for each hour (60 of them are kept) and each day (32). Read by the service only, which answers from it. */
export const seriesStream = (service: string): StreamDeclaration => ({
  name: `${streamName(service)}_SERIES`, description: `Hours and days of samples of ${service}`, subjects: [`ser.*.${service}.>`], maxAge: 32 * 24 * HOUR, maxBytes: 4096 * MIB, maxPerSubject: 60, compressed: true,
});

/** What sessions of terminals wrote, `rec.<tenant>.<session>.<n>` and `rec.<tenant>.index.<session>`, encrypted chunk by chunk. Full: what is new is refused, and its session says so. */
export const recordingsStream = (service: string): StreamDeclaration => ({
  name: `${streamName(service)}_RECORDINGS`, description: `Recordings of ${service}`, subjects: ['rec.*.*.*'], refuses: true, maxPerSubject: 1,
});

export const timersStream = (service: string): StreamDeclaration => ({
  name: `${streamName(service)}_TIMERS`, description: `Timers of ${service}`, subjects: [`tmr.*.${service}.>`], retention: 'workqueue', maxPerSubject: 1, schedules: true, ttl: true,
});

export const VIEW_SLOTS = ['a', 'b'] as const;
export type ViewSlot = (typeof VIEW_SLOTS)[number];
export const slotBucket = (service: string, slot: ViewSlot): string => `${service}-${slot}`;

/** The two slots of a service's view; the pointer in the bucket `views` says which one is live. */
export const viewBucket = (service: string): readonly BucketDeclaration[] =>
  VIEW_SLOTS.map((slot) => ({ name: slotBucket(service, slot), description: `View of ${service}, slot ${slot}` }));

/** What a service keeps for itself: snapshots, locks, parked events. */
export const stateBucket = (service: string): BucketDeclaration => ({ name: `${service}-state`, description: `Snapshots, locks and parked events of ${service}` });

/** Counters of guesses: kept for an hour after the last one. */
export const attemptsBucket = (service: string): BucketDeclaration => ({ name: `${service}-attempts`, description: `Counters of guesses at ${service}`, maxAge: 3600, maxBytes: 64 * MIB });

/** The past of its views: checkpoints of tenants, which may be thrown away at any time and are folded again. Read by nobody else. */
export const pastBucket = (service: string): BucketDeclaration => ({ name: `${service}-past`, description: `Checkpoints of the past of ${service}`, maxBytes: 128 * MIB });

/** Bucket of the pointers: key `<service>`, see `ViewPointer`. */
export const POINTER_BUCKET = 'views';

/** Bucket where replicas of all services agree on how many calls a provider still takes: key `<tenant>.<provider>[.<account>]`. */
export const BUDGET_BUCKET = 'budgets';

/** Inputs on their way to a service, `blob.<service>.<id>.<piece>`, encrypted with keys that only their senders have: an hour at most. */
export const blobStream = (): StreamDeclaration => ({
  name: 'BLOBS', description: 'Inputs that are too large for a message', subjects: ['blob.*.*.*'], maxAge: BLOB_SECONDS, maxBytes: 1024 * MIB, refuses: true, maxPerSubject: 1,
});

/** What belongs to no service: pointers of the views, secrets, wrapped data keys, rate budgets, large inputs. */
export const sharedDeclarations = (): Declarations => ({
  streams: [blobStream()],
  buckets: [
    { name: POINTER_BUCKET, description: 'Which slot of a service\'s view is live' },
    { name: 'vault', description: 'Secrets, encrypted' },
    { name: BUDGET_BUCKET, description: 'Calls that providers still take, per tenant; expire by themselves', maxValue: 4_096 },
    // history, so that what a write replaces is erased on purpose instead of being left in the files
    { name: 'data-keys', description: 'Data keys, wrapped by the master key', history: 64, erasable: true },
  ],
});

export const declarationsOf = (service: string, options: { metrics?: boolean; series?: boolean; timers?: boolean; attempts?: boolean; recordings?: boolean } = {}): Declarations => ({
  streams: [eventStream(service), ...(options.metrics ? [metricsStream(service)] : []), ...(options.series ? [seriesStream(service)] : []), ...(options.timers ? [timersStream(service)] : []), ...(options.recordings ? [recordingsStream(service)] : [])],
  buckets: [...viewBucket(service), stateBucket(service), pastBucket(service), ...(options.attempts ? [attemptsBucket(service)] : [])],
});

/** The stream behind a bucket. */
export const bucketStream = (bucket: string): string => `KV_${bucket}`;
