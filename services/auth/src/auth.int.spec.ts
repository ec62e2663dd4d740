import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resolveViewBucket, Views } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import { accessClaims, type DataOf, type OutputOf } from '@xanthus/proto';
import {
  addMember, assignRole, capabilitiesView, completeSetup, explain, issueSetupLink, jwksView, memberNames, openSession, refreshSession, removeMember, revokeSession, sessionView, setupStatus, type SessionTokens,
} from '@xanthus/proto/auth';
import { eventually, readStored } from '@xanthus/testing';
import { importJWK, jwtVerify } from 'jose';
import { jetstreamManager } from '@nats-io/jetstream';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DEVICE, PASSWORD, startTestAuth, type TestAuth } from './auth.fixtures.js';
import { startAuth } from './start-auth.js';

let auth: TestAuth;
let views: Views;
let owner: SessionTokens;

const INSTALLATION = { tenant: 'xanthus', id: 'xanthus' } as const;
const code = (problem: Promise<unknown>): Promise<string> => problem.then(() => 'answered', (error: { code?: string; message: string }) => error.code ?? error.message);
const logIn = (email: string, password: string, tenant?: string): Promise<SessionTokens> =>
  auth.asService('gateway', openSession, { tenant: 'xanthus', input: { method: 'password', email, password, device: DEVICE, ...(tenant === undefined ? {} : { tenant }) } });
const refresh = (tokens: SessionTokens): Promise<SessionTokens> => auth.asService('gateway', refreshSession, { tenant: 'xanthus', id: tokens.session, input: { refresh_token: tokens.refresh_token, device: DEVICE } });
const document = async (person: string): Promise<DataOf<typeof capabilitiesView> | undefined> => (await views.get<DataOf<typeof capabilitiesView>>(`acme.capabilities.${person}`))?.data;
const sessionOf = (tokens: SessionTokens) => views.get<DataOf<typeof sessionView>>(`xanthus.sessions.${tokens.user.id}.${tokens.session}`);
const ada = () => ({ person: owner.user.id, tenant: 'acme', session: owner.session });

beforeAll(async () => {
  auth = await startTestAuth();
  views = new Views(await auth.as('gateway'), 'auth');
});
afterAll(async () => {
  await views?.stop();
  await auth?.stop();
});

describe('the first start', () => {
  it('has no owner; a link is made by the launcher only', async () => {
    expect(await auth.asService('gateway', setupStatus, { tenant: 'xanthus', input: {} })).toEqual({ done: false });
    expect(await code(auth.asService('gateway', issueSetupLink, { ...INSTALLATION, input: {} }))).toBe('DENIED');
  });

  it('refuses a wrong token and a weak password, and makes nothing', async () => {
    const { token } = await auth.asService('launch', issueSetupLink, { ...INSTALLATION, input: {} });
    const setUp = (over: object) => auth.asService('gateway', completeSetup, { ...INSTALLATION, input: { token, email: 'ada@example.com', password: PASSWORD, name: 'Ada', tenant: { slug: 'acme', name: 'Acme' }, device: DEVICE, ...over } });
    expect(await code(setUp({ token: 'x' }))).toBe('SETUP.LINK_INVALID');
    expect(await code(setUp({ password: 'password12345' }))).toBe('PASSWORD.TOO_WEAK');
    expect(await code(setUp({ password: 'short' }))).toBe('INVALID');
    expect(await code(setUp({ tenant: { slug: 'xanthus', name: 'X' } }))).toBe('TENANT.SLUG_TAKEN');
    expect(await auth.asService('gateway', setupStatus, { tenant: 'xanthus', input: {} })).toEqual({ done: false });
  });

  it('makes tenant and owner, logs in, and the link is used up', async () => {
    owner = await auth.setUp();
    expect(owner).toMatchObject({ token_type: 'Bearer', user: { name: 'Ada Lovelace', email: 'ada@example.com' }, tenant: { id: 'acme', name: 'Acme Ltd' } });
    expect(await auth.asService('gateway', setupStatus, { tenant: 'xanthus', input: {} })).toEqual({ done: true });
    expect(await code(auth.asService('launch', issueSetupLink, { ...INSTALLATION, input: {} }))).toBe('SETUP.ALREADY_DONE');
    expect(await document(owner.user.id)).toMatchObject({ principal: { kind: 'person', id: owner.user.id, role: 'owner' }, commands: expect.arrayContaining(['cmd.acme.vps.>', 'qry.acme.vps.>', 'cmd.acme.auth.member.*.add', 'cmd.acme.auth.tenant.*.forget']) });
  });

  it('gives an access token that the published keys verify', async () => {
    const keys = await views.list<DataOf<typeof jwksView>>('xanthus', 'jwks');
    const jwk = keys[0]!.value.data;
    const { payload, protectedHeader } = await jwtVerify(owner.access_token, await importJWK({ ...jwk }, 'EdDSA'), { issuer: 'xanthus', audience: 'xanthus', algorithms: ['EdDSA'] });
    expect(protectedHeader.kid).toBe(jwk.kid);
    expect(accessClaims.parse(payload)).toMatchObject({ sub: owner.user.id, sid: owner.session, tenant: 'acme', name: owner.user.name });
    expect(payload.exp! - payload.iat!).toBe(600);
  });
});

