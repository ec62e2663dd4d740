import { pack, seal, type Place } from './chunk.js';
import type { ChunkStore } from './chunk-store.js';
import type { RecordingIndex } from './index-of.js';

/** Writes the index beside the chunks, so that nobody has to read all of them. Made anew from them where it is missing. */
export const putIndex = async (chunks: ChunkStore, place: Place, key: Buffer, upto: number, index: RecordingIndex): Promise<void> => {
  await chunks.putIndex(place, upto, seal(key, place, 'index', await pack(JSON.stringify(index))));
};
