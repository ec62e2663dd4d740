import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { recordingEvents } from '@xanthus/proto/terminals';

export type RecordingEvent = EventOf<typeof recordingEvents>;
export type RecordingEnd = Extract<RecordingEvent, { type: 'RecordingEnded' }>['data'];

interface Known {
  readonly startedAt: string;
  readonly days: number;
  readonly keptUntil: string | null;
  /** When each person or credential opened it last. */
  readonly opened: Readonly<Record<string, string>>;
}
export type RecordingState =
  | { readonly status: 'absent' }
  | Known & { readonly status: 'recording' }
  | Known & { readonly status: 'ended'; readonly end: RecordingEnd }
  | { readonly status: 'gone' };

export const initialRecording: RecordingState = { status: 'absent' };

/** Total: an event that does not fit the state, or that is not known, changes nothing. */
export const evolveRecording = (state: RecordingState, event: RecordingEvent | DomainEvent, { occurred_at, actor }: Pick<EventContext, 'occurred_at' | 'actor'>): RecordingState => {
  const known = event as RecordingEvent;
  if (known.type === 'RecordingStarted') return state.status === 'absent' ? { status: 'recording', startedAt: occurred_at, days: known.data.days, keptUntil: null, opened: {} } : state;
  if (state.status === 'absent' || state.status === 'gone') return state;
  switch (known.type) {
    case 'RecordingEnded': return state.status === 'recording' ? { ...state, status: 'ended', end: known.data } : state;
    case 'RecordingOpened': return { ...state, opened: { ...state.opened, [actor.id]: occurred_at } };
    case 'RecordingKept': return { ...state, keptUntil: known.data.until };
    case 'RecordingDeleted': case 'RecordingExpired': return { status: 'gone' };
    default: return state;
  }
};

const DAY = 86_400_000;

/** When it goes, ms since 1970; undefined: never. Kept longer never means shorter than the operator's days. */
export const goesAt = (o: { readonly startedAt: string; readonly days: number; readonly keptUntil: string | null }): number | undefined => {
  if (o.days === 0) return undefined;
  const set = Date.parse(o.startedAt) + o.days * DAY;
  return o.keptUntil === null ? set : Math.max(set, Date.parse(o.keptUntil));
};

/** So long one may read after one said so in the log, ms. */
const OPEN_FOR = 3_600_000;
export const hasOpened = (state: RecordingState, who: string, now: number): boolean =>
  (state.status === 'recording' || state.status === 'ended') && state.opened[who] !== undefined && now - Date.parse(state.opened[who]) < OPEN_FOR;
