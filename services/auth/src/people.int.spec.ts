/** Passwords, second factor and reset links of persons, at a running auth. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { JetStreamEventStore, Views } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import {
  addMember, assignRole, changePassword, confirmTotp, disableTotp, issueResetLink, openSession, preferencesView, profileView, refreshSession, removeMember, renamePerson, renewRecoveryCodes, resetPassword, setPreferences, startTotp, type SessionTokens,
} from '@xanthus/proto/auth';
import { tempDir } from '@xanthus/testing';
import { Secret, TOTP } from 'otpauth';
import { DEVICE, PASSWORD, startTestAuth, type TestAuth } from './auth.fixtures.js';

let auth: TestAuth;
let views: Views;
let ada: SessionTokens;
let folder: Awaited<ReturnType<typeof tempDir>>;

const LEAKED_HERE = 'drie gele eenden op stap';
beforeAll(async () => {
  folder = await tempDir('xanthus-people-');
  const list = join(folder.path, 'pwned.txt');
  await writeFile(list, [LEAKED_HERE, 'another one', 'and a third'].map(p => `${createHash('sha1').update(p).digest('hex').toUpperCase()}:3`).sort().join('\r\n'));
  auth = await startTestAuth({ XANTHUS_BREACHED_PASSWORDS_FILE: list });
  views = new Views(await auth.as('gateway'), 'auth');
  ada = await auth.setUp();
});
afterAll(async () => {
  await views?.stop();
  await auth?.stop();
  await folder?.remove();
});

const code = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'ok', (error: { code?: string }) => error.code ?? String(error));
const logIn = (email: string, password: string, more: object = {}): Promise<SessionTokens> =>
  auth.asService('gateway', openSession, { tenant: 'xanthus', input: { method: 'password', email, password, device: { ...DEVICE, network: '' }, ...more } });
const refresh = (t: SessionTokens) => auth.asService('gateway', refreshSession, { tenant: 'xanthus', id: t.session, input: { refresh_token: t.refresh_token, device: DEVICE } });
const self = (t: SessionTokens) => ({ person: t.user.id, tenant: t.tenant.id, session: t.session, proved: true });
const own = (t: SessionTokens) => ({ tenant: 'xanthus', id: t.user.id });
const profile = async (t: SessionTokens): Promise<DataOf<typeof profileView> | undefined> => (await views.get<DataOf<typeof profileView>>(`xanthus.profiles.${t.user.id}`))?.data;
const eventsOf = async (person: string): Promise<{ type: string; data: unknown; actor: { kind: string; id: string } }[]> =>
  (await new JetStreamEventStore(await auth.as('auth'), 'auth').load({ tenant: 'xanthus', service: 'auth', aggregate: 'person', id: person }, { leader: true })).events.map(({ type, data, actor }) => ({ type, data, actor }));
let count = 0;
/** A new person, logged in. */
const newcomer = async (role = 'viewer'): Promise<SessionTokens & { email: string; password: string }> => {
  const email = `person-${++count}@example.com`;
  const password = `sept pommes ${count} vertes`;
  await auth.asPerson(self(ada), addMember, { tenant: 'acme', input: { email, name: `Person ${count}`, role, password } });
  return { ...(await logIn(email, password)), email, password };
};
/** The code of an app whose clock is `steps` of 30 s off. */
const codeOf = (secret: string, steps = 0): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
const withTotp = async () => {
  const who = await newcomer();
  const { secret } = await auth.asPerson(self(who), startTotp, { ...own(who), input: {} });
  const { recovery_codes } = await auth.asPerson(self(who), confirmTotp, { ...own(who), input: { code: codeOf(secret) } });
  return { who, secret, recovery_codes };
};

