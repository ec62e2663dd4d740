import type { TerminalsBase } from '../terminals.context.js';
import { chunkStore, type ChunkStore } from './chunk-store.js';
import { startRecorders, type Recorders } from './recorder.js';
import { recordingSecrets, type RecordingSecrets } from './recording-secret.js';

/** What recordings are read and written with. */
export interface RecordingsContext { readonly chunks: ChunkStore; readonly secrets: RecordingSecrets }
export const openRecordings = (on: Pick<TerminalsBase, 'nc' | 'vault'>): RecordingsContext => ({ chunks: chunkStore(on.nc), secrets: recordingSecrets(on) });

/** Whoever holds sessions records them with this. Stop it after the sessions. */
export const recordersOf = (on: Pick<TerminalsBase, 'nc' | 'vault' | 'store' | 'log' | 'now' | 'config'>): Recorders => startRecorders({
  ...openRecordings(on), store: on.store, log: on.log, now: on.now, days: on.config.XANTHUS_TERMINALS_RECORDING_DAYS, mostBytes: on.config.XANTHUS_TERMINALS_RECORDING_MIB * 1024 * 1024,
});
