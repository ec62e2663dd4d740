/** Chunks in their stream, `rec.<tenant>.<session>.<n>`, and the index beside them. */
import type { NatsConnection } from '@nats-io/transport-node';
import { appendExpecting, purgeSubjects, readByLeader, readPage, recordingsStream, storeMessage, type StoredMessage } from '@xanthus/jetstream';
import { isTenantSlug, TOKEN } from '@xanthus/proto';
import { ABOUT_HEADER, readAbout, type About, type Place } from './chunk.js';

const STREAM = recordingsStream('terminals').name;
const UPTO_HEADER = 'Xanthus-Upto';
/** Of one question to NATS. */
const BATCH = 64;
const BATCH_BYTES = 4 * 1024 * 1024;

export interface Chunk { readonly seq: number; /** Undefined: what stands beside it is none of ours. */ readonly about: About | undefined; /** As its subject says. */ readonly n: number; readonly sealed: Uint8Array }

/** @throws TypeError if one is no subject token */
const subjectOf = ({ tenant, session }: Place, part: string): string => {
  if (!isTenantSlug(tenant) || !TOKEN.test(session)) throw new TypeError('not a recording');
  return `rec.${tenant}.${session}.${part}`;
};
const indexOf = ({ tenant, session }: Place): string => {
  if (!TOKEN.test(session)) throw new TypeError('not a recording');
  return subjectOf({ tenant, session: 'index' }, session);
};

const chunkOf = (m: StoredMessage): Chunk => ({ seq: m.seq, n: Number(m.subject.split('.')[3]), about: readAbout(m.headers?.get(ABOUT_HEADER)), sealed: m.data });

export interface ChunkStore {
  /** @throws ConflictError: there is such a chunk @throws UncertainError @throws JetStreamProblem */
  append(place: Place, about: About, sealed: Uint8Array): Promise<void>;
  chunk(place: Place, n: number): Promise<Chunk | undefined>;
  /** The last one. Leader-routed. */
  last(place: Place): Promise<Chunk | undefined>;
  /** From chunk `n` on, in order, as far as they are there. */
  from(place: Place, n: number): AsyncGenerator<Chunk, void>;
  putIndex(place: Place, upto: number, sealed: Uint8Array): Promise<void>;
  /** Of the chunks before `upto`. */
  index(place: Place): Promise<{ readonly upto: number; readonly sealed: Uint8Array } | undefined>;
  purge(place: Place): Promise<void>;
  /** All of a tenant. */
  purgeAll(tenant: string): Promise<void>;
}

export const chunkStore = (nc: NatsConnection): ChunkStore => {
  const one = async (subject: string): Promise<StoredMessage | undefined> => (await readPage(nc, STREAM, { seq: 1, next_by_subj: subject, batch: 1 })).messages[0];
  return {
    async append(place, about, sealed) {
      await appendExpecting(nc, { subject: subjectOf(place, String(about.n)), body: sealed, expected: 0, headers: { [ABOUT_HEADER]: JSON.stringify(about) } });
    },
    async chunk(place, n) {
      const found = await one(subjectOf(place, String(n)));
      return found && chunkOf(found);
    },
    async last(place) {
      const found = await readByLeader(nc, STREAM, { last_by_subj: subjectOf(place, '*') });
      return found && chunkOf(found);
    },
    async *from(place, n) {
      const first = await one(subjectOf(place, String(n)));
      if (first === undefined) return;
      yield chunkOf(first);
      for (let seq = first.seq + 1; ;) {
        const { messages } = await readPage(nc, STREAM, { seq, next_by_subj: subjectOf(place, '*'), batch: BATCH, max_bytes: BATCH_BYTES });
        yield* messages.map(chunkOf);
        const last = messages.at(-1);
        if (last === undefined) return;
        seq = last.seq + 1;
      }
    },
    async putIndex(place, upto, sealed) {
      await storeMessage(nc, { subject: indexOf(place), body: sealed, headers: { [UPTO_HEADER]: String(upto) } });
    },
    async index(place) {
      const found = await one(indexOf(place));
      const upto = Number(found?.headers?.get(UPTO_HEADER));
      return found === undefined || !Number.isInteger(upto) ? undefined : { upto, sealed: found.data };
    },
    async purge(place) {
      await purgeSubjects(nc, STREAM, subjectOf(place, '*'));
      await purgeSubjects(nc, STREAM, indexOf(place));
    },
    async purgeAll(tenant) {
      if (!isTenantSlug(tenant)) throw new TypeError('not a tenant');
      await purgeSubjects(nc, STREAM, `rec.${tenant}.*.*`);
    },
  };
};
