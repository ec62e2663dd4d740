import type { AggregateType, CommandContext, Decider } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import type { sessionEvents, SessionRole } from '@xanthus/proto/terminals';
import { evolveSession, initialSession, isLiving, isOver, mayType, participantOf, type LivingSession, type SessionEnd, type SessionEvent, type SessionState } from './session.js';
import { hasEnded, isOwner, noExtension, notFound, notInIt, notOpen, notYours, tooManyPeople } from './session.errors.js';

type Data<T extends keyof typeof sessionEvents> = DataOf<(typeof sessionEvents)[T]>;
export type SessionCommand =
  | ({ readonly type: 'Request' } & Data<'SessionRequested'>)
  // of people
  | { readonly type: 'Rename'; readonly title: string }
  | { readonly type: 'Resize'; readonly cols: number; readonly rows: number }
  | { readonly type: 'Close' }
  | { readonly type: 'Kill'; readonly reason: string }
  | { readonly type: 'Share'; readonly person: string; readonly role: Exclude<SessionRole, 'owner'>; readonly until: string | null }
  | { readonly type: 'Join'; readonly role: 'observer' | 'moderator' }
  | { readonly type: 'Unshare'; readonly person: string }
  | { readonly type: 'Leave' }
  | { readonly type: 'HandOver'; readonly person: string }
  | { readonly type: 'Moderate'; readonly on: boolean }
  /** `until`: as far as the operator allows from now; null: without end; undefined: no further. */
  | { readonly type: 'Extend'; readonly until: string | null | undefined }
  // of the service
  | ({ readonly type: 'NoteOpened' } & Data<'SessionOpened'>)
  | ({ readonly type: 'NoteInterrupted' } & Data<'SessionInterrupted'>)
  | { readonly type: 'NoteResumed' }
  /** Nobody holds it any more: those who looked are gone, and its shell is looked for. */
  | { readonly type: 'TakeUp'; readonly message: string }
  | ({ readonly type: 'NoteAttached' } & Data<'SessionAttached'>)
  | ({ readonly type: 'NoteDetached' } & Data<'SessionDetached'>)
  | ({ readonly type: 'NoteResized' } & Data<'SessionResized'>)
  | ({ readonly type: 'NoteCommand' } & Data<'SessionCommandRan'>)
  | ({ readonly type: 'End' } & SessionEnd)
  /** This person may work on the server no more. */
  | { readonly type: 'WithdrawRights'; readonly person: string; readonly message: string }
  /** Invitations that are over are taken back. */
  | { readonly type: 'Expire' }
  | { readonly type: 'Forget' };

type Events = readonly SessionEvent[];
type OfLiving = Exclude<SessionCommand, { type: 'Request' | 'Forget' }>;

/** People in one session, its owner included. */
export const MOST_PEOPLE = 50;

const ended = (how: SessionEnd['how'], message = ''): Events => [{ type: 'SessionEnded', data: { how, code: null, signal: null, message, problem: null } }];
const mustOwn = (state: LivingSession, { actor }: CommandContext): void => {
  if (actor.id !== state.owner) throw notYours('its owner');
};
const mustType = (state: LivingSession, { actor, now }: CommandContext): void => {
  const role = participantOf(state, actor.id, now)?.role;
  if (role === undefined || !mayType(role)) throw notYours('who types in it');
};

const share = (state: LivingSession, { person, role, until, joined }: { readonly person: string; readonly role: Exclude<SessionRole, 'owner'>; readonly until: string | null; readonly joined: boolean }, now: string): Events => {
  if (person === state.owner) throw isOwner();
  const before = participantOf(state, person, now);
  if (before?.role === role && before.until === until) return [];
  if (before === undefined && state.participants.length >= MOST_PEOPLE) throw tooManyPeople(MOST_PEOPLE);
  return [{ type: 'SessionShared', data: { person, role, until, joined } }];
};
const unshare = (state: LivingSession, person: string, why: Data<'SessionUnshared'>['why']): Events => (state.participants.some(p => p.person === person) ? [{ type: 'SessionUnshared', data: { person, why } }] : []);

const moderate = (state: LivingSession, on: boolean, { actor, now }: CommandContext): Events => {
  const role = participantOf(state, actor.id, now)?.role;
  if (role !== 'moderator' && !(on && role === 'owner')) throw notYours(on ? 'its owner or a moderator' : 'a moderator');
  return state.moderated === on ? [] : [{ type: 'SessionModerationSet', data: { on } }];
};

const handOver = (state: LivingSession, person: string, { now }: CommandContext): Events => {
  if (person === state.owner) return [];
  if (participantOf(state, person, now) === undefined) throw notInIt();
  return [{ type: 'SessionHandedOver', data: { from: state.owner, to: person } }];
};

const extend = (state: LivingSession, until: string | null | undefined): Events => {
  if (state.ends_at === null) return [{ type: 'SessionExtended', data: { ends_at: null } }];
  if (until === undefined) throw noExtension();
  return [{ type: 'SessionExtended', data: { ends_at: until === null ? null : until > state.ends_at ? until : state.ends_at } }];
};

const takeUp = (state: LivingSession, message: string): Events => [
  ...state.viewers.map(({ viewer, person }): SessionEvent => ({ type: 'SessionDetached', data: { viewer, person, why: 'lost' } })),
  ...(state.status === 'open' ? [{ type: 'SessionInterrupted', data: { message, problem: null } } as const] : []),
];