describe('a log-in', () => {
  it('opens a session with the device by name and no address', async () => {
    const tokens = await logIn('Ada@Example.com', PASSWORD);
    expect((await sessionOf(tokens))?.data).toMatchObject({ person: owner.user.id, tenant: 'acme', device: 'Firefox on Linux' });
    expect(JSON.stringify(await sessionOf(tokens))).not.toContain(DEVICE.address);
  });

  it('is refused the same way for a wrong password and an unknown address', async () => {
    const problem = async (email: string) => logIn(email, 'wrong password').then(() => undefined, (error: { code: string; message: string }) => ({ code: error.code, message: error.message }));
    const known = await problem('ada@example.com');
    expect(known).toEqual({ code: 'LOGIN.REFUSED', message: 'E-mail address or password is wrong.' });
    expect(await problem('nobody@example.com')).toEqual(known);
  });

  it('takes as much work for an unknown address as for a wrong password', async () => {
    const took = async (email: string, address: string): Promise<number> => {
      const before = process.cpuUsage();
      expect(await code(auth.asService('gateway', openSession, { tenant: 'xanthus', input: { method: 'password', email, password: 'wrong password', device: { ...DEVICE, address } } }))).toBe('LOGIN.REFUSED');
      // of the threads that hash too; how long it takes is for the machine to say
      return process.cpuUsage(before).user;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let i = 0; i < 4; i++) {
      known.push(await took('ada@example.com', `192.0.2.${100 + i}`));
      unknown.push(await took(`nobody-${i}@example.com`, `192.0.2.${200 + i}`));
    }
    // the quickest of each: what is left when the machine is busy with something else. Without the hash for nobody it would be a tenth;
    // that the work is the same is counted in app/log-in/password.unit.spec.ts
    const ratio = Math.min(...unknown) / Math.min(...known);
    expect(ratio).toBeGreaterThan(0.35);
    expect(ratio).toBeLessThan(2.8);
  });

  it('is slowed down after some failures, for an unknown address too', async () => {
    for (const email of ['eve@example.com']) {
      for (let i = 0; i < 6; i++) expect(await code(logIn(email, 'wrong password'))).toBe('LOGIN.REFUSED');
      expect(await code(logIn(email, 'wrong password'))).toBe('LOGIN.TOO_MANY');
    }
    expect((await logIn('ada@example.com', PASSWORD)).user.id).toBe(owner.user.id);
  });

  it('in a tenant of others is refused', async () => {
    expect(await code(logIn('ada@example.com', PASSWORD, 'other'))).toBe('LOGIN.NOT_A_MEMBER');
  });

  it('is asked by the gateway only', async () => {
    expect(await code(auth.asPerson(ada(), openSession, { tenant: 'xanthus', input: { method: 'password', email: 'ada@example.com', password: PASSWORD, device: DEVICE } }))).toBe('DENIED');
  });
});