describe('a password', () => {
  it('is changed by its person with the current one; all other sessions end', async () => {
    const who = await newcomer();
    const other = await logIn(who.email, who.password);
    const change = (input: { current: string; new: string }) => auth.asPerson(self(who), changePassword, { ...own(who), input });
    expect(await code(change({ current: 'wrong password', new: 'acht blauwe peren' }))).toBe('PASSWORD.WRONG');
    await change({ current: who.password, new: 'acht blauwe peren' });
    expect(await code(refresh(other))).toBe('SESSION.ENDED');
    expect((await refresh(who)).session).toBe(who.session);
    expect(await code(logIn(who.email, who.password))).toBe('LOGIN.REFUSED');
    expect((await logIn(who.email, 'acht blauwe peren')).user.id).toBe(who.user.id);
    expect(await eventsOf(who.user.id)).toEqual(expect.arrayContaining([
      { type: 'PasswordRefused', data: { reason: 'wrong_password', during: 'change' }, actor: expect.objectContaining({ kind: 'person', id: who.user.id }) },
      { type: 'PasswordChanged', data: { reason: 'changed' }, actor: expect.objectContaining({ kind: 'person', id: who.user.id, session: who.session }) },
    ]));
  });

  it('of another is out of reach, for the owner of the tenant too', async () => {
    const who = await newcomer();
    for (const tenant of ['xanthus', 'acme']) expect(await code(auth.asPerson(self(ada), changePassword, { tenant, id: who.user.id, input: { current: who.password, new: 'acht blauwe peren' } }))).toBe('DENIED');
  });

  it('that was leaked is refused wherever one is chosen: from our list and from the operator\'s', async () => {
    const who = await newcomer();
    const change = (password: string) => auth.asPerson(self(who), changePassword, { ...own(who), input: { current: who.password, new: password } });
    expect(await code(change('mailcreated5240'))).toBe('PASSWORD.TOO_WEAK');
    await expect(change(LEAKED_HERE)).rejects.toMatchObject({ code: 'PASSWORD.TOO_WEAK', message: expect.stringContaining('leaked') });
    expect(await code(change(who.password))).toBe('PASSWORD.TOO_WEAK');
    expect(await code(auth.asPerson(self(ada), addMember, { tenant: 'acme', input: { email: 'weak@example.com', name: 'Weak', role: 'viewer', password: LEAKED_HERE } }))).toBe('PASSWORD.TOO_WEAK');
  });

  it('cannot be tried through by who holds a session', async () => {
    const who = await newcomer();
    const change = (current: string) => auth.asPerson(self(who), changePassword, { ...own(who), input: { current, new: 'acht blauwe peren' } });
    for (let i = 0; i < 6; i++) expect(await code(change(`wrong password ${i}`))).toBe('PASSWORD.WRONG');
    expect(await code(change(who.password))).toBe('PASSWORD.TOO_MANY');
    // their log-in is another matter: whoever holds the session keeps nobody out
    expect((await logIn(who.email, who.password)).user.id).toBe(who.user.id);
  });

  it('of bcrypt is taken over by an import of the installation, and hashed anew at the first log-in', async () => {
    const input = { email: 'old@example.com', name: 'Old', role: 'viewer', password_hash: await bcrypt('oud wachtwoord van toen', { cost: 5 }) };
    expect(await code(auth.asPerson(self(ada), addMember, { tenant: 'acme', input }))).toBe('DENIED');
    expect(await code(auth.asService('launch', addMember, { tenant: 'acme', input: { ...input, password_hash: input.password_hash.replace('$05$', '$31$') } }))).toBe('INVALID');
    const { id } = await auth.asService('launch', addMember, { tenant: 'acme', input });
    expect(await code(logIn(input.email, 'another password'))).toBe('LOGIN.REFUSED');
    expect((await logIn(input.email, 'oud wachtwoord van toen')).user.id).toBe(id);
    expect((await eventsOf(id)).filter(e => e.type === 'PasswordChanged').map(e => e.data)).toEqual([{ reason: 'rehashed' }]);
    expect((await logIn(input.email, 'oud wachtwoord van toen')).user.id).toBe(id);
    expect((await eventsOf(id)).filter(e => e.type === 'PasswordChanged')).toHaveLength(1);
  });
});

it('preferences are one\'s own: set by key, kept as a view of the person, out of everybody else\'s reach', async () => {
  const who = await newcomer('guest');
  const set = (t: SessionTokens, changes: Record<string, unknown>) => auth.asPerson(self(t), setPreferences, { ...own(who), input: { changes } });
  await set(who, { theme: 'dark', 'dashboard.acme': { hidden: ['costs'] } });
  await set(who, { theme: null, language: 'de' });
  expect((await views.get<DataOf<typeof preferencesView>>(`xanthus.preferences.${who.user.id}`))?.data).toEqual({ person: who.user.id, values: { 'dashboard.acme': { hidden: ['costs'] }, language: 'de' } });
  expect(await code(set(ada, { theme: 'dark' }))).toBe('DENIED');
  expect(await code(set(who, { 'Not a key': 1 }))).toBe('INVALID');
  expect(await code(set(who, { large: 'x'.repeat(17_000) }))).toBe('PREFERENCES.TOO_LARGE');
});

it('a name is changed by its person; the log does not hold it', async () => {
  const who = await newcomer();
  await auth.asPerson(self(who), renamePerson, { ...own(who), input: { name: 'Zoë van Dijk' } });
  expect((await refresh(who)).user.name).toBe('Zoë van Dijk');
  expect(JSON.stringify(await eventsOf(who.user.id))).not.toContain('Dijk');
});

