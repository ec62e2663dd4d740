import type { Folded, RecentCommand } from './aggregate-cache.js';
import type { AggregateType } from './decider.js';
import { CLAIM_VOIDED, type ClaimVoided } from './event-store.js';
import type { DomainEvent, RecordedEvent } from './event.js';
import { upcastEvent } from './upcast.js';

/** How many command ids of an aggregate are remembered beside a snapshot or in memory. */
const RECENT = 100;

/** An aggregate that has no event yet. */
export const nothing = <S, C, E extends DomainEvent>(type: AggregateType<S, C, E>): Folded<S> => ({ seq: 0, state: type.decider.initialState, recent: [], unsaved: 0 });

/** The state after the stored events of one aggregate, oldest first; those of an older schema are lifted. @throws Error of `upcastEvent` */
export const foldOf = <S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, events: readonly RecordedEvent[], start: S = type.decider.initialState): S => events.reduce((state, stored) => {
  const event = upcastEvent(type, stored);
  return type.decider.evolve(state, event as unknown as E, { tenant: event.tenant, id: event.aggregate.id, seq: event.seq, occurred_at: event.occurred_at, actor: event.actor });
}, start);

/** Continues what was folded by the events after it. @throws Error of `upcastEvent` */
export const foldOn = <S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, start: Folded<S>, events: readonly RecordedEvent[]): Folded<S> => {
  if (events.length === 0) return start;
  const recent: RecentCommand[] = [...start.recent];
  for (const event of events) {
    if (event.type === CLAIM_VOIDED) recent.push({ id: (event.data as ClaimVoided['data']).command_id, seq: event.seq, voided: true });
    else if (recent.at(-1)?.id !== event.command_id) recent.push({ id: event.command_id, seq: event.seq });
  }
  return { seq: events.at(-1)?.seq ?? start.seq, state: foldOf(type, events, start.state), recent: recent.slice(-RECENT), unsaved: start.unsaved + events.length };
};