describe('a session', () => {
  it('is refreshed; a stolen refresh token that comes again later ends it, for whoever holds it', async () => {
    const first = await logIn('ada@example.com', PASSWORD);
    const second = await refresh(first);
    expect(second.session).toBe(first.session);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await refresh(first)).refresh_token).toBe(second.refresh_token);
    const third = await refresh(second);
    expect(await code(refresh(first))).toBe('SESSION.REFRESH_REUSED');
    expect(await code(refresh(third))).toBe('SESSION.ENDED');
    await eventually(async () => (await sessionOf(first)) === undefined);
  });

  it('takes no forged or foreign refresh token', async () => {
    const one = await logIn('ada@example.com', PASSWORD);
    const two = await logIn('ada@example.com', PASSWORD);
    expect(await code(refresh({ ...one, refresh_token: two.refresh_token }))).toBe('SESSION.ENDED');
    expect(await code(refresh({ ...one, refresh_token: one.refresh_token.slice(0, -2) + 'xx' }))).toBe('SESSION.ENDED');
    expect((await refresh(one)).session).toBe(one.session);
  });

  it('is ended by its own person, and logged out by the gateway', async () => {
    const one = await logIn('ada@example.com', PASSWORD);
    await auth.asPerson(ada(), revokeSession, { tenant: 'xanthus', id: one.session, input: {} });
    expect(await code(refresh(one))).toBe('SESSION.ENDED');
    expect(await sessionOf(one)).toBeUndefined();
    const two = await logIn('ada@example.com', PASSWORD);
    await auth.asService('gateway', revokeSession, { tenant: 'xanthus', id: two.session, input: {} });
    expect(await code(refresh(two))).toBe('SESSION.ENDED');
  });
});