describe('a link to set a new password', () => {
  const issue = (by: SessionTokens, person: string, input: { second_factor_too?: boolean } = {}) => auth.asPerson(self(by), issueResetLink, { tenant: 'acme', id: person, input });
  const reset = (token: string, password: string) => auth.asService('gateway', resetPassword, { tenant: 'xanthus', input: { token, password, device: DEVICE } });

  it('sets it once, and ends all sessions of the person', async () => {
    const who = await newcomer();
    const first = await issue(ada, who.user.id);
    const { token, expires_at } = await issue(ada, who.user.id);
    expect(Date.parse(expires_at) - Date.now()).toBeGreaterThan(59 * 60_000);
    expect(await code(reset(first.token, 'negen rode kersen'))).toBe('RESET.LINK_INVALID');
    expect(await code(reset(`${token}x`, 'negen rode kersen'))).toBe('RESET.LINK_INVALID');
    expect(await code(reset('x', 'negen rode kersen'))).toBe('RESET.LINK_INVALID');
    expect(await code(reset(token, 'mailcreated5240'))).toBe('PASSWORD.TOO_WEAK');
    expect(await reset(token, 'negen rode kersen')).toEqual({ done: true });
    expect(await code(refresh(who))).toBe('SESSION.ENDED');
    expect(await code(logIn(who.email, who.password))).toBe('LOGIN.REFUSED');
    expect((await logIn(who.email, 'negen rode kersen')).user.id).toBe(who.user.id);
    expect(await code(reset(token, 'tien groene druiven'))).toBe('RESET.LINK_INVALID');
    const events = await eventsOf(who.user.id);
    expect(events.find(e => e.type === 'ResetLinkIssued')?.actor).toMatchObject({ kind: 'person', id: ada.user.id });
    expect(events.find(e => e.type === 'PasswordChanged')).toEqual({ type: 'PasswordChanged', data: { reason: 'reset' }, actor: { kind: 'system', id: 'reset-link' } });
    expect(JSON.stringify(events)).not.toContain(token.split('.')[2]);
  });

  it('used twice at once sets one password', async () => {
    const who = await newcomer();
    const { token } = await issue(ada, who.user.id);
    const tries = ['elf paarse bramen', 'twaalf zwarte bessen'];
    const codes = await Promise.all(tries.map(p => code(reset(token, p))));
    expect([...codes].sort()).toEqual(['RESET.LINK_INVALID', 'ok']);
    expect(await Promise.all(tries.map(p => code(logIn(who.email, p))))).toEqual(codes.map(c => (c === 'ok' ? 'ok' : 'LOGIN.REFUSED')));
  });

  it('is made by nobody with less than the member\'s own role, and for nobody of another tenant', async () => {
    const admin = await newcomer('admin');
    const member = await newcomer();
    expect(await code(issue(admin, ada.user.id))).toBe('RESET.ROLE_TOO_HIGH');
    expect(await code(issue(member, admin.user.id))).toBe('DENIED');
    expect(await code(issue(ada, '01jd3x8e2v5y9w4z7q6r1s0tcd'))).toBe('MEMBER.NOT_FOUND');
    expect(await code(auth.asPerson({ ...self(ada), tenant: 'other' }, issueResetLink, { tenant: 'other', id: member.user.id, input: {} }))).toBe('DENIED');
    expect(await code(auth.asPerson({ ...self(ada), proved: false }, issueResetLink, { tenant: 'acme', id: member.user.id, input: {} }))).toBe('AUTH.PROOF_NEEDED');
    expect((await auth.asService('launch', issueResetLink, { tenant: 'acme', id: ada.user.id, input: {} })).token).toMatch(/^xp\./);
  });

  it('is made for nobody who belongs to a tenant where its maker may not do that: who sets the password could be them there', async () => {
    const who = await newcomer();
    const log = new JetStreamEventStore(await auth.as('auth'), 'auth');
    const context = (tenant: string, id: string) => ({ tenant, id, actor: { kind: 'system' as const, id: 'spec' }, now: new Date().toISOString(), command_id: newId(), correlation_id: newId() });
    const put = async (tenant: string, aggregate: string, id: string, type: string, data: object): Promise<void> => {
      const ref = { tenant, service: 'auth', aggregate, id };
      const { seq } = await log.append(ref, [{ event: { type, data }, schema: 1 }], await log.lastSequence(ref), context(tenant, id));
      await views.waitFor(seq, 60_000);
    };
    await put('xanthus', 'tenant', 'elsewhere', 'TenantCreated', { name: 'Elsewhere' });
    await put('elsewhere', 'member', who.user.id, 'MemberAdded', { role: 'viewer' });
    expect(await code(issue(ada, who.user.id))).toBe('RESET.OTHER_TENANTS');
    await put('elsewhere', 'member', ada.user.id, 'MemberAdded', { role: 'operator' });
    expect(await code(issue(ada, who.user.id))).toBe('RESET.OTHER_TENANTS');
    await put('elsewhere', 'member', ada.user.id, 'MemberRoleAssigned', { role: 'admin' });
    expect(await code(issue(ada, who.user.id))).toBe('ok');
    await put('elsewhere', 'member', who.user.id, 'MemberRoleAssigned', { role: 'owner' });
    expect(await code(issue(ada, who.user.id))).toBe('RESET.OTHER_TENANTS');
    // the installation itself may always
    expect(await code(auth.asService('launch', issueResetLink, { tenant: 'acme', id: who.user.id, input: {} }))).toBe('ok');
  });

  it('counts only as long as its maker may make it: rights count when they are used', async () => {
    const [admin, who, other] = [await newcomer('admin'), await newcomer(), await newcomer()];
    const [first, second] = [await issue(admin, who.user.id), await issue(admin, other.user.id)];
    await auth.asPerson(self(ada), assignRole, { tenant: 'acme', id: who.user.id, input: { role: 'owner' } });
    expect(await code(reset(first.token, 'twaalf witte zwanen'))).toBe('RESET.LINK_INVALID');
    await auth.asPerson(self(ada), removeMember, { tenant: 'acme', id: admin.user.id, input: {} });
    expect(await code(reset(second.token, 'twaalf witte zwanen'))).toBe('RESET.LINK_INVALID');
    expect((await logIn(who.email, who.password)).user.id).toBe(who.user.id);
  });

  it('takes a lost second factor away only where it was made so', async () => {
    const { who } = await withTotp();
    await reset((await issue(ada, who.user.id)).token, 'dertien witte rozen');
    expect(await code(logIn(who.email, 'dertien witte rozen'))).toBe('LOGIN.SECOND_FACTOR_NEEDED');
    await reset((await issue(ada, who.user.id, { second_factor_too: true })).token, 'veertien gele tulpen');
    expect((await logIn(who.email, 'veertien gele tulpen')).user.id).toBe(who.user.id);
    expect(await profile(who)).toMatchObject({ totp_since: null, recovery_codes_left: 0 });
  });
});

