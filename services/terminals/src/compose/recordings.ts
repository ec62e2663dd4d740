import { RecordingDoors } from '../endpoints/recording.doors.js';
import { RECORDINGS_CONTEXT } from '../endpoints/tokens.js';
import { purgeWhenRecordingGone } from '../reactors/purge-when-recording-gone.js';
import { openRecordings } from '../recording/recordings.context.js';
import { runRecordings } from '../recording/run-recordings.js';
import type { Part, TerminalsCore } from './part.js';

/** Recordings: read, searched, verified, kept and deleted. Who holds sessions writes them. */
export const composeRecordings = ({ terminals }: TerminalsCore): Part => {
  const recordings = openRecordings(terminals);
  return {
    controllers: [RecordingDoors], providers: [{ provide: RECORDINGS_CONTEXT, useValue: { ...terminals, recordings } }],
    reactors: [purgeWhenRecordingGone(recordings)], standing: [{ name: 'recordings', run: runRecordings({ ...terminals, ...recordings }) }],
  };
};