describe('members', () => {
  let bob: string;
  const BOB = { email: 'bob@example.com', name: 'Bob', password: 'sept pommes vertes' };
  const add = (input: object, key = newId()): Promise<OutputOf<typeof addMember>> => auth.asPerson(ada(), addMember, { tenant: 'acme', idempotency_key: key, input: { ...BOB, role: 'guest', ...input } });

  it('a guest is added once, whatever is retried, and may do nothing', async () => {
    const key = newId();
    bob = (await add({}, key)).id;
    expect((await add({}, key)).id).toBe(bob);
    expect(await code(add({}))).toBe('MEMBER.EXISTS');
    expect(await document(bob)).toMatchObject({ principal: { role: 'guest' }, subjects: [], streams: {} });
    expect((await document(bob))?.commands.filter(c => c.includes('.acme.') && !c.includes(bob) && !c.includes('.identity.'))).toEqual(['qry.acme.*.health.all']);
    const tokens = await logIn(BOB.email, BOB.password);
    expect(tokens).toMatchObject({ user: { id: bob, name: 'Bob' }, tenant: { id: 'acme' } });
    expect(await code(auth.asPerson({ person: bob, tenant: 'acme' }, memberNames, { tenant: 'acme', input: {} }))).toBe('DENIED');
  });

  it('is refused a weak first password, none at all, and a role that is not there', async () => {
    expect(await code(add({ email: 'cy@example.com', password: 'password12345' }))).toBe('PASSWORD.TOO_WEAK');
    expect(await code(add({ email: 'cy@example.com', password: undefined }))).toBe('PASSWORD.NEEDED');
    expect(await code(add({ email: 'cy@example.com', role: 'emperor' }))).toBe('ROLE.NOT_FOUND');
  });

  it('with another role has other rights at once; names are shown to who may see them', async () => {
    await auth.asPerson(ada(), assignRole, { tenant: 'acme', id: bob, input: { role: 'viewer' } });
    expect(await document(bob)).toMatchObject({ principal: { role: 'viewer' } });
    const names = () => auth.asPerson({ person: bob, tenant: 'acme' }, memberNames, { tenant: 'acme', input: {} });
    await eventually(async () => (await names().catch(() => undefined))?.members.length === 2);
    expect((await names()).members).toContainEqual({ person: owner.user.id, name: 'Ada Lovelace', email: 'ada@example.com' });
    expect(await code(auth.asPerson({ person: bob, tenant: 'acme' }, assignRole, { tenant: 'acme', id: bob, input: { role: 'owner' } }))).toBe('DENIED');
  });

  it('an administrator is told why', async () => {
    const why = (pattern: string) => auth.asPerson(ada(), explain, { tenant: 'acme', id: bob, input: { what: 'command', pattern } });
    const held = await why('qry.acme.vps.view.servers.all');
    expect(held).toMatchObject({ allowed: true, grant: 'qry.acme.vps.>', role: 'viewer' });
    expect(await why('cmd.acme.vps.server.new.adopt')).toMatchObject({ allowed: false, grant: null, role: 'viewer', revision: held.revision });
    // The revision is that of the document that decides: another role, a later one.
    await auth.asPerson(ada(), assignRole, { tenant: 'acme', id: bob, input: { role: 'operator' } });
    const now = await eventually(async () => { const answer = await why('cmd.acme.vps.server.s1.rename'); return answer.role === 'operator' && answer; });
    expect(now).toMatchObject({ role: 'operator' });
    expect((now as typeof held).revision).toBeGreaterThan(held.revision);
    await auth.asPerson(ada(), assignRole, { tenant: 'acme', id: bob, input: { role: 'viewer' } });
    await eventually(async () => (await why('qry.acme.vps.view.servers.all')).role === 'viewer');
    expect(await code(auth.asPerson({ person: bob, tenant: 'acme' }, explain, { tenant: 'acme', id: bob, input: { what: 'command', pattern: 'cmd.acme.>' } }))).toBe('DENIED');
    expect(await auth.asPerson(ada(), explain, { tenant: 'acme', id: 'nobody', input: { what: 'command', pattern: 'cmd.acme.>' } })).toMatchObject({ allowed: false, grant: null, role: null, revision: 0, document: null, changes: [] });
  });

  it('the last owner stays; a removed member has no rights and no session', async () => {
    expect(await code(auth.asPerson(ada(), removeMember, { tenant: 'acme', id: owner.user.id, input: {} }))).toBe('MEMBER.LAST_OWNER');
    const tokens = await logIn(BOB.email, BOB.password);
    await auth.asPerson(ada(), removeMember, { tenant: 'acme', id: bob, input: {} });
    expect(await document(bob)).toBeUndefined();
    await eventually(async () => (await sessionOf(tokens)) === undefined);
    expect(await code(refresh(tokens))).toBe('SESSION.ENDED');
    expect(await code(logIn(BOB.email, BOB.password))).toBe('LOGIN.NOT_A_MEMBER');
  });

  it('of another tenant is out of reach', async () => {
    expect(await code(auth.asPerson(ada(), addMember, { tenant: 'other', input: { ...BOB, role: 'guest' } }))).toBe('DENIED');
    expect(await code(auth.asPerson({ person: owner.user.id, tenant: 'other' }, addMember, { tenant: 'other', input: { ...BOB, role: 'guest' } }))).toBe('DENIED');
  });
});

