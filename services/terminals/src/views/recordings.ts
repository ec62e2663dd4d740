import { keyedProjection, type Projection, type RecordedEvent } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { recordingView } from '@xanthus/proto/terminals';
import { evolveRecording, goesAt, type RecordingEvent, type RecordingState } from '../recording/recording.js';

export type RecordingRow = DataOf<typeof recordingView>;
/** Internal, never shown: what the keeper looks through, `_recordings.<tenant>.<session>` */
export const KEPT_RECORDINGS = '_recordings';
export interface KeptRow { readonly tenant: string; readonly id: string; readonly state: RecordingState }
const OPENINGS = 20;
const isoOf = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

const fold = (row: RecordingRow | undefined, event: RecordedEvent): RecordingRow | undefined => {
  const known = event as unknown as RecordingEvent;
  if (known.type === 'RecordingStarted') {
    const { days, ...about } = known.data;
    return row ?? {
      id: event.aggregate.id, ...about, state: 'recording', started_at: event.occurred_at, ended_at: null, chunks: 0, bytes: 0, duration_ms: 0, head: null, whole: null, problem: null,
      expires_at: isoOf(goesAt({ startedAt: event.occurred_at, days, keptUntil: null })), kept_until: null, opened: [],
    };
  }
  if (row === undefined) return row;
  switch (known.type) {
    case 'RecordingEnded': return row.state === 'ended' ? row : { ...row, ...known.data, state: 'ended', ended_at: event.occurred_at };
    case 'RecordingOpened': return { ...row, opened: [{ by: event.actor, what: known.data.what, at: event.occurred_at }, ...row.opened].slice(0, OPENINGS) };
    case 'RecordingKept': return { ...row, kept_until: known.data.until };
    case 'RecordingDeleted': case 'RecordingExpired': return undefined;
    default: return row;
  }
};

/** Which recordings are there? `<tenant>.recordings.<session>` */
export const recordingsProjection: Projection = keyedProjection<RecordingRow>({
  name: 'recordings', version: 1, schema: recordingView.schema,
  own: { view: 'recordings', aggregates: ['recording'] },
  evolve: fold,
});

/** Which recordings are still to be ended, or to go? */
export const keptRecordingsProjection: Projection = keyedProjection<KeptRow>({
  name: 'kept-recordings', version: 1, schema: 1,
  keys: event => (event.aggregate.name === 'recording' ? [`${KEPT_RECORDINGS}.${event.tenant}.${event.aggregate.id}`] : []),
  evolve(row, event) {
    const { tenant, aggregate: { id } } = event;
    if (event.type === 'RecordingOpened') return row;
    const state = evolveRecording(row?.state ?? { status: 'absent' }, event as unknown as RecordingEvent, event);
    return state.status === 'absent' || state.status === 'gone' ? undefined : { tenant, id, state };
  },
});
