/**
 * Where the past is kept between questions: the bucket `<service>-past`, which only the service itself may read. `<tenant>.index` says what there is and of which version
 * of the projections; `<tenant>.<events>.<n>` are the pieces of a state, compressed. All of it can be folded again: what is missing is no fault.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { NatsConnection } from '@nats-io/transport-node';
import { ConflictError } from '@xanthus/kernel';
import { bucketStream, pastBucket } from './declarations.js';
import { kvGet, kvPut, kvSubject } from './kv.js';
import { purgeSubjects } from './series.js';
import type { Checkpoint, Checkpoints, PastState } from './view-at.types.js';
import { publish, readByLeader } from './wire.js';

interface Index { readonly version: string; readonly checkpoints: readonly Checkpoint[] }

/** Well below what NATS takes in one message, also as text of an answer. */
const PIECE = 384 * 1024;
/** A state that is larger, compressed, is not kept. */
const MOST = 64 * 1024 * 1024;
/** Pieces on their way at a time. */
const AT_ONCE = 8;
const TRIES = 3;

const [deflate, inflate] = [promisify(gzip), promisify(gunzip)];

/** One line a key; JSON has no line break. */
export const packed = (texts: ReadonlyMap<string, string>): Promise<Buffer> => {
  const lines: string[] = [];
  for (const [key, text] of texts) lines.push(`${key}\t${text}`);
  return deflate(Buffer.from(lines.join('\n')), { level: 1 });
};

export const unpacked = async (bytes: Uint8Array): Promise<Map<string, string>> => {
  const whole = (await inflate(bytes)).toString('utf8');
  const texts = new Map<string, string>();
  if (whole === '') return texts;
  for (const line of whole.split('\n')) {
    const tab = line.indexOf('\t');
    texts.set(line.slice(0, tab), line.slice(tab + 1));
  }
  return texts;
};

const inGroups = async <T>(count: number, job: (n: number) => Promise<T>): Promise<T[]> => {
  const done: T[] = [];
  for (let at = 0; at < count; at += AT_ONCE) done.push(...await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, i) => job(at + i))));
  return done;
};

export const kvCheckpoints = (nc: NatsConnection, service: string): Checkpoints => {
  const bucket = pastBucket(service).name;
  const indexKey = (tenant: string): string => `${tenant}.index`;
  const pieceKey = (tenant: string, events: number, n: number): string => `${tenant}.${events}.${n}`;
  const readIndex = (tenant: string) => kvGet<Index>(nc, bucket, indexKey(tenant));
  const drop = (tenant: string): Promise<void> => purgeSubjects(nc, bucketStream(bucket), kvSubject(bucket, `${tenant}.>`));

  /** Rewrites the index, unless it is of another version. */
  const changeIndex = async (tenant: string, version: string, change: (checkpoints: readonly Checkpoint[]) => readonly Checkpoint[]): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      const before = await readIndex(tenant);
      const checkpoints = change(before?.value?.version === version ? before.value.checkpoints : []);
      try {
        await kvPut(nc, bucket, indexKey(tenant), { version, checkpoints } satisfies Index, before?.revision ?? 0);
        return;
      } catch (error) {
        if (!(error instanceof ConflictError) || attempt === TRIES) throw error;
      }
    }
  };

  return {
    drop,

    async list(tenant, version) {
      const index = (await readIndex(tenant))?.value;
      return index?.version === version ? index.checkpoints : [];
    },

    async load(tenant, version, { events, parts, bytes }) {
      const pieces = await inGroups(parts, n => readByLeader(nc, bucketStream(bucket), { last_by_subj: kvSubject(bucket, pieceKey(tenant, events, n)) }));
      const whole = Buffer.concat(pieces.map(piece => piece?.data ?? Buffer.alloc(0)));
      const texts = whole.length === bytes ? await unpacked(whole).catch(() => undefined) : undefined;
      // Pieces go when they are old, or when there is no room: then it is as if it had never been.
      if (texts === undefined) await changeIndex(tenant, version, all => all.filter(c => c.events !== events));
      return texts;
    },

    async save(tenant, version, state: PastState) {
      const found = (await readIndex(tenant))?.value;
      if (found !== undefined && found.version !== version) await drop(tenant);
      else if (found?.checkpoints.some(c => c.events === state.events) === true) return;
      const whole = await packed(state.texts);
      if (whole.length > MOST) return;
      const parts = Math.ceil(whole.length / PIECE);
      await inGroups(parts, n => publish(nc, { subject: kvSubject(bucket, pieceKey(tenant, state.events, n)), body: whole.subarray(n * PIECE, (n + 1) * PIECE) }));
      const made: Checkpoint = { seq: state.seq, events: state.events, time: state.time, parts, bytes: whole.length };
      await changeIndex(tenant, version, all => [...all.filter(c => c.events !== made.events), made].sort((x, y) => x.seq - y.seq));
    },
  };
};
