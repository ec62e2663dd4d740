/** Removes what a bucket held before, so that the bytes are gone from the files of NATS: a plain overwrite or purge leaves them there until a file is compacted [seen on 2.15.2]. */
import type { NatsConnection } from '@nats-io/transport-node';
import { bucketStream, kvGet, kvPut } from '@xanthus/jetstream';
import { ConflictError } from '@xanthus/kernel';

const API = '$JS.API.STREAM';
const TIMEOUT = 5_000;
interface Answer { readonly error?: { readonly code: number; readonly err_code?: number; readonly description?: string } }

const call = async <T>(nc: NatsConnection, subject: string, body: object): Promise<T & Answer> => (await nc.request(`${API}.${subject}`, JSON.stringify(body), { timeout: TIMEOUT })).json();

/** Erases every revision of a key before this one. The bucket must be declared `erasable` and keep some history. */
export const eraseOlder = async (nc: NatsConnection, bucket: string, key: string, revision: number): Promise<void> => {
  const stream = bucketStream(bucket);
  for (let from = 1; ;) {
    const found = await call<{ message?: { seq: number } }>(nc, `MSG.GET.${stream}`, { seq: from, next_by_subj: `$KV.${bucket}.${key}` });
    const seq = found.message?.seq;
    if (seq === undefined || seq >= revision) return;
    const done = await call(nc, `MSG.DELETE.${stream}`, { seq });
    if (done.error && done.error.code !== 404 && done.error.err_code !== 10043 && done.error.err_code !== 10037) throw new Error(`an old key could not be erased: ${done.error.description ?? done.error.code}`);
    from = seq + 1;
  }
};

/** Erases what a crash between a write and its erasing left. @returns how many keys had something left */
export const eraseLeft = async (nc: NatsConnection, bucket: string): Promise<number> => {
  const prefix = `$KV.${bucket}.`;
  let swept = 0;
  for (let offset = 0; ;) {
    const info = await call<{ total?: number; state?: { subjects?: Record<string, number> } }>(nc, `INFO.${bucketStream(bucket)}`, { subjects_filter: `${prefix}>`, offset });
    const page = Object.entries(info.state?.subjects ?? {});
    for (const [subject] of page.filter(([, revisions]) => revisions > 1)) {
      const key = subject.slice(prefix.length);
      const entry = await kvGet(nc, bucket, key);
      if (entry) await eraseOlder(nc, bucket, key, entry.revision);
      swept += 1;
    }
    offset += page.length;
    if (page.length === 0 || offset >= (info.total ?? 0)) return swept;
  }
};

/** The bucket of folders from before keys could be erased. */
const BEFORE = 'keys';

/** Takes the keys of an older data folder over, marks of destroyed ones too, and empties the old bucket: whole, so that its files go. Does nothing where there is none. */
export const moveOldKeys = async (nc: NatsConnection, bucket: string): Promise<number> => {
  const info = await call<{ state?: { messages: number; last_seq: number } }>(nc, `INFO.${bucketStream(BEFORE)}`, {});
  if (info.error || info.state === undefined || info.state.messages === 0) return 0;
  let moved = 0;
  for (let from = 1; ;) {
    const found = await call<{ message?: { seq: number; subject: string } }>(nc, `MSG.GET.${bucketStream(BEFORE)}`, { seq: from, next_by_subj: `$KV.${BEFORE}.>` });
    if (found.message === undefined) break;
    const key = found.message.subject.slice(`$KV.${BEFORE}.`.length);
    const entry = await kvGet(nc, BEFORE, key);
    if (entry !== undefined) {
      try {
        await kvPut(nc, bucket, key, entry.value, 0);
        moved += 1;
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error; // moved by another copy, or before a crash
      }
    }
    from = found.message.seq + 1;
  }
  const purged = await call(nc, `PURGE.${bucketStream(BEFORE)}`, {});
  if (purged.error) throw new Error(`the old bucket of keys could not be emptied: ${purged.error.description ?? purged.error.code}`);
  return moved;
};
