/** Back-off that keeps nobody's owner out, fresh proofs, change of tenant, one's own sessions: at two running copies of auth. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JetStreamEventStore, Views } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import type { RunningService } from '@xanthus/nest';
import type { DataOf } from '@xanthus/proto';
import {
  addMember, confirmTotp, disableTotp, openSession, proveSession, refreshSession, removeMember, revokeAllSessions, revokeSession, sessionAddresses, sessionView, startTotp, switchSession, type SessionTokens,
} from '@xanthus/proto/auth';
import { eventually } from '@xanthus/testing';
import { decodeJwt } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { DEVICE, startTestAuth, type TestAuth } from './auth.fixtures.js';
import { startAuth } from './start-auth.js';

let auth: TestAuth;
let second: RunningService;
let views: Views;
let ada: SessionTokens;

beforeAll(async () => {
  auth = await startTestAuth();
  second = await startAuth(auth.env('auth'));
  views = new Views(await auth.as('gateway'), 'auth');
  ada = await auth.setUp();
});
afterAll(async () => {
  await views?.stop();
  await second?.stop();
  await auth?.stop();
});

const code = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'ok', (error: { code?: string }) => error.code ?? String(error));
interface From { readonly network?: string; readonly token?: string | undefined; readonly address?: string; readonly user_agent?: string }
const logIn = (email: string, password: string, from: From = {}, more: object = {}): Promise<SessionTokens> =>
  auth.asService('gateway', openSession, { tenant: 'xanthus', input: { method: 'password', email, password, device: { ...DEVICE, network: '', ...from }, ...more } });
const refresh = (t: SessionTokens) => auth.asService('gateway', refreshSession, { tenant: 'xanthus', id: t.session, input: { refresh_token: t.refresh_token, device: DEVICE } });
const self = (t: SessionTokens) => ({ person: t.user.id, tenant: t.tenant.id, session: t.session });
const sessionOf = async (t: SessionTokens): Promise<DataOf<typeof sessionView> | undefined> => (await views.get<DataOf<typeof sessionView>>(`xanthus.sessions.${t.user.id}.${t.session}`))?.data;
const store = async () => new JetStreamEventStore(await auth.as('auth'), 'auth');
const eventsOf = async (aggregate: string, id: string) => (await (await store()).load({ tenant: 'xanthus', service: 'auth', aggregate, id }, { leader: true })).events;
let count = 0;
const newcomer = async () => {
  const [email, password] = [`person-${++count}@example.com`, `sept pommes ${count} vertes`];
  const { id } = await auth.asPerson({ ...self(ada), proved: true }, addMember, { tenant: 'acme', input: { email, name: `Person ${count}`, role: 'viewer', password } });
  return { email, password, id };
};

describe('the back-off of log-ins', () => {
  it('is one for all copies of auth', async () => {
    const { email } = await newcomer();
    // whichever copy answers: six are heard in all, not six each
    const codes = await Promise.all(Array.from({ length: 20 }, () => code(logIn(email, 'wrong password'))));
    expect(codes.filter(c => c === 'LOGIN.REFUSED')).toHaveLength(6);
    expect(codes.filter(c => c === 'LOGIN.TOO_MANY')).toHaveLength(14);
  });

  it('keeps nobody out on a device that logged in before, however many guess from however many addresses', async () => {
    const { email, password, id } = await newcomer();
    const { device_token } = await logIn(email, password, { network: '192.0.2.1' });
    for (let i = 0; i < 7; i++) await code(logIn(email, 'wrong password', { network: `198.51.100.${i}` }));
    expect(await code(logIn(email, password, { network: '192.0.2.9' }))).toBe('LOGIN.TOO_MANY');
    expect((await logIn(email, password, { network: '198.51.100.1', token: device_token })).user.id).toBe(id);
    // and that log-in is no help to those who guess
    expect(await code(logIn(email, 'wrong password', { network: '198.51.100.99' }))).toBe('LOGIN.TOO_MANY');
  });

  it('holds for a device that logged in before too, by itself', async () => {
    const { email, password, id } = await newcomer();
    const { device_token } = await logIn(email, password);
    for (let i = 0; i < 6; i++) expect(await code(logIn(email, 'wrong password', { token: device_token }))).toBe('LOGIN.REFUSED');
    expect(await code(logIn(email, password, { token: device_token }))).toBe('LOGIN.TOO_MANY');
    expect((await logIn(email, password)).user.id).toBe(id);
  });

  it('takes the token of a device for its own account only', async () => {
    const [one, two] = [await newcomer(), await newcomer()];
    const { device_token } = await logIn(one.email, one.password);
    for (let i = 0; i < 6; i++) await code(logIn(two.email, 'wrong password'));
    expect(await code(logIn(two.email, two.password, { token: device_token }))).toBe('LOGIN.TOO_MANY');
    expect(await code(logIn(two.email, two.password, { token: 'f'.repeat(32) + '.' + 'A'.repeat(43) }))).toBe('LOGIN.TOO_MANY');
  });

  it('slows an address down that tries many accounts, and nobody else', async () => {
    const { email, password, id } = await newcomer();
    for (let i = 0; i < 21; i++) expect(await code(logIn(`nobody-${i}@example.com`, 'wrong password', { network: '203.0.113.7' }))).toBe('LOGIN.REFUSED');
    expect(await code(logIn(email, password, { network: '203.0.113.7' }))).toBe('LOGIN.TOO_MANY');
    expect((await logIn(email, password, { network: '203.0.113.8' })).user.id).toBe(id);
  });

  it('is on record: of a person when it began, of nobody as a number', async () => {
    const { email, id } = await newcomer();
    for (let i = 0; i < 6; i++) await code(logIn(email, 'wrong password'));
    const noted = await eventually(async () => {
      const events = (await eventsOf('person', id)).filter(e => e.type === 'LoginRefused');
      return events.length === 6 && events;
    });
    expect(noted.map(e => e.data).filter(d => (d as { until?: string }).until !== undefined)).toEqual([{ reason: 'wrong_password', until: expect.any(String) }]);
    await code(logIn('nobody-at-all@example.com', 'wrong password'));
    await code(logIn(email, 'wrong password'));
    await auth.restartAuth();
    await second.stop();
    second = await startAuth(auth.env('auth'));
    const counted = (await eventsOf('refusals', new Date().toISOString().slice(0, 10))).filter(e => e.type === 'RefusalsCounted');
    expect(counted.reduce((sum, e) => sum + (e.data as { unknown_account: number }).unknown_account, 0)).toBe(22);
    expect(counted.reduce((sum, e) => sum + (e.data as { too_many: number }).too_many, 0)).toBeGreaterThanOrEqual(20);
    expect(JSON.stringify(counted)).not.toMatch(/example\.com|203\.0\.113/);
  });
});

describe('a fresh proof', () => {
  it('is a log-in for ten minutes, and then the password again', async () => {
    const who = await newcomer();
    const t = await logIn(who.email, who.password);
    const until = Date.parse(t.proved_until ?? '');
    expect(until - Date.now()).toBeGreaterThan(9 * 60_000);
    expect(decodeJwt(t.access_token)['proved_until']).toBe(Math.floor(until / 1_000));
    const prove = (password: string) => auth.asPerson(self(t), proveSession, { tenant: 'xanthus', id: t.session, input: { method: 'password', password } });
    expect(await code(prove('wrong password'))).toBe('PROOF.REFUSED');
    const proved = await prove(who.password);
    expect(Date.parse(proved.proved_until)).toBeGreaterThan(until);
    expect((await sessionOf(t))?.proved_until).toBe(proved.proved_until);
    expect((await refresh(t)).proved_until).toBe(proved.proved_until);
    expect((await eventsOf('person', who.id)).filter(e => e.type === 'PasswordRefused').map(e => e.data)).toEqual([{ reason: 'wrong_password', during: 'proof' }]);
    expect((await eventsOf('session', t.session)).filter(e => e.type === 'SessionProved')).toHaveLength(1);
  });

  it('is of the session that asks, and of nobody else', async () => {
    const [one, two] = [await newcomer(), await newcomer()];
    const [a, b, c] = [await logIn(one.email, one.password), await logIn(two.email, two.password), await logIn(one.email, one.password)];
    const input = { method: 'password', password: one.password } as const;
    for (const id of [b.session, c.session]) expect(await code(auth.asPerson(self(a), proveSession, { tenant: 'xanthus', id, input }))).toBe('DENIED');
    expect(await code(auth.asPerson(self(a), proveSession, { tenant: 'acme', id: a.session, input }))).toBe('DENIED');
  });

  it('with a second factor is a code, not the password; a code proves once', async () => {
    const who = await newcomer();
    const t = await logIn(who.email, who.password);
    const own = { tenant: 'xanthus', id: who.id };
    const { secret } = await auth.asPerson({ ...self(t), proved: true }, startTotp, { ...own, input: {} });
    const codeAt = (steps: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
    const { recovery_codes } = await auth.asPerson(self(t), confirmTotp, { ...own, input: { code: codeAt(0) } });
    const prove = (input: { method: 'password'; password: string } | { method: 'code'; code: string }) => auth.asPerson(self(t), proveSession, { tenant: 'xanthus', id: t.session, input });
    expect(await code(prove({ method: 'password', password: who.password }))).toBe('PROOF.CODE_NEEDED');
    const next = codeAt(1);
    expect(await code(prove({ method: 'code', code: next }))).toBe('ok');
    expect(await code(prove({ method: 'code', code: next }))).toBe('PROOF.REFUSED');
    expect(await code(prove({ method: 'code', code: recovery_codes[0] ?? '' }))).toBe('ok');
    expect(await code(auth.asPerson(self(t), disableTotp, { ...own, input: {} }))).toBe('AUTH.PROOF_NEEDED');
  });

  it('cannot be tried through by who holds a session', async () => {
    const who = await newcomer();
    const t = await logIn(who.email, who.password);
    const prove = (password: string) => auth.asPerson(self(t), proveSession, { tenant: 'xanthus', id: t.session, input: { method: 'password', password } });
    for (let i = 0; i < 6; i++) expect(await code(prove(`wrong password ${i}`))).toBe('PROOF.REFUSED');
    expect(await code(prove(who.password))).toBe('PROOF.TOO_MANY');
  });
});

describe('another tenant', () => {
  const join = async (slug: string, person: string): Promise<void> => {
    const context = (id: string) => ({ tenant: 'xanthus', id, actor: { kind: 'system' as const, id: 'spec' }, now: new Date().toISOString(), command_id: newId(), correlation_id: newId() });
    const log = await store();
    await log.append({ tenant: 'xanthus', service: 'auth', aggregate: 'tenant', id: slug }, [{ event: { type: 'TenantCreated', data: { name: slug } }, schema: 1 }], 0, context(slug));
    const { seq } = await log.append({ tenant: slug, service: 'auth', aggregate: 'member', id: person }, [{ event: { type: 'MemberAdded', data: { role: 'viewer' } }, schema: 1 }], 0, { ...context(person), tenant: slug });
    await views.waitFor(seq, 60_000);
  };
  const go = (t: SessionTokens, tenant: string) => auth.asService('gateway', switchSession, { tenant: 'xanthus', id: t.session, input: { tenant, device: DEVICE } });

  it('is a new session there with the end and the proof of the old one, which ends', async () => {
    const who = await newcomer();
    await join('second', who.id);
    const before = await logIn(who.email, who.password, {}, { tenant: 'acme' });
    const old = await sessionOf(before);
    const after = await go(before, 'second');
    expect(after.tenant.id).toBe('second');
    expect(after.session).not.toBe(before.session);
    expect(await sessionOf(after)).toMatchObject({ tenant: 'second', method: 'switch', expires_at: old?.expires_at, proved_until: old?.proved_until });
    expect(await code(refresh(before))).toBe('SESSION.ENDED');
    expect(await code(go(before, 'second'))).toBe('SESSION.ENDED');
    expect((await refresh(after)).tenant.id).toBe('second');
  });

  it('that one does not belong to is refused, and the session stays', async () => {
    const who = await newcomer();
    const t = await logIn(who.email, who.password);
    expect(await code(go(t, 'second'))).toBe('LOGIN.NOT_A_MEMBER');
    expect(await code(go(t, 'xanthus'))).toBe('LOGIN.NOT_A_MEMBER');
    expect((await refresh(t)).session).toBe(t.session);
  });

  it('is no way past a proof: an unproved session stays unproved', async () => {
    const who = await newcomer();
    await join('third', who.id);
    const t = await logIn(who.email, who.password, {}, { tenant: 'acme' });
    const after = await go(t, 'third');
    expect(after.proved_until).toBe(t.proved_until);
  });
});

describe('one\'s own sessions', () => {
  it('show to their person alone from where they were opened', async () => {
    const [one, two] = [await newcomer(), await newcomer()];
    const a = await logIn(one.email, one.password, { address: '192.0.2.11', user_agent: 'Mozilla/5.0 Firefox/140.0' });
    const b = await logIn(one.email, one.password, { address: '2001:db8::7' });
    await logIn(two.email, two.password, { address: '192.0.2.99' });
    const { sessions } = await auth.asPerson(self(a), sessionAddresses, { tenant: 'xanthus', input: {} });
    expect(sessions.map(s => [s.id, s.address]).sort()).toEqual([[a.session, '192.0.2.11'], [b.session, '2001:db8::7']].sort());
    expect(sessions.find(s => s.id === a.session)?.user_agent).toContain('Firefox');
    expect(await code(auth.asPerson(self(ada), sessionAddresses, { tenant: 'acme', input: {} }))).toBe('DENIED');
  });

  it('end all at once but the one that asks, or with it', async () => {
    const who = await newcomer();
    const [a, b, c] = [await logIn(who.email, who.password), await logIn(who.email, who.password), await logIn(who.email, who.password)];
    expect(await auth.asPerson(self(a), revokeAllSessions, { tenant: 'xanthus', input: {} })).toEqual({ ended: 2 });
    for (const t of [b, c]) expect(await code(refresh(t))).toBe('SESSION.ENDED');
    expect((await refresh(a)).session).toBe(a.session);
    expect(await auth.asPerson(self(a), revokeAllSessions, { tenant: 'xanthus', input: { this_too: true } })).toEqual({ ended: 1 });
    expect(await sessionOf(a)).toBeUndefined();
    expect((await refresh(ada)).session).toBe(ada.session);
  });

  it('of another are out of reach', async () => {
    const who = await newcomer();
    const t = await logIn(who.email, who.password);
    expect(await code(auth.asPerson(self(ada), revokeSession, { tenant: 'xanthus', id: t.session, input: {} }))).toBe('SESSION.NOT_FOUND');
    expect(await code(auth.asPerson(self(ada), revokeSession, { tenant: 'acme', id: t.session, input: {} }))).toBe('DENIED');
    expect((await refresh(t)).session).toBe(t.session);
  });

  it('end with the membership', async () => {
    const who = await newcomer();
    const t = await logIn(who.email, who.password);
    await auth.asPerson({ ...self(ada), proved: true }, removeMember, { tenant: 'acme', id: who.id, input: {} });
    await eventually(async () => (await sessionOf(t)) === undefined);
  });
});

it('what answers refresh tokens is asked by the gateway alone, by nobody through their own tenant', async () => {
  const device = DEVICE;
  for (const tenant of ['acme', 'xanthus']) {
    expect(await code(auth.asPerson(self(ada), openSession, { tenant, input: { method: 'password', email: 'ada@example.com', password: 'x', device } }))).toBe('DENIED');
    expect(await code(auth.asPerson(self(ada), refreshSession, { tenant, id: ada.session, input: { refresh_token: ada.refresh_token, device } }))).toBe('DENIED');
    expect(await code(auth.asPerson(self(ada), switchSession, { tenant, id: ada.session, input: { tenant: 'acme', device } }))).toBe('DENIED');
  }
});
