import { describe, expect, it } from '@jest/globals';
import { given, TEST_CONTEXT } from '@xanthus/kernel';
import { SESSION_ENDS, sessionView } from '@xanthus/proto/terminals';
import { sessionsProjection, livingProjection } from '../views/sessions.js';
import { isPaused } from './moderation.js';
import { MOST_PEOPLE, sessionDecider, sessionType, type SessionCommand } from './session.decide.js';
import { initialSession, isLiving, mayType, participantOf, type LivingSession, type SessionEvent, type SessionState } from './session.js';

const OWNER = TEST_CONTEXT.actor.id;
const [ANN, BOB, EVE] = ['01jd3x8e2v5y9w4z7q6r1s0tan', '01jd3x8e2v5y9w4z7q6r1s0tb0', '01jd3x8e2v5y9w4z7q6r1s0tee'] as const;
const as = (id: string, now = TEST_CONTEXT.now) => ({ actor: { kind: 'person' as const, id }, now });
const REQUESTED = { type: 'SessionRequested', data: {
  server: '01jd3x8e2v5y9w4z7q6r1s0tsv', server_name: 'web-1', title: 'web-1', cols: 80, rows: 24, locale: null, durable: false, recording: 'output', moderated: false, integration: true, purpose: null, idle_minutes: 30, ends_at: '2026-01-01T12:00:00.000Z',
} } satisfies SessionEvent;
const REQUEST: SessionCommand = { type: 'Request', ...REQUESTED.data };
const OPENED: SessionEvent = { type: 'SessionOpened', data: { user: 'root', address: '203.0.113.7', host_key: 'SHA256:x' } };
const OPEN: readonly SessionEvent[] = [REQUESTED, OPENED];
const shared = (person: string, role: 'peer' | 'observer' | 'moderator', until: string | null = null): SessionEvent => ({ type: 'SessionShared', data: { person, role, until, joined: false } });
const attached = (viewer: string, person: string, role: 'owner' | 'peer' | 'observer' | 'moderator' = 'observer'): SessionEvent => ({ type: 'SessionAttached', data: { viewer, person, role } });
const ended = (how: (typeof SESSION_ENDS)[number], message = ''): SessionEvent => ({ type: 'SessionEnded', data: { how, code: null, signal: null, message, problem: null } });
const when = (events: readonly SessionEvent[], command: SessionCommand, context = {}) => given(sessionDecider, events).when(command, context);
const living = (events: readonly SessionEvent[]): LivingSession => {
  const state = given(sessionDecider, events).state();
  if (!isLiving(state)) throw new Error('it has ended');
  return state;
};