describe('a second factor', () => {
  it('counts once a code of the app was given', async () => {
    const who = await newcomer();
    expect(await code(auth.asPerson({ ...self(who), proved: false }, startTotp, { ...own(who), input: {} }))).toBe('AUTH.PROOF_NEEDED');
    const { secret, uri } = await auth.asPerson(self(who), startTotp, { ...own(who), input: {} });
    expect(new URL(uri).searchParams.get('secret')).toBe(secret);
    expect((await logIn(who.email, who.password)).user.id).toBe(who.user.id);
    const wrong = ['000000', '111111', '222222', '333333'].find(c => ![-1, 0, 1].some(s => codeOf(secret, s) === c)) ?? '';
    expect(await code(auth.asPerson(self(who), confirmTotp, { ...own(who), input: { code: wrong } }))).toBe('TOTP.WRONG_CODE');
    const { recovery_codes } = await auth.asPerson(self(who), confirmTotp, { ...own(who), input: { code: codeOf(secret) } });
    expect(recovery_codes).toHaveLength(10);
    expect(await profile(who)).toMatchObject({ totp_since: expect.any(String), recovery_codes_left: 10 });
    expect(await code(auth.asPerson(self(who), startTotp, { ...own(who), input: {} }))).toBe('TOTP.ALREADY_ON');
  });

  it('is asked for after the right password only: a wrong one is answered as without it', async () => {
    const { who, secret } = await withTotp();
    const refusal = (promise: Promise<unknown>) => promise.then(() => undefined, (e: { code: string; message: string; details?: unknown }) => ({ code: e.code, message: e.message, details: e.details }));
    const nobody = await refusal(logIn('nobody@example.com', 'wrong password'));
    expect(await refusal(logIn(who.email, 'wrong password'))).toEqual(nobody);
    expect(await refusal(logIn(who.email, 'wrong password', { code: codeOf(secret, 1) }))).toEqual(nobody);
    expect(await refusal(logIn(who.email, who.password))).toMatchObject({ code: 'LOGIN.SECOND_FACTOR_NEEDED', details: { methods: ['totp', 'recovery'] } });
  });

  it('takes each code once: the one that was seen over a shoulder is worth nothing', async () => {
    const { who, secret } = await withTotp();
    // the one after the code that it was turned on with
    const now = codeOf(secret, 1);
    const both = await Promise.all([code(logIn(who.email, who.password, { code: now })), code(logIn(who.email, who.password, { code: now }))]);
    expect(both.sort()).toEqual(['LOGIN.WRONG_CODE', 'ok']);
    expect(await code(logIn(who.email, who.password, { code: now }))).toBe('LOGIN.WRONG_CODE');
    expect((await eventsOf(who.user.id)).filter(e => e.type === 'LoginRefused').map(e => e.data)).toContainEqual({ reason: 'wrong_code' });
  });

  it('takes each recovery code once, in any writing, and none of a set that was renewed', async () => {
    const { who, recovery_codes: [first = '', second = ''] } = await withTotp();
    expect((await logIn(who.email, who.password, { code: ` ${first.toUpperCase().replaceAll('-', ' ')}` })).user.id).toBe(who.user.id);
    expect(await code(logIn(who.email, who.password, { code: first }))).toBe('LOGIN.WRONG_CODE');
    expect(await profile(who)).toMatchObject({ recovery_codes_left: 9 });
    const renewed = await auth.asPerson(self(who), renewRecoveryCodes, { ...own(who), input: {} });
    expect(await code(logIn(who.email, who.password, { code: second }))).toBe('LOGIN.WRONG_CODE');
    expect((await logIn(who.email, who.password, { code: renewed.recovery_codes[0] })).user.id).toBe(who.user.id);
  });

  it('is turned off by its person after a fresh proof; what it needed is destroyed', async () => {
    const { who } = await withTotp();
    expect(await code(auth.asPerson({ ...self(who), proved: false }, disableTotp, { ...own(who), input: {} }))).toBe('AUTH.PROOF_NEEDED');
    expect(await code(auth.asPerson(self(ada), disableTotp, { ...own(who), input: {} }))).toBe('DENIED');
    await auth.asPerson(self(who), disableTotp, { ...own(who), input: {} });
    expect((await logIn(who.email, who.password)).user.id).toBe(who.user.id);
    expect(await code(auth.asPerson(self(who), renewRecoveryCodes, { ...own(who), input: {} }))).toBe('TOTP.OFF');
  });

  it('cannot be tried through by who knows the password: wrong codes are failed log-ins', async () => {
    const { who } = await withTotp();
    for (let i = 0; i < 6; i++) expect(await code(logIn(who.email, who.password, { code: 'zzzz-zzzz-zzzz-zzzz' }))).toBe('LOGIN.WRONG_CODE');
    expect(await code(logIn(who.email, who.password, { code: 'zzzz-zzzz-zzzz-zzzz' }))).toBe('LOGIN.TOO_MANY');
    // nor do log-ins without a code make it start anew
    expect(await code(logIn(who.email, who.password))).toBe('LOGIN.TOO_MANY');
  });

  it('survives a restart', async () => {
    const { who, recovery_codes } = await withTotp();
    await auth.restartAuth();
    expect(await code(logIn(who.email, who.password))).toBe('LOGIN.SECOND_FACTOR_NEEDED');
    expect((await logIn(who.email, who.password, { code: recovery_codes[3] })).user.id).toBe(who.user.id);
  });
});

