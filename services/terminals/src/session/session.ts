import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { Actor, DataOf, EventOf } from '@xanthus/proto';
import type { SESSION_STATES, sessionEvents, SessionRole } from '@xanthus/proto/terminals';

export type SessionEvent = EventOf<typeof sessionEvents>;
type Requested = DataOf<typeof sessionEvents.SessionRequested>;
export type SessionEnd = DataOf<typeof sessionEvents.SessionEnded>;

/** The owner is one of them. */
export interface Participant { readonly person: string; readonly role: SessionRole; /** ISO; null: as long as the session. */ readonly until: string | null }
/** One tab or client that looks. */
export interface SessionViewer { readonly viewer: string; readonly person: string; readonly role: SessionRole; readonly since: string }

export interface LivingSession extends Requested {
  readonly status: Exclude<(typeof SESSION_STATES)[number], 'ended'>;
  readonly owner: string;
  /** A credential opens sessions too; it is handed over to persons only. */
  readonly owner_kind: Actor['kind'];
  readonly requested_at: string;
  /** When it was requested, or somebody said last that they stay: idle time counts from there. */
  readonly stayed_at: string;
  /** Of the host; null until the shell ran. */
  readonly user: string | null;
  readonly participants: readonly Participant[];
  readonly viewers: readonly SessionViewer[];
}
export type SessionState =
  | { readonly status: 'absent' }
  | LivingSession
  | { readonly status: 'ended'; readonly owner: string; readonly end: SessionEnd; readonly ended_at: string; readonly forgotten: boolean };

/** What hosting is told of a session: with its tenant and id. */
export interface StateOfSession extends LivingSession { readonly tenant: string; readonly id: string }

export const initialSession: SessionState = { status: 'absent' };
export const isLiving = (state: SessionState): state is LivingSession => state.status !== 'absent' && state.status !== 'ended';

/** Who types; the others watch. */
export const TYPING: readonly SessionRole[] = ['owner', 'peer'];
export const mayType = (role: SessionRole): boolean => TYPING.includes(role);

/** An invitation that is over counts no more, though nobody has written it down yet. */
export const participantOf = (state: LivingSession, person: string, now: string): Participant | undefined => state.participants.find(p => p.person === person && !isOver(p, now));
export const isOver = ({ until }: Pick<Participant, 'until'>, now: string): boolean => until !== null && until <= now;

const requested = (data: Requested, { actor, occurred_at }: Pick<EventContext, 'actor' | 'occurred_at'>): LivingSession => ({
  ...data, status: 'opening', owner: actor.id, owner_kind: actor.kind, requested_at: occurred_at, stayed_at: occurred_at, user: null, participants: [{ person: actor.id, role: 'owner', until: null }], viewers: [],
});
const withRole = (state: LivingSession, participant: Participant): readonly Participant[] => [...state.participants.filter(p => p.person !== participant.person), participant];
const UNKNOWN: Pick<EventContext, 'actor' | 'occurred_at'> = { actor: { kind: 'system', id: 'unknown' }, occurred_at: new Date(0).toISOString() };

/** Total: an event that does not fit the state, or that is not known, changes nothing. */
export const evolveSession = (state: SessionState, event: SessionEvent | DomainEvent, context: Pick<EventContext, 'actor' | 'occurred_at'> = UNKNOWN): SessionState => {
  const known = event as SessionEvent;
  if (known.type === 'SessionRequested') return state.status === 'absent' ? requested(known.data, context) : state;
  if (known.type === 'SessionForgotten') return state.status === 'ended' ? { ...state, forgotten: true } : state;
  if (!isLiving(state)) return state;
  switch (known.type) {
    case 'SessionOpened': return { ...state, status: 'open', user: known.data.user };
    case 'SessionInterrupted': return { ...state, status: 'interrupted' };
    case 'SessionResumed': return { ...state, status: 'open' };
    case 'SessionAttached': return { ...state, viewers: [...state.viewers.filter(v => v.viewer !== known.data.viewer), { ...known.data, since: context.occurred_at }] };
    case 'SessionDetached': return { ...state, viewers: state.viewers.filter(v => v.viewer !== known.data.viewer) };
    case 'SessionResized': return { ...state, ...known.data };
    case 'SessionRenamed': return { ...state, title: known.data.title };
    case 'SessionShared': {
      const { person, role, until } = known.data;
      return person === state.owner ? state : { ...state, participants: withRole(state, { person, role, until }), viewers: state.viewers.map(v => (v.person === person ? { ...v, role } : v)) };
    }
    case 'SessionUnshared': return known.data.person === state.owner ? state : { ...state, participants: state.participants.filter(p => p.person !== known.data.person) };
    case 'SessionHandedOver': return handedOver(state, known.data.to);
    case 'SessionModerationSet': return { ...state, moderated: known.data.on };
    case 'SessionExtended': return { ...state, ends_at: known.data.ends_at, stayed_at: context.occurred_at };
    case 'SessionEnded': return { status: 'ended', owner: state.owner, end: known.data, ended_at: context.occurred_at, forgotten: false };
    default: return state;
  }
};

const handedOver = (state: LivingSession, to: string): LivingSession => {
  const roles = new Map<string, SessionRole>([[state.owner, 'peer'], [to, 'owner']]);
  const participants = withRole({ ...state, participants: withRole(state, { person: state.owner, role: 'peer', until: null }) }, { person: to, role: 'owner', until: null });
  return { ...state, owner: to, owner_kind: 'person', participants, viewers: state.viewers.map(v => ({ ...v, role: roles.get(v.person) ?? v.role })) };
};
