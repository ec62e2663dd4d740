import type { OutputOf } from '@xanthus/proto';
import type { verifyRecording } from '@xanthus/proto/terminals';
import { hashOf, NO_HASH, unseal } from './chunk.js';
import type { ChunkStore } from './chunk-store.js';
import type { Reading } from './read-chunks.js';

type Verified = OutputOf<typeof verifyRecording>;
interface Expected { readonly head: string | null; readonly chunks: number }
interface Bounds { readonly after: { readonly chunk: number; readonly hash: string } | undefined; /** ms */ readonly time: number; readonly now: () => number }

/** Walks the chain: each part is there, is what its hash says, follows the one before and opens; the last hash is the one in the log. */
export const verifyChunks = async (chunks: ChunkStore, reading: Reading, expected: Expected | null, { after, time, now }: Bounds): Promise<Verified> => {
  const until = now() + time;
  let [hash, n, at_ms] = [after?.hash ?? NO_HASH, after === undefined ? 0 : after.chunk + 1, 0];
  const answer = (fault: Verified['fault'], next: Verified['next'] = null): Verified => ({ ok: fault === null, chunks: n, head: n === 0 ? null : hash, expected: expected?.head ?? null, fault, next });
  const fault = (what: string): Verified => answer({ chunk: n, at_ms, what });
  for await (const { n: found, about, sealed } of chunks.from(reading.place, n)) {
    if (found !== n) return fault('It is missing.');
    if (about === undefined || about.n !== n) return fault('What stands beside it was changed.');
    if (about.prev !== hash) return fault('It does not follow the part before.');
    if (hashOf(sealed, about) !== about.hash) return fault('It was changed.');
    const key = await reading.key(about.secret);
    if (!(await unseal(key, reading.place, String(n), sealed).then(() => true, () => false))) return fault('It was changed, and its hash with it.');
    [hash, at_ms] = [about.hash, about.to];
    n += 1;
    if (now() > until) return answer(null, { chunk: n - 1, hash });
  }
  if (expected !== null && n < expected.chunks) return fault('It is missing.');
  if (expected !== null && (expected.head ?? NO_HASH) !== hash) return answer({ chunk: Math.max(0, n - 1), at_ms, what: 'It is not what the log says was there at the end.' });
  return answer(null);
};