describe('a session', () => {
  it('is requested once, and belongs to who did', () => {
    expect(when([], REQUEST).then()).toEqual([REQUESTED]);
    expect(when([REQUESTED], REQUEST).then()).toEqual([]);
    expect(living([REQUESTED])).toMatchObject({ status: 'opening', owner: OWNER, participants: [{ person: OWNER, role: 'owner', until: null }] });
  });

  it('opens, is interrupted, comes back, ends; what comes twice changes nothing', () => {
    const open: SessionCommand = { type: 'NoteOpened', user: 'root', address: '203.0.113.7', host_key: 'SHA256:x' };
    const cut: SessionCommand = { type: 'NoteInterrupted', message: 'gone', problem: null };
    expect(when([REQUESTED], open).then()).toEqual([OPENED]);
    expect(when(OPEN, open).then()).toEqual([]);
    expect(when([REQUESTED], cut).then()).toEqual([]);
    const interrupted = [...OPEN, ...when(OPEN, cut).then()];
    expect(living(interrupted).status).toBe('interrupted');
    expect(when(interrupted, cut).then()).toEqual([]);
    expect(when(interrupted, open).then()).toEqual([{ type: 'SessionResumed', data: {} }]);
    expect(when(interrupted, { type: 'NoteResumed' }).then()).toEqual([{ type: 'SessionResumed', data: {} }]);
    expect(when(OPEN, { type: 'NoteResumed' }).then()).toEqual([]);
  });

  it.each(['Rename', 'Close', 'Share', 'Unshare', 'HandOver'] as const)('%s is its owner\'s alone', (type) => {
    const command = { type, title: 'x', person: ANN, role: 'peer', until: null } as unknown as SessionCommand;
    const events = [...OPEN, shared(ANN, 'peer'), shared(BOB, 'moderator')];
    for (const person of [ANN, BOB, EVE]) expect(when(events, command, as(person)).refusal()).toBe('SESSION.NOT_YOURS');
    expect(when(events, command).refusal()).toBeUndefined();
  });

  it('ends once, and says how to whoever comes later', () => {
    expect(when(OPEN, { type: 'Close' }).then()).toEqual([ended('closed')]);
    expect(when(OPEN, { type: 'Kill', reason: 'Maintenance' }, as(EVE)).then()).toEqual([ended('killed', 'Maintenance')]);
    const over = [...OPEN, ended('killed', 'Maintenance')];
    expect(() => when(over, { type: 'Close' }).then()).toThrow(/ended by an administrator \(Maintenance\)/);
    expect(when(over, { type: 'Kill', reason: 'again' }).refusal()).toBe('SESSION.ENDED');
    expect(when([], { type: 'Close' }).refusal()).toBe('SESSION.NOT_FOUND');
    expect(when(over, { type: 'End', how: 'exit', code: 0, signal: null, message: '', problem: null }).then()).toEqual([]);
    expect(when(OPEN, { type: 'Forget' }).then()).toEqual([]);
    expect(when(over, { type: 'Forget' }).then()).toEqual([{ type: 'SessionForgotten', data: {} }]);
    expect(when([...over, { type: 'SessionForgotten', data: {} }], { type: 'Forget' }).then()).toEqual([]);
  });

  it('is shared with a member, in another role, and no more', () => {
    const share = (role: 'peer' | 'observer', until: string | null = null): SessionCommand => ({ type: 'Share', person: ANN, role, until });
    expect(when(OPEN, share('peer')).then()).toEqual([shared(ANN, 'peer')]);
    const both = [...OPEN, shared(ANN, 'peer'), attached('v1', ANN, 'peer')];
    expect(when(both, share('peer')).then()).toEqual([]);
    expect(living([...both, shared(ANN, 'observer')])).toMatchObject({ participants: [{ person: OWNER }, { person: ANN, role: 'observer' }], viewers: [{ viewer: 'v1', role: 'observer' }] });
    expect(when(OPEN, { type: 'Share', person: OWNER, role: 'peer', until: null }).refusal()).toBe('SESSION.IS_OWNER');
    expect(when(both, { type: 'Unshare', person: ANN }).then()).toEqual([{ type: 'SessionUnshared', data: { person: ANN, why: 'withdrawn' } }]);
    expect(when(both, { type: 'Unshare', person: BOB }).then()).toEqual([]);
    expect(when(both, { type: 'Unshare', person: OWNER }).refusal()).toBe('SESSION.IS_OWNER');
    expect(when(both, { type: 'Leave' }, as(ANN)).then()).toEqual([{ type: 'SessionUnshared', data: { person: ANN, why: 'left' } }]);
    expect(when(both, { type: 'Leave' }).refusal()).toBe('SESSION.IS_OWNER');
    expect(when(both, { type: 'Leave' }, as(EVE)).refusal()).toBe('SESSION.NOT_YOURS');
    const full = [...OPEN, ...Array.from({ length: MOST_PEOPLE - 1 }, (_, n) => shared(`person-${n}`, 'observer'))];
    expect(when(full, { type: 'Share', person: BOB, role: 'observer', until: null }).refusal()).toBe('SESSION.TOO_MANY');
  });

  it('counts an invitation that is over as none, before and after that is written down', () => {
    const [before, after] = ['2026-01-01T00:59:59.000Z', '2026-01-01T01:00:00.000Z'];
    const events = [...OPEN, shared(ANN, 'moderator', after)];
    expect(participantOf(living(events), ANN, before)?.role).toBe('moderator');
    expect(participantOf(living(events), ANN, after)).toBeUndefined();
    expect(when(events, { type: 'Moderate', on: true }, as(ANN, before)).refusal()).toBeUndefined();
    expect(when(events, { type: 'Moderate', on: true }, as(ANN, after)).refusal()).toBe('SESSION.NOT_YOURS');
    expect(when(events, { type: 'HandOver', person: ANN }, as(OWNER, after)).refusal()).toBe('SESSION.NOT_IN_IT');
    expect(when(events, { type: 'Expire' }, as(OWNER, before)).then()).toEqual([]);
    expect(when(events, { type: 'Expire' }, as(OWNER, after)).then()).toEqual([{ type: 'SessionUnshared', data: { person: ANN, why: 'over' } }]);
    expect(when(events, { type: 'Share', person: ANN, role: 'moderator', until: after }, as(OWNER, after)).then()).toHaveLength(1);
  });

  it('is joined by right, visibly, and never by its owner as their own moderator', () => {
    expect(when(OPEN, { type: 'Join', role: 'moderator' }, as(EVE)).then()).toEqual([{ type: 'SessionShared', data: { person: EVE, role: 'moderator', until: null, joined: true } }]);
    expect(when(OPEN, { type: 'Join', role: 'moderator' }).refusal()).toBe('SESSION.IS_OWNER');
  });

  it('is handed over to who is in it; who had it types on', () => {
    const events = [...OPEN, shared(ANN, 'observer'), attached('v1', OWNER, 'owner'), attached('v2', ANN)];
    expect(when(OPEN, { type: 'HandOver', person: ANN }).refusal()).toBe('SESSION.NOT_IN_IT');
    const over = [...events, ...when(events, { type: 'HandOver', person: ANN }).then()];
    expect(living(over)).toMatchObject({ owner: ANN, participants: [{ person: OWNER, role: 'peer' }, { person: ANN, role: 'owner' }], viewers: [{ viewer: 'v1', role: 'peer' }, { viewer: 'v2', role: 'owner' }] });
    expect(when(over, { type: 'Close' }).refusal()).toBe('SESSION.NOT_YOURS');
    expect(when(over, { type: 'Close' }, as(ANN)).then()).toEqual([ended('closed')]);
    expect(when(over, { type: 'Unshare', person: OWNER }, as(ANN)).then()).toHaveLength(1);
  });

  it('is moderated by wish of its owner, and freed by moderators only', () => {
    const events = [...OPEN, shared(ANN, 'peer'), shared(BOB, 'moderator')];
    const on = [...events, ...when(events, { type: 'Moderate', on: true }).then()];
    expect(living(on).moderated).toBe(true);
    expect(when(events, { type: 'Moderate', on: true }, as(ANN)).refusal()).toBe('SESSION.NOT_YOURS');
    expect(when(on, { type: 'Moderate', on: false }).refusal()).toBe('SESSION.NOT_YOURS');
    expect(when(on, { type: 'Moderate', on: false }, as(BOB)).then()).toEqual([{ type: 'SessionModerationSet', data: { on: false } }]);
    expect([isPaused(false, []), isPaused(true, ['owner', 'peer']), isPaused(true, ['owner', 'moderator'])]).toEqual([false, true, false]);
  });

  it('ends with the rights of its owner; others are only out', () => {
    const events = [...OPEN, shared(ANN, 'peer')];
    expect(when(events, { type: 'WithdrawRights', person: ANN, message: 'x' }).then()).toEqual([{ type: 'SessionUnshared', data: { person: ANN, why: 'rights' } }]);
    expect(when(events, { type: 'WithdrawRights', person: OWNER, message: 'x' }).then()).toEqual([ended('rights', 'x')]);
    expect(when(events, { type: 'WithdrawRights', person: EVE, message: 'x' }).then()).toEqual([]);
  });

  it('lasts as long as the operator allows, and never less because somebody stays', () => {
    expect(when(OPEN, { type: 'Extend', until: '2026-01-02T00:00:00.000Z' }).then()).toEqual([{ type: 'SessionExtended', data: { ends_at: '2026-01-02T00:00:00.000Z' } }]);
    expect(when(OPEN, { type: 'Extend', until: '2026-01-01T01:00:00.000Z' }).then()).toEqual([{ type: 'SessionExtended', data: { ends_at: '2026-01-01T12:00:00.000Z' } }]);
    expect(when(OPEN, { type: 'Extend', until: undefined }).refusal()).toBe('SESSION.NO_MORE_TIME');
    expect(when([...OPEN, shared(ANN, 'observer')], { type: 'Extend', until: null }, as(ANN)).refusal()).toBe('SESSION.NOT_YOURS');
  });

  it('is resized by who types, while it is open', () => {
    expect(when(OPEN, { type: 'Resize', cols: 100, rows: 30 }).then()).toEqual([{ type: 'SessionResized', data: { cols: 100, rows: 30 } }]);
    expect(when(OPEN, { type: 'Resize', cols: 80, rows: 24 }).then()).toEqual([]);
    expect(when([REQUESTED], { type: 'Resize', cols: 100, rows: 30 }).refusal()).toBe('SESSION.NOT_OPEN');
    expect(when([...OPEN, shared(ANN, 'moderator')], { type: 'Resize', cols: 100, rows: 30 }, as(ANN)).refusal()).toBe('SESSION.NOT_YOURS');
  });

  it('is taken up without those who looked', () => {
    const events = [...OPEN, attached('v1', OWNER, 'owner')];
    expect(when(events, { type: 'TakeUp', message: 'm' }).then()).toEqual([{ type: 'SessionDetached', data: { viewer: 'v1', person: OWNER, why: 'lost' } }, { type: 'SessionInterrupted', data: { message: 'm', problem: null } }]);
    expect(when([REQUESTED], { type: 'TakeUp', message: 'm' }).then()).toEqual([]);
  });
});

