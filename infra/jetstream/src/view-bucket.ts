import type { JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { bucketStream, POINTER_BUCKET } from './declarations.js';
import { endOf, type End } from './end-of.js';
import { follow, streamInfo } from './follow.js';
import { kvSubject } from './kv.js';
import { epochOf } from './provision.js';
import type { BucketEntry, Stoppable, ViewBucket, WatchOptions } from './types.js';
import { liveBucket, readPointer, type ViewPointer } from './view-slot.js';
import { isDefinite } from './wire.js';

/** The bucket in which a service's view is live, and its incarnation: another epoch means that revisions cannot be compared. */
export const resolveViewBucket = async (nc: NatsConnection, service: string): Promise<ViewBucket> => describe(nc, service, (await readPointer(nc, service))?.value);

const describe = async (nc: NatsConnection, service: string, pointer: ViewPointer | undefined): Promise<ViewBucket> => {
  const bucket = liveBucket(service, pointer);
  return { bucket, epoch: `${epochOf(await streamInfo(nc, bucketStream(bucket)))}-${pointer?.epoch ?? 'none'}` };
};

/** Pause before a bucket that cannot be followed now is tried again, ms. */
const RETRY = 100;
/** An incarnation that no bucket has. */
const NONE = '';

/**
 * Follows a service's view wherever it is live: its present keys, then every change, in order, each once. A swap of the slot or a bucket made anew
 * is a reset. Internal keys (`_…`) come only if a filter begins with `_`.
 */
export const watchViewBucket = async (nc: NatsConnection, service: string, options: WatchOptions): Promise<Stoppable> => {
  const filters = options.filters.length > 0 ? options.filters : ['>'];
  const internal = filters.some((filter) => filter.startsWith('_'));
  let stopped = false;
  let following: Stoppable | undefined;
  let end: End | undefined;
  let epoch: string | undefined;
  let turn = Promise.resolve();
  let tellFirst = (): void => {};
  const first = new Promise<void>((resolve) => { tellFirst = resolve; });
  const synced = (revision: number): void => {
    options.onSync(revision);
    tellFirst();
  };

  const switchTo = async (pointer: ViewPointer | undefined): Promise<void> => {
    const next = await describe(nc, service, pointer);
    if (stopped || next.epoch === epoch) return;
    await following?.stop();
    if (epoch !== undefined) options.onReset('epoch_changed');
    epoch = NONE; // until all of this went well
    const prefix = kvSubject(next.bucket, '');
    let revision = 0;
    const source = { stream: bucketStream(next.bucket), filters: filters.map((filter) => prefix + filter) };
    end?.stop();
    const ending = end = endOf(nc, {
      ...source,
      reached: () => synced(revision),
      failed(error) {
        if (!isDefinite(error)) return;
        ending.stop(); // whoever may not ask has to believe what the consumer says
        synced(revision);
      },
    });
    following = await follow(nc, {
      ...source, from: 1,
      onMessage(message) {
        const entry = entryOf(message, prefix);
        ({ revision } = entry);
        if (internal || !entry.key.startsWith('_')) options.onEntry(entry);
        ending.passed(revision);
      },
      onCaughtUp: ending.caughtUp,
      onReset() {
        revision = 0;
        ending.restart();
        options.onReset('epoch_changed');
      },
      onError: (error) => {
        throw error;
      },
    });
    ({ epoch } = next);
  };
  let newest: ViewPointer | undefined;
  /** The bucket may be gone when its pointer is told, and come back: it is tried again until it is there or another one is live. */
  const switchOver = async (pointer: ViewPointer | undefined): Promise<void> => {
    const isWanted = (): boolean => !stopped && !nc.isClosed() && pointer === newest;
    while (isWanted()) {
      try {
        return await switchTo(pointer);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
  };
  const enqueue = (pointer: ViewPointer | undefined): Promise<void> => {
    newest = pointer;
    return (turn = turn.then(() => switchOver(pointer)));
  };

  await switchTo((await readPointer(nc, service))?.value);
  const pointers = await follow(nc, {
    stream: bucketStream(POINTER_BUCKET), filters: [kvSubject(POINTER_BUCKET, service)], from: 1,
    onMessage: (message) => enqueue(message.data.length === 0 ? undefined : message.json<ViewPointer>()),
    onError: (error) => {
      throw error;
    },
  });
  if (options.syncWithin !== undefined) await within(first, options.syncWithin);
  return {
    async stop() {
      stopped = true;
      await Promise.all([pointers.stop(), turn]);
      end?.stop();
      await following?.stop();
    },
  };
};

const within = async (done: Promise<void>, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, ms); });
  await Promise.race([done, late]);
  clearTimeout(timer);
};

const entryOf = (message: JsMsg, prefix: string): BucketEntry => {
  const operation = message.headers?.get('KV-Operation');
  // A key that ended by its time to live leaves a marker instead of an operation.
  const kind = operation === 'PURGE' || message.headers?.get('Nats-Marker-Reason') ? 'purge' : operation === 'DEL' ? 'del' : 'put';
  const entry = { key: message.subject.slice(prefix.length), revision: message.seq, time: message.time.toISOString(), kind } as const;
  return kind === 'put' ? { ...entry, value: parsed(message.data) } : entry;
};

const parsed = (data: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8'));
  } catch {
    return data;
  }
};
