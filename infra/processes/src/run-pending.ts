import type { NatsConnection } from '@nats-io/transport-node';
import { readByLeader, watchViewBucket } from '@xanthus/jetstream';
import { streamName, type EventEnvelope, type ViewValue } from '@xanthus/proto';
import { inCourse, type Course } from './course.js';
import { untilAborted } from './pause.js';
import { createSupervisor, type Pending, type SupervisorOptions } from './supervisor.js';

export interface WatchedKeys {
  /** As of a view's bucket, `_runs.>`. */
  readonly filters: readonly string[];
  put(key: string, data: unknown): void;
  gone(key: string): void;
  /** Those that were put and have not gone. */
  readonly keys: () => Iterable<string>;
}

/** Tells every key of a service's view that is there, and each that goes, until the signal; one that went while the bucket was made anew is told too. */
export const watchKeys = async (nc: NatsConnection, service: string, { filters, put, gone, keys }: WatchedKeys, signal: AbortSignal): Promise<void> => {
  /** Keys told since a reset; those that were not are gone. */
  let told: Set<string> | undefined;
  const watch = await watchViewBucket(nc, service, {
    filters: [...filters],
    onEntry: ({ key, kind, value }) => {
      told?.add(key);
      if (kind === 'put') put(key, (value as ViewValue).data);
      else gone(key);
    },
    onReset: () => { told = new Set(); },
    onSync: () => {
      if (told) for (const key of keys()) if (!told.has(key)) gone(key);
      told = undefined;
    },
  });
  await untilAborted(signal);
  await watch.stop();
};

export interface RunPending<P extends Pending> extends SupervisorOptions<P> { /** Of the view whose keys hold what is pending. */ readonly service: string; readonly filters: readonly string[] }

/** The course that an event of a service belongs to, by its sequence; undefined where it is gone. @throws where the leader does not answer */
export const courseOf = async (nc: NatsConnection, service: string, seq: number): Promise<Course | undefined> => {
  const message = await readByLeader(nc, streamName(service), { seq });
  if (message === undefined) return undefined;
  const { id, correlation_id } = JSON.parse(new TextDecoder().decode(message.data)) as EventEnvelope;
  return { correlation_id, began: id };
};

/**
 * Works on everything that an internal view names, until the signal; resolves when all of it has stopped. Run it in one copy only (`startLocked`); a second
 * one for a moment does no harm, if every step of the work is written down before and after.
 * What it does belongs to the course of the event that wished it.
 */
export const runPending = async <P extends Pending>(nc: NatsConnection, { service, filters, work, ...options }: RunPending<P>, signal: AbortSignal): Promise<void> => {
  const works = createSupervisor<P>({ ...options, work: async (pending, until, key) => inCourse(await courseOf(nc, service, pending.wish), () => work(pending, until, key)) }, signal);
  await watchKeys(nc, service, { filters, put: (key, data) => works.set(key, data as P), gone: key => void works.end(key), keys: works.keys }, signal);
  await Promise.all(works.keys().map(works.end));
};