/** Stories: whatever people and hosts do, in any order, the rules hold and the view says what the aggregate says. */
describe('random stories', () => {
  const PEOPLE = [OWNER, ANN, BOB, EVE];
  const story = (seed: number) => {
    let n = seed;
    const draw = (most: number): number => (n = (n * 48_271) % 2_147_483_647) % most;
    const one = <T>(all: readonly T[]): T => all[draw(all.length)] as T;
    const commands: (() => SessionCommand)[] = [
      () => ({ type: 'Share', person: one(PEOPLE), role: one(['peer', 'observer', 'moderator'] as const), until: one([null, at(draw(60))]) }), () => ({ type: 'Unshare', person: one(PEOPLE) }), () => ({ type: 'Leave' }),
      () => ({ type: 'Join', role: one(['observer', 'moderator'] as const) }), () => ({ type: 'HandOver', person: one(PEOPLE) }), () => ({ type: 'Moderate', on: draw(2) === 0 }), () => ({ type: 'Extend', until: one([null, undefined, at(draw(90))]) }),
      () => ({ type: 'Rename', title: `t${draw(3)}` }), () => ({ type: 'Resize', cols: 80 + draw(3), rows: 24 }), () => ({ type: 'NoteOpened', user: 'root', address: 'a', host_key: 'k' }), () => ({ type: 'NoteInterrupted', message: 'm', problem: null }),
      () => ({ type: 'NoteResumed' }), () => ({ type: 'TakeUp', message: 'm' }), () => ({ type: 'NoteAttached', viewer: `v${draw(4)}`, person: one(PEOPLE), role: 'observer' }), () => ({ type: 'NoteDetached', viewer: `v${draw(4)}`, person: OWNER, why: 'left' }),
      () => ({ type: 'Expire' }), () => ({ type: 'NoteCommand', offset: 0, started_at: at(0), duration_ms: 1, exit_code: 0, confidence: 'marked' }), () => ({ type: 'WithdrawRights', person: one(PEOPLE), message: '' }),
      ...(draw(3) === 0 ? [(): SessionCommand => ({ type: 'Kill', reason: 'r' }), (): SessionCommand => ({ type: 'Close' }), (): SessionCommand => ({ type: 'Forget' })] : []),
    ];
    return { draw, command: () => one(commands)(), person: () => one(PEOPLE) };
  };
  const at = (minute: number): string => new Date(Date.parse(TEST_CONTEXT.now) + minute * 60_000).toISOString();

  it('hold the rules in 120 stories of 60 acts', () => {
    for (let seed = 1; seed <= 120; seed++) {
      const { command, person } = story(seed * 7_919);
      let state: SessionState = initialSession;
      const context = (actor: string, minute: number) => ({ ...TEST_CONTEXT, actor: { kind: 'person' as const, id: actor }, now: at(minute) });
      for (let minute = 0; minute < 60; minute++) {
        const actor = minute === 0 ? OWNER : person();
        const before = state;
        const wanted: SessionCommand = minute === 0 ? REQUEST : command();
        let events: readonly SessionEvent[] = [];
        try {
          events = sessionDecider.decide(state, wanted, context(actor, minute));
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^SESSION\./);
        }
        for (const event of events) {
          state = sessionDecider.evolve(state, event, { tenant: 'acme', id: TEST_CONTEXT.id, seq: minute + 1, occurred_at: at(minute), actor: { kind: 'person', id: actor } });
          expect(Object.hasOwn(sessionType.schemas, event.type)).toBe(true);
        }
        if (!isLiving(state)) continue;
        expect(state.participants.filter(p => p.role === 'owner').map(p => p.person)).toEqual([state.owner]);
        expect(new Set(state.participants.map(p => p.person)).size).toBe(state.participants.length);
        // Nobody but its owner lets anybody type, and only moderators free it.
        if (isLiving(before)) {
          const typed = (s: LivingSession): string[] => s.participants.filter(p => mayType(p.role)).map(p => p.person);
          if (typed(state).some(p => !typed(before).includes(p))) expect(actor).toBe(before.owner);
          if (before.moderated && !state.moderated) expect(participantOf(before, actor, at(minute))?.role).toBe('moderator');
          if (before.ends_at !== null && state.ends_at !== null) expect(state.ends_at >= before.ends_at).toBe(true);
        }
      }
    }
  });

  it('show in the view what the aggregate says', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { command, person } = story(seed * 104_729);
      let state: SessionState = initialSession;
      const view = new Map<string, unknown>();
      for (let minute = 0; minute < 60; minute++) {
        const actor = { kind: 'person' as const, id: minute === 0 ? OWNER : person() };
        const wanted: SessionCommand = minute === 0 ? REQUEST : command();
        let events: readonly SessionEvent[] = [];
        try {
          events = sessionDecider.decide(state, wanted, { ...TEST_CONTEXT, actor, now: at(minute) });
        } catch { /* refused */ }
        for (const event of events) {
          const known = { tenant: 'acme', id: TEST_CONTEXT.id, seq: minute + 1, occurred_at: at(minute), actor };
          state = sessionDecider.evolve(state, event, known);
          for (const projection of [sessionsProjection, livingProjection]) {
            for (const change of await projection.project({ ...event, ...known, aggregate: { service: 'terminals', name: 'session', id: TEST_CONTEXT.id } } as never, { get: <T>(key: string) => view.get(key) as T | undefined })) {
              if ('deleted' in change) view.delete(change.key);
              else view.set(change.key, change.value);
            }
          }
        }
        const row = view.get(`acme.sessions.${TEST_CONTEXT.id}`);
        if (isLiving(state)) {
          const { status, owner, title, cols, moderated, participants, viewers, ends_at } = state;
          expect(sessionView.data.parse(row)).toMatchObject({ state: status, owner, title, cols, moderated, participants, viewers, ends_at });
          expect(view.get(`_sessions.acme.${TEST_CONTEXT.id}`)).toMatchObject({ ...state, tenant: 'acme', id: TEST_CONTEXT.id });
        } else if (state.status === 'ended') {
          if (state.forgotten) expect(row).toBeUndefined();
          else expect(sessionView.data.parse(row)).toMatchObject({ state: 'ended', end: state.end, viewers: [] });
          expect(view.has(`_sessions.acme.${TEST_CONTEXT.id}`)).toBe(false);
        }
      }
    }
  });
});
