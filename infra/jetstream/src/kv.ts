/** Keys of a bucket, read from its leader and written with a revision as expectation. */
import type { NatsConnection } from '@nats-io/transport-node';
import { bucketStream } from './declarations.js';
import { publish, readByLeader, type Write } from './wire.js';

export const kvSubject = (bucket: string, key: string): string => `$KV.${bucket}.${key}`;

export interface KvEntry<T = unknown> { readonly value: T | undefined; readonly revision: number; readonly time: string }

/** `undefined` if the key never was; `value` is undefined if it was deleted. */
export const kvGet = async <T>(nc: NatsConnection, bucket: string, key: string): Promise<KvEntry<T> | undefined> => {
  const message = await readByLeader(nc, bucketStream(bucket), { last_by_subj: kvSubject(bucket, key) });
  if (!message) return undefined;
  const deleted = message.headers?.has('KV-Operation') || message.data.length === 0;
  return { value: deleted ? undefined : (JSON.parse(Buffer.from(message.data).toString('utf8')) as T), revision: message.seq, time: message.time };
};

export interface KvPutOptions { /** Seconds after which the key is gone by itself. */ readonly ttl_s?: number }

/** One put or delete (`value` undefined), for `publishAll`. */
export const kvWrite = (bucket: string, key: string, value: unknown, expected?: number, { ttl_s }: KvPutOptions = {}): Write => ({
  subject: kvSubject(bucket, key),
  body: value === undefined ? '' : JSON.stringify(value),
  ...(expected === undefined ? {} : { expected }),
  ...(value === undefined ? { headers: { 'KV-Operation': 'DEL' } } : ttl_s === undefined ? {} : { headers: { 'Nats-TTL': `${ttl_s}s` } }),
});

/** @returns the revision. @throws ConflictError if `expected` is not the key's revision (0: it must never have been). */
export const kvPut = (nc: NatsConnection, bucket: string, key: string, value: unknown, expected?: number, options?: KvPutOptions): Promise<number> =>
  publish(nc, kvWrite(bucket, key, value, expected, options));
