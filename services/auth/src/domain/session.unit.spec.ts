import { describe, expect, it } from '@jest/globals';
import { given, TEST_CONTEXT } from '@xanthus/kernel';
import { session, type SessionEvent } from './session.js';

const PERSON = '01jd3x8e2v5y9w4z7q6r1s0tps';
const opening = { person: PERSON, tenant: 'acme', method: 'password', device: 'Chromium on Linux', refresh_sha256: '0'.repeat(64), secret: 'session-x', expires_at: '2026-01-31T00:00:00.000Z' } as const;
const opened: SessionEvent = { type: 'SessionOpened', data: opening };
const refreshed: SessionEvent = { type: 'SessionRefreshed', data: { refresh_sha256: '1'.repeat(64) } };
const ended = (reason: Extract<SessionEvent, { type: 'SessionEnded' }>['data']['reason']): SessionEvent => ({ type: 'SessionEnded', data: { reason } });
const refresh = (generation: number) => ({ type: 'RefreshSession', generation, next_sha256: '1'.repeat(64) }) as const;
const LATER = { now: '2026-01-01T00:00:10.000Z' };

describe('an open session', () => {
  it('is opened once', () => {
    expect(given(session.decider).when({ type: 'OpenSession', ...opening }).then()).toEqual([opened]);
    expect(given(session.decider, [opened]).when({ type: 'OpenSession', ...opening }).refusal()).toBe('SESSION.ENDED');
  });
  it('takes the newest refresh token and replaces it', () => {
    expect(given(session.decider, [opened]).when(refresh(0)).then()).toEqual([refreshed]);
    expect(given(session.decider, [opened, refreshed]).when(refresh(1), LATER).then()).toEqual([refreshed]);
  });
  it('answers a second tab that shows the one before within ten seconds', () => {
    expect(given(session.decider, [opened, refreshed]).when(refresh(0), { now: '2026-01-01T00:00:09.999Z' }).then()).toEqual([]);
  });
  it('ends when a used token comes again', () => {
    expect(given(session.decider, [opened, refreshed]).when(refresh(0), LATER).then()).toEqual([ended('refresh_reused')]);
    expect(given(session.decider, [opened, refreshed, refreshed]).when(refresh(0)).then()).toEqual([ended('refresh_reused')]);
  });
  it('refuses a token from a future that a restored log does not know', () => {
    expect(given(session.decider, [opened]).when(refresh(3)).refusal()).toBe('SESSION.ENDED');
  });
  it('expires', () => {
    expect(given(session.decider, [opened]).when(refresh(0), { now: opening.expires_at }).then()).toEqual([ended('expired')]);
  });
  it('is proved again by its own person, for ten minutes', () => {
    const open = given(session.decider, [opened]);
    const until = '2026-01-01T00:10:00.000Z';
    expect(open.when({ type: 'ProveSession', by: 'totp', person: PERSON }).then()).toEqual([{ type: 'SessionProved', data: { by: 'totp', until } }]);
    expect(open.when({ type: 'ProveSession', by: 'totp', person: PERSON }).state()).toMatchObject({ proved_until: until });
    expect(open.when({ type: 'ProveSession', by: 'totp', person: TEST_CONTEXT.id }).refusal()).toBe('SESSION.NOT_FOUND');
    expect(given(session.decider, [opened, ended('revoked')]).when({ type: 'ProveSession', by: 'totp', person: PERSON }).refusal()).toBe('SESSION.ENDED');
  });
  it('keeps its proof and what it depends on when it is refreshed', () => {
    const proved: SessionEvent = { type: 'SessionOpened', data: { ...opening, method: 'oidc', proved_until: '2026-01-01T00:10:00.000Z', source: { kind: 'identity', id: TEST_CONTEXT.id } } };
    expect(given(session.decider, [proved, refreshed]).state()).toMatchObject({ generation: 1, proved_until: '2026-01-01T00:10:00.000Z', source: { id: TEST_CONTEXT.id } });
  });
  it('is ended by its person or the service, by nobody else', () => {
    const open = given(session.decider, [opened]);
    expect(open.when({ type: 'EndSession', reason: 'revoked', person: PERSON }).then()).toEqual([ended('revoked')]);
    expect(open.when({ type: 'EndSession', reason: 'expired', person: null }).then()).toEqual([ended('expired')]);
    expect(open.when({ type: 'EndSession', reason: 'revoked', person: TEST_CONTEXT.id }).refusal()).toBe('SESSION.NOT_FOUND');
  });
});

describe('an ended session', () => {
  it('takes no token and is ended for good', () => {
    const over = given(session.decider, [opened, ended('logged_out')]);
    expect(over.when(refresh(0)).refusal()).toBe('SESSION.ENDED');
    expect(over.when({ type: 'EndSession', reason: 'revoked', person: PERSON }).then()).toEqual([]);
  });
  it('that never was is not found', () => {
    expect(given(session.decider).when({ type: 'EndSession', reason: 'revoked', person: PERSON }).refusal()).toBe('SESSION.NOT_FOUND');
  });
});