const decideLiving = (state: LivingSession, command: OfLiving, context: CommandContext): Events => {
  switch (command.type) {
    case 'Rename': mustOwn(state, context); return state.title === command.title ? [] : [{ type: 'SessionRenamed', data: { title: command.title } }];
    case 'Resize': {
      mustType(state, context);
      if (state.status !== 'open') throw notOpen();
      return resized(state, command);
    }
    case 'Close': mustOwn(state, context); return ended('closed');
    case 'Kill': return ended('killed', command.reason);
    case 'Share': mustOwn(state, context); return share(state, { ...command, joined: false }, context.now);
    case 'Join': return share(state, { person: context.actor.id, role: command.role, until: null, joined: true }, context.now);
    case 'Unshare': {
      mustOwn(state, context);
      if (command.person === state.owner) throw isOwner();
      return unshare(state, command.person, 'withdrawn');
    }
    case 'Leave': {
      if (context.actor.id === state.owner) throw isOwner();
      if (!state.participants.some(p => p.person === context.actor.id)) throw notYours('who is in it');
      return unshare(state, context.actor.id, 'left');
    }
    case 'HandOver': mustOwn(state, context); return handOver(state, command.person, context);
    case 'Moderate': return moderate(state, command.on, context);
    case 'Extend': mustType(state, context); return extend(state, command.until);
    default: return note(state, command, context);
  }
};

const resized = (state: LivingSession, { cols, rows }: { readonly cols: number; readonly rows: number }): Events => (state.cols === cols && state.rows === rows ? [] : [{ type: 'SessionResized', data: { cols, rows } }]);

/** What the service itself sees; whatever comes twice, or no longer fits, changes nothing. */
const note = (state: LivingSession, command: OfLiving, { now }: CommandContext): Events => {
  switch (command.type) {
    case 'NoteOpened': {
      const { type: _type, ...data } = command;
      return state.status === 'opening' ? [{ type: 'SessionOpened', data }] : state.status === 'interrupted' ? [{ type: 'SessionResumed', data: {} }] : [];
    }
    case 'NoteInterrupted': return state.status === 'open' ? [{ type: 'SessionInterrupted', data: { message: command.message.slice(0, 500), problem: command.problem } }] : [];
    case 'NoteResumed': return state.status === 'interrupted' ? [{ type: 'SessionResumed', data: {} }] : [];
    case 'TakeUp': return takeUp(state, command.message);
    case 'NoteAttached': {
      const { viewer, person, role } = command;
      return state.viewers.some(v => v.viewer === viewer) ? [] : [{ type: 'SessionAttached', data: { viewer, person, role } }];
    }
    case 'NoteDetached': {
      const { viewer, person, why } = command;
      return state.viewers.some(v => v.viewer === viewer) ? [{ type: 'SessionDetached', data: { viewer, person, why } }] : [];
    }
    case 'NoteResized': return resized(state, command);
    case 'NoteCommand': {
      const { type: _type, ...data } = command;
      return [{ type: 'SessionCommandRan', data }];
    }
    case 'End': {
      const { how, code, signal, message, problem } = command;
      return [{ type: 'SessionEnded', data: { how, code, signal, message: message.slice(0, 500), problem } }];
    }
    case 'WithdrawRights': return command.person === state.owner ? ended('rights', command.message) : unshare(state, command.person, 'rights');
    case 'Expire': return state.participants.filter(p => isOver(p, now)).map(({ person }): SessionEvent => ({ type: 'SessionUnshared', data: { person, why: 'over' } }));
    default: return [];
  }
};

/** What the service notes after the end is of no interest any more. */
const FROM_WITHIN: readonly SessionCommand['type'][] = ['NoteOpened', 'NoteInterrupted', 'NoteResumed', 'TakeUp', 'NoteAttached', 'NoteDetached', 'NoteResized', 'NoteCommand', 'End', 'WithdrawRights', 'Expire'];

export const sessionDecider: Decider<SessionState, SessionCommand, SessionEvent> = {
  initialState: initialSession,
  evolve: evolveSession,
  decide(state, command, context) {
    if (command.type === 'Request') {
      const { type: _type, ...data } = command;
      return state.status === 'absent' ? [{ type: 'SessionRequested', data }] : [];
    }
    if (command.type === 'Forget') return state.status === 'ended' && !state.forgotten ? [{ type: 'SessionForgotten', data: {} }] : [];
    if (isLiving(state)) return decideLiving(state, command, context);
    if (FROM_WITHIN.includes(command.type)) return [];
    throw state.status === 'ended' ? hasEnded(state.end) : notFound();
  },
};

export const sessionType: AggregateType<SessionState, SessionCommand, SessionEvent> = {
  service: 'terminals',
  name: 'session',
  decider: sessionDecider,
  schemas: {
    SessionRequested: 1, SessionOpened: 1, SessionInterrupted: 1, SessionResumed: 1, SessionAttached: 1, SessionDetached: 1, SessionResized: 1, SessionRenamed: 1, SessionShared: 1, SessionUnshared: 1, SessionHandedOver: 1, SessionModerationSet: 1,
    SessionExtended: 1, SessionCommandRan: 1, SessionEnded: 1, SessionForgotten: 1,
  },
  snapshot: { schema: 1, every: 200 },
};
