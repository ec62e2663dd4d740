import type { Reactor } from '@xanthus/kernel';
import type { ChunkStore } from '../recording/chunk-store.js';

/** What was recorded goes with its recording, though a crash came between. Harmless when repeated. */
export const purgeWhenRecordingGone = (on: { readonly chunks: ChunkStore }): Reactor => ({
  name: 'purge-when-recording-gone',
  types: ['RecordingDeleted', 'RecordingExpired'],
  async react({ tenant, aggregate: { id } }) {
    await on.chunks.purge({ tenant, session: id });
  },
});
