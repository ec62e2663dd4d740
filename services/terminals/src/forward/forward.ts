import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { DataOf, EventOf } from '@xanthus/proto';
import type { forwardEvents } from '@xanthus/proto/terminals';

export type ForwardEvent = EventOf<typeof forwardEvents>;
export type ForwardEnd = DataOf<typeof forwardEvents.ForwardClosed>;
type Opened = DataOf<typeof forwardEvents.ForwardOpened>;

export interface OpenForward extends Opened {
  readonly status: 'open';
  readonly owner: string;
  readonly opened_at: string;
  /** Of late: whoever comes with one of these a second time is not let in. */
  readonly entries: readonly { readonly entry: string; readonly at: string }[];
}
export type ForwardState = { readonly status: 'absent' } | OpenForward | { readonly status: 'closed'; readonly end: ForwardEnd };

export const initialForward: ForwardState = { status: 'absent' };

/** Tickets live for half a minute, clocks differ by seconds: older entries cannot come again. */
const REMEMBERED = 120_000;
const UNKNOWN: Pick<EventContext, 'actor' | 'occurred_at'> = { actor: { kind: 'system', id: 'unknown' }, occurred_at: new Date(0).toISOString() };

/** Total: an event that does not fit the state, or that is not known, changes nothing. */
export const evolveForward = (state: ForwardState, event: ForwardEvent | DomainEvent, { actor, occurred_at }: Pick<EventContext, 'actor' | 'occurred_at'> = UNKNOWN): ForwardState => {
  const known = event as ForwardEvent;
  if (known.type === 'ForwardOpened') return state.status === 'absent' ? { ...known.data, status: 'open', owner: actor.id, opened_at: occurred_at, entries: [] } : state;
  if (state.status !== 'open') return state;
  switch (known.type) {
    case 'ForwardEntered': return { ...state, entries: [...state.entries.filter(e => Date.parse(occurred_at) - Date.parse(e.at) < REMEMBERED), { entry: known.data.entry, at: occurred_at }] };
    case 'ForwardExtended': return { ...state, ends_at: known.data.ends_at };
    case 'ForwardClosed': return { status: 'closed', end: known.data };
    default: return state;
  }
};
