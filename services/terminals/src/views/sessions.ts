import { keyedProjection, type Projection, type RecordedEvent } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { sessionView } from '@xanthus/proto/terminals';
import { evolveSession, isLiving, type LivingSession, type SessionEvent } from '../session/session.js';

export type SessionRow = DataOf<typeof sessionView>;
/** Internal, never shown: sessions that are not ended, `_sessions.<tenant>.<session>` */
export const LIVING_SESSIONS = '_sessions';
export interface LivingRow extends LivingSession { readonly tenant: string; readonly id: string }

const requested = (event: RecordedEvent, data: Extract<SessionEvent, { type: 'SessionRequested' }>['data']): SessionRow => {
  const { server, server_name, title, cols, rows, durable, recording, moderated, purpose, idle_minutes, ends_at } = data;
  return {
    id: event.aggregate.id, server, server_name, title, owner: event.actor.id, state: 'opening', cols, rows, durable, recording, moderated, purpose, user: null, participants: [{ person: event.actor.id, role: 'owner', until: null }], viewers: [],
    requested_at: event.occurred_at, requested_by: event.actor, opened_at: null, idle_minutes, ends_at, commands: 0, interruption: null, ended_at: null, ended_by: null, end: null,
  };
};

/** What of a session is folded as the aggregate itself folds it. */
const shared = (row: SessionRow, event: RecordedEvent): SessionRow => {
  const { state, end: _end, ...rest } = row;
  if (state === 'ended') return row;
  const now = evolveSession({ ...rest, status: state, locale: null, integration: false, stayed_at: row.requested_at, owner_kind: row.requested_by.kind }, event, event);
  if (!isLiving(now)) return row;
  const { status, owner, cols, rows, title, moderated, user, participants, viewers, ends_at } = now;
  return { ...row, state: status, owner, cols, rows, title, moderated, user, participants: [...participants], viewers: [...viewers], ends_at };
};

const fold = (row: SessionRow | undefined, event: RecordedEvent): SessionRow | undefined => {
  const known = event as unknown as SessionEvent;
  if (known.type === 'SessionRequested') return row ?? requested(event, known.data);
  if (known.type === 'SessionForgotten') return undefined;
  if (row === undefined || row.state === 'ended') return row;
  switch (known.type) {
    case 'SessionOpened': return { ...shared(row, event), opened_at: event.occurred_at };
    case 'SessionInterrupted': return { ...shared(row, event), interruption: known.data.message };
    case 'SessionResumed': return { ...shared(row, event), interruption: null };
    case 'SessionCommandRan': return { ...row, commands: row.commands + 1 };
    case 'SessionEnded': return { ...row, state: 'ended', viewers: [], interruption: null, ended_at: event.occurred_at, ended_by: event.actor, end: known.data };
    default: return shared(row, event);
  }
};

const isOfSession = (event: RecordedEvent): boolean => event.aggregate.name === 'session';

/** Which terminal sessions are there? `<tenant>.sessions.<session>` */
export const sessionsProjection: Projection = keyedProjection<SessionRow>({
  name: 'sessions', version: 1, schema: sessionView.schema,
  own: { view: 'sessions', aggregates: ['session'] },
  evolve: fold,
});

/** Which sessions need somebody who holds them? */
export const livingProjection: Projection = keyedProjection<LivingRow>({
  name: 'living', version: 1, schema: 1,
  keys: event => (isOfSession(event) ? [`${LIVING_SESSIONS}.${event.tenant}.${event.aggregate.id}`] : []),
  evolve(row, event) {
    const { tenant, aggregate: { id } } = event;
    const now = evolveSession(row ?? { status: 'absent' }, event as unknown as SessionEvent, event);
    return isLiving(now) ? (now === row ? row : { ...now, tenant, id }) : undefined;
  },
});
