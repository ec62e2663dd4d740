/** Stores the chunks of one recording, one after the other, each chained to the one before. What cannot be stored waits, and is told when it has waited too long. */
import { ConflictError } from '@xanthus/kernel';
import type { Logger } from '@xanthus/nest';
import { hashOf, NO_HASH, pack, seal, type About, type Line, type Place } from './chunk.js';
import type { ChunkStore } from './chunk-store.js';

/** What begins when there is a key: where the chain stands. */
export interface Begun { readonly secret: string; readonly key: Buffer; readonly began: number; readonly last: About | undefined }
export interface Batch { readonly n: number; readonly lines: readonly Line[]; readonly text: string; readonly from: number; readonly to: number; readonly raw: number; readonly key: number }
export interface Patience { /** Not stored for so long, ms: it has failed. */ readonly failing: number; /** The same while `full` bytes wait. */ readonly failingFull: number; readonly full: number; readonly between: number }
export const PATIENCE: Patience = { failing: 60_000, failingFull: 10_000, full: 8 * 1024 * 1024, between: 250 };

export interface ChunkWriter {
  add(batch: Batch): void;
  /** Bytes that wait to be stored. */
  readonly pending: number;
  /** The newest that is stored. */
  readonly stored: { readonly chunks: number; readonly bytes: number; readonly head: string | null };
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
  /** What waits is let go. */
  stop(): void;
}

interface Options { readonly place: Place; readonly begun: Begun; readonly chunks: ChunkStore; readonly log: Logger; readonly patience: Patience; readonly now: () => number; onStored(about: About, lines: readonly Line[]): void; onFailed(why: string): void }

/** Trying again would not help. */
const DEFINITE = /permission|maximum payload|maximum message|not allowed/i;
const wait = (ms: number): Promise<void> => new Promise(resolve => { setTimeout(resolve, ms).unref(); });

export const chunkWriter = ({ place, begun, chunks, log, patience, now, onStored, onFailed }: Options): ChunkWriter => {
  const queue: (Batch & { readonly packed: Promise<Buffer> })[] = [];
  let [pending, bytes, count, head] = [0, begun.last?.bytes ?? 0, (begun.last?.n ?? -1) + 1, begun.last?.hash ?? null];
  let failingSince: number | undefined;
  let [isStopped, hasFailed] = [false, false];
  let running: Promise<void> | undefined;

  const fail = (why: string): void => {
    if (!hasFailed) onFailed(why);
    hasFailed = true;
  };
  /** Of an earlier try whose answer was lost. */
  const isThere = async (about: About): Promise<boolean> => (await chunks.chunk(place, about.n))?.about?.hash === about.hash;

  const store = async (about: About, sealed: Buffer, lines: readonly Line[]): Promise<void> => {
    for (;;) {
      if (isStopped) return;
      try {
        await chunks.append(place, about, sealed);
        break;
      } catch (error) {
        if (error instanceof ConflictError) {
          if (await isThere(about).catch(() => undefined) === true) break;
          isStopped = true;
          return fail('Another copy of the service writes this recording.');
        }
        const why = error instanceof Error ? error.message : String(error);
        if (DEFINITE.test(why)) { isStopped = true; return fail(`It cannot be stored (${why}).`); }
        if (failingSince === undefined) log.warn({ err: error, session: place.session, chunk: about.n }, 'a part of a recording cannot be stored now; it is tried again');
        failingSince ??= now();
        const failing = now() - failingSince;
        if (failing >= patience.failing || (pending >= patience.full && failing >= patience.failingFull)) fail(`It could not be stored for ${Math.max(1, Math.round(failing / 1_000))} seconds (${why}).`);
        await wait(patience.between);
      }
    }
    if (isStopped) return;
    failingSince = undefined;
    [count, head, bytes] = [about.n + 1, about.hash, about.bytes];
    onStored(about, lines);
  };

  const run = async (): Promise<void> => {
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      if (isStopped) break;
      const { n, from, to, raw, key, lines, text, packed } = batch;
      const sealed = seal(begun.key, place, String(n), await packed);
      const about = { n, began: begun.began, from, to, raw, bytes: bytes + sealed.length, key, secret: begun.secret, prev: head ?? NO_HASH };
      await store({ ...about, hash: hashOf(sealed, about) }, sealed, lines);
      pending -= text.length;
    }
    running = undefined;
  };

  const idle = async (): Promise<void> => {
    if (running === undefined || isStopped) return;
    await running;
    await idle();
  };

  return {
    add(batch) {
      if (isStopped) return;
      pending += batch.text.length;
      const packed = pack(batch.text);
      packed.catch(() => undefined);
      queue.push({ ...batch, packed });
      running ??= run().catch((error: unknown) => { isStopped = true; fail(`It cannot be stored (${String(error)}).`); });
    },
    get pending() { return isStopped ? 0 : pending; },
    get stored() { return { chunks: count, bytes, head }; },
    idle,
    stop() { isStopped = true; queue.length = 0; },
  };
};
