/** Everything that recordings asks of Xanthus and has done there. */
import * as contracts from '../contracts.js';
import type { Recording } from '../contracts.js';
import { asking, onThing } from '../lib/act.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useRecording = (id: string): Rows<Recording> => useRows<Recording>('terminals', useClient().tenant, 'recordings', id);
export const useRecordings = (): Rows<Recording> => useRows<Recording>('terminals', useClient().tenant, 'recordings');

export const deleteRecording = onThing(contracts.deleteRecording);
export const keepRecording = onThing(contracts.keepRecording);
export const openRecording = onThing(contracts.openRecording);
export const recordingIndex = asking(contracts.recordingIndex);
export const searchRecordings = asking(contracts.searchRecordings);
export const searchRecording = asking(contracts.searchRecording);
export const recordingPart = asking(contracts.recordingPart);
export const verifyRecording = asking(contracts.verifyRecording);

/** The address of the recording as an asciicast file. */
export const recordingFile = (id: string): string => `/api/terminal/sessions/${id}/recording`;
