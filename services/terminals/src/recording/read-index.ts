import { unseal } from './chunk.js';
import type { ChunkStore } from './chunk-store.js';
import { indexBuilder, type RecordingIndex } from './index-of.js';
import type { Reading } from './read-chunks.js';

/** What is stored of it, and the chunks that came after. */
export const readIndex = async (chunks: ChunkStore, reading: Reading): Promise<RecordingIndex> => {
  const stored = await storedIndex(chunks, reading);
  const builder = indexBuilder(stored?.index);
  for await (const { about, lines } of reading.from(stored?.upto ?? 0)) builder.add(lines, about.from);
  return builder.index;
};

/** The index as it was written last; undefined: there is none, or it does not open, and it is made from the chunks. */
const storedIndex = async (chunks: ChunkStore, reading: Reading): Promise<{ readonly upto: number; readonly index: RecordingIndex } | undefined> => {
  const found = await chunks.index(reading.place);
  const first = found && (await chunks.chunk(reading.place, 0))?.about;
  if (found === undefined || first === undefined) return undefined;
  const key = await reading.key(first.secret);
  try {
    return { upto: found.upto, index: JSON.parse(await unseal(key, reading.place, 'index', found.sealed)) as RecordingIndex };
  } catch {
    return undefined;
  }
};
