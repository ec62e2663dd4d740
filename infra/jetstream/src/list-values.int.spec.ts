/** What is read while its values are being written anew: every key that is there all the time is in it. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { eventually, startNats } from '@xanthus/testing';
import { connectNats } from './connect.js';
import { declarationsOf, sharedDeclarations } from './declarations.js';
import { kvPut } from './kv.js';
import { listValues } from './list-values.js';
import { provision } from './provision.js';
import type { Stoppable } from './types.js';
import { resolveViewBucket, watchViewBucket } from './view-bucket.js';
import { writePointer } from './view-slot.js';
import { api } from './wire.js';

const KEYS = Array.from({ length: 20 }, (_, i) => `acme.servers.${String(i).padStart(2, '0')}`);
const TIMES = 150;

let nats: Awaited<ReturnType<typeof startNats>>;
let nc: NatsConnection;
beforeAll(async () => {
  nats = await startNats();
  nc = await connectNats({ servers: nats.url, name: 'spec' });
  await provision(nc, [sharedDeclarations(), declarationsOf('vps')], { replicas: 1 });
});
afterAll(async () => {
  await nc?.close();
  await nats?.stop();
});

/** Reads again and again while all keys are replaced all the time. @returns the keys that were not found */
const missedBy = async (read: (found: Set<string>) => Promise<void>): Promise<string[]> => {
  const { bucket } = await resolveViewBucket(nc, 'vps');
  for (const key of KEYS) await kvPut(nc, bucket, key, 0);
  const stop = new AbortController();
  const write = async (keys: readonly string[]): Promise<void> => { for (let n = 1; !stop.signal.aborted; n++) for (const key of keys) await kvPut(nc, bucket, key, n); };
  const writing = Promise.all([write(KEYS.slice(0, 10)), write(KEYS.slice(10))]);
  const missed: string[] = [];
  for (let n = 0; n < TIMES; n++) {
    const found = new Set<string>();
    await read(found);
    missed.push(...KEYS.filter(key => !found.has(key)));
  }
  stop.abort();
  await writing;
  return missed;
};

it('a list misses no value that is replaced while it is read', async () => {
  const { bucket } = await resolveViewBucket(nc, 'vps');
  expect(await missedBy(async (found) => {
    for (const { key } of await listValues(nc, bucket, 'acme.servers.>')) found.add(key);
  })).toEqual([]);
});

it('nor does a watch that says it has everything', async () => {
  expect(await missedBy(async (found) => {
    let watch: Promise<Stoppable> | undefined;
    await new Promise<void>((resolve, reject) => {
      watch = watchViewBucket(nc, 'vps', { filters: ['acme.servers.>'], onEntry: ({ key }) => found.add(key), onSync: () => resolve(), onReset: reject });
      watch.catch(reject);
    });
    await (await watch)?.stop();
  })).toEqual([]);
});

it('begins, if that is wanted, only when everything was told', async () => {
  const { bucket } = await resolveViewBucket(nc, 'vps');
  for (const key of KEYS) await kvPut(nc, bucket, key, 0);
  const found = new Set<string>();
  let told = 0;
  const watch = await watchViewBucket(nc, 'vps', { filters: ['acme.servers.>'], onEntry: ({ key }) => found.add(key), onSync: () => { told = found.size; }, onReset: () => {}, syncWithin: 100_000 });
  expect(told).toBe(KEYS.length);
  await watch.stop();
});

it('a watch whose view is pointed to a bucket that is gone goes on when it is back', async () => {
  const seen: string[] = [];
  const watch = await watchViewBucket(nc, 'vps', { filters: ['acme.pages.>'], onEntry: ({ key }) => seen.push(key), onSync: () => {}, onReset: reason => seen.push(reason) });
  let asked = 0;
  const questions = nc.subscribe('$JS.API.STREAM.INFO.KV_vps-b', { callback: () => { asked++; } });
  await api(nc, 'STREAM.DELETE.KV_vps-b');
  await writePointer(nc, 'vps', { slot: 'b', versions: {}, epoch: 'next', since: new Date(0).toISOString() }, 0);
  await eventually(() => asked >= 2);
  await provision(nc, [sharedDeclarations(), declarationsOf('vps')], { replicas: 1 });
  await kvPut(nc, 'vps-b', 'acme.pages.one', 1);
  await eventually(() => seen.length === 2);
  expect(seen).toEqual(['epoch_changed', 'acme.pages.one']);
  questions.unsubscribe();
  await watch.stop();
});