it('no secret of a person stands in the log or in a view', async () => {
  const { who, secret, recovery_codes } = await withTotp();
  const { device_token } = await logIn(who.email, who.password, { code: recovery_codes[0] });
  const { token } = await auth.asPerson(self(ada), issueResetLink, { tenant: 'acme', id: who.user.id, input: {} });
  await code(logIn(who.email, 'wrong password'));
  const canaries = [who.email, who.password, secret, ...recovery_codes, ...recovery_codes.map(c => c.replaceAll('-', '')), device_token ?? '', token, token.split('.')[2] ?? '', DEVICE.address, who.refresh_token];
  const jsm = await jetstreamManager(await auth.as('auth'));
  for (const stream of ['AUTH', 'KV_auth-a', 'KV_auth-b', 'KV_auth-state', 'KV_auth-attempts']) {
    const { state } = await jsm.streams.info(stream);
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const text = (await jsm.streams.getMessage(stream, { seq }).catch(() => null))?.string() ?? '';
      for (const canary of canaries) if (text.includes(canary)) throw new Error(`${stream} ${seq} shows ${canary}`);
    }
  }
});

it('the owner\'s password is still the one of the set-up', async () => {
  expect((await logIn('ada@example.com', PASSWORD)).user.id).toBe(ada.user.id);
});