describe('two copies', () => {
  it('serve the same sessions, and one goes on alone', async () => {
    const second = await startAuth(auth.env('auth'));
    let tokens = await logIn('ada@example.com', PASSWORD);
    // whichever copy answers has not seen what the other one did a moment ago
    for (let i = 0; i < 12; i++) tokens = await refresh(tokens);
    const opened = await Promise.all([1, 2, 3, 4].map(() => logIn('ada@example.com', PASSWORD)));
    await second.stop();
    expect(new Set(opened.map(t => t.session)).size).toBe(4);
    for (const one of opened) expect((await refresh(one)).session).toBe(one.session);
    expect((await refresh(tokens)).session).toBe(tokens.session);
  });

  it('give one address to one person', async () => {
    const second = await startAuth(auth.env('auth'));
    const add = (name: string) => auth.asPerson(ada(), addMember, { tenant: 'acme', input: { email: 'dora@example.com', name, role: 'viewer', password: 'sept pommes vertes' } });
    const codes = await Promise.all(['a', 'b', 'c', 'd'].map(name => code(add(name))));
    expect(codes.filter(c => c === 'answered')).toHaveLength(1);
    await second.stop();
    expect((await auth.asPerson(ada(), memberNames, { tenant: 'acme', input: {} })).members.filter(m => m.email === 'dora@example.com')).toHaveLength(1);
  });
});

describe('what is stored', () => {
  it('has no address, name, password, token or hash of one in the clear', async () => {
    const store = join(auth.nats.storeDir, 'jetstream');
    const files = (await readdir(store, { recursive: true, withFileTypes: true })).filter(f => f.isFile() && f.name.endsWith('.blk'));
    expect(files.length).toBeGreaterThan(0);
    for (const stream of ['AUTH', 'KV_vault', `KV_${(await resolveViewBucket(await auth.as('gateway'), 'auth')).bucket}`]) {
      const mine = files.filter(f => f.parentPath.includes(`/${stream}/`));
      expect(mine.length).toBeGreaterThan(0);
      for (const file of mine) {
        const text = (await readStored(join(file.parentPath, file.name))).toString('latin1');
        for (const canary of ['ada@example.com', 'Ada Lovelace', PASSWORD, '$argon2id$', owner.refresh_token, owner.access_token, DEVICE.address, 'bob@example.com']) expect(text.includes(canary)).toBe(false);
      }
    }
    // AUTH is compressed on disk, so its messages are read too
    const jsm = await jetstreamManager(await auth.as('auth'));
    const { state } = await jsm.streams.info('AUTH');
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) expect((await jsm.streams.getMessage('AUTH', { seq }))?.string() ?? '').not.toMatch(/example\.com|Lovelace|argon2|192\.0\.2/);
  });

  it('outlives a restart', async () => {
    const tokens = await logIn('ada@example.com', PASSWORD);
    await auth.restartAuth();
    expect((await refresh(tokens)).user.id).toBe(owner.user.id);
    expect((await logIn('ada@example.com', PASSWORD)).tenant.id).toBe('acme');
    expect((await auth.service.ready()).ready).toBe(true);
  });
});

// last, because nobody knows who is left
describe('two owners', () => {
  it('who remove each other at once leave one', async () => {
    const cleo = (await auth.asPerson(ada(), addMember, { tenant: 'acme', input: { email: 'cleo@example.com', name: 'Cleo', role: 'owner', password: 'sept pommes vertes' } })).id;
    const remove = (who: string, by: string) => auth.asPerson({ person: by, tenant: 'acme' }, removeMember, { tenant: 'acme', id: who, input: {} });
    await eventually(async () => (await code(auth.asPerson({ person: cleo, tenant: 'acme' }, memberNames, { tenant: 'acme', input: {} }))) === 'answered');
    const codes = await Promise.all([code(remove(cleo, owner.user.id)), code(remove(owner.user.id, cleo))]);
    expect(codes.filter(c => c === 'answered')).toHaveLength(1);
    const left = (await Promise.all([owner.user.id, cleo].map(document))).filter(d => d?.principal.role === 'owner');
    expect(left).toHaveLength(1);
  });
});
