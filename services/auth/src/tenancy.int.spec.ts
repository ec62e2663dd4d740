import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JetStreamEventStore, Views } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import { allows, SERVICES, type DataOf, type QueryContract, type ViewContract } from '@xanthus/proto';
import {
  acceptInvitation, addMember, assignRole, capabilitiesView, createApiKey, createCredential, createTenant, defineOidcProvider, defineRole, explain, invitationNames, invitationView, inviteMember, inviteOwner, joinTenant, leaveTenant, memberNames, myTenants,
  openSession, removeMember, removeRole, renameTenant, resendInvitation, revokeInvitation, roleView, showInvitation, tagResource, type Grant, type SessionTokens,
} from '@xanthus/proto/auth';
import { eventually } from '@xanthus/testing';
import { MOST } from './app/room.js';
import { DEVICE, startTestAuth, type TestAuth } from './auth.fixtures.js';
import { startAuth } from './start-auth.js';

let auth: TestAuth;
let views: Views;
let ada: string;

const OTHER_PASSWORD = 'sept pommes vertes';
const code = (problem: Promise<unknown>): Promise<string> => problem.then(() => 'answered', (error: { code?: string; message: string }) => error.code ?? error.message);
type Document = DataOf<typeof capabilitiesView>;
const document = async (tenant: string, id: string): Promise<Document | undefined> => (await views.get<Document>(`${tenant}.capabilities.${id}`))?.data;
const inAcme = (person = ada) => ({ person, tenant: 'acme' });
const operator = () => ({ person: ada, tenant: 'xanthus' });
/** Rights are followed; whoever got some a moment ago waits for the doors to know. */
const knows = (person: string, tenant = 'acme') => eventually(async () => (await code(auth.asPerson({ person, tenant }, memberNames, { tenant, input: {} }))) === 'answered');
const invite = (email: string, role = 'viewer', by = inAcme()) => auth.asPerson(by, inviteMember, { tenant: 'acme', input: { email, role } });
const accept = (token: string, name = 'Bob', password = OTHER_PASSWORD): Promise<SessionTokens> => auth.asService('gateway', acceptInvitation, { tenant: 'xanthus', input: { token, name, password, device: DEVICE } });
const logIn = (email: string, tenant?: string): Promise<SessionTokens> =>
  auth.asService('gateway', openSession, { tenant: 'xanthus', input: { method: 'password', email, password: OTHER_PASSWORD, device: DEVICE, ...(tenant === undefined ? {} : { tenant }) } });
const add = async (email: string, role: string): Promise<string> => (await auth.asPerson(inAcme(), addMember, { tenant: 'acme', input: { email, name: 'Somebody', role, password: OTHER_PASSWORD } })).id;
const define = (name: string, grants: Grant[], by = inAcme()) => auth.asPerson({ ...by, proved: true }, defineRole, { tenant: 'acme', id: name, input: { description: name, grants } });

beforeAll(async () => {
  auth = await startTestAuth();
  views = new Views(await auth.as('gateway'), 'auth');
  ada = (await auth.setUp()).user.id;
  await knows(ada);
});
afterAll(async () => {
  await views?.stop();
  await auth?.stop();
});

describe('an operator of the installation', () => {
  it('is who set it up: a member of xanthus beside the first tenant', async () => {
    expect(await document('xanthus', ada)).toMatchObject({ principal: { role: 'owner' }, streams: {}, subjects: [] });
    expect((await auth.asPerson(inAcme(), myTenants, { tenant: 'xanthus', input: {} })).tenants).toEqual([
      { id: 'acme', name: 'Acme Ltd', role: 'owner', current: true }, { id: 'xanthus', name: 'Installation', role: 'owner', current: false },
    ]);
  });

  it('makes a tenant with an owner by invitation, and one of their own; a slug once', async () => {
    const made = await auth.asPerson(operator(), createTenant, { tenant: 'xanthus', input: { slug: 'globex', name: 'Globex', owner: { email: 'hank@example.com' } } });
    expect(made.invitation?.token).toMatch(/^xi\.globex\./);
    expect(await auth.asPerson(operator(), createTenant, { tenant: 'xanthus', input: { slug: 'mine', name: 'Mine' } })).toMatchObject({ id: 'mine', invitation: null });
    expect(await document('mine', ada)).toMatchObject({ principal: { role: 'owner' } });
    expect(await code(auth.asPerson(operator(), createTenant, { tenant: 'xanthus', input: { slug: 'globex', name: 'Again' } }))).toBe('TENANT.SLUG_TAKEN');
    expect((await views.list('xanthus', 'directory')).map(t => t.id).sort()).toEqual(['acme', 'globex', 'mine']);
    // the first link is lost: another one, and the first ends
    const again = await auth.asPerson(operator(), inviteOwner, { tenant: 'xanthus', id: 'globex', input: { email: 'hank@example.com' } });
    expect(await code(accept(made.invitation?.token ?? ''))).toBe('INVITATION.INVALID');
    const hank = await accept(again.invitation.token, 'Hank');
    expect(hank).toMatchObject({ tenant: { id: 'globex', name: 'Globex' }, user: { name: 'Hank', email: 'hank@example.com' } });
    expect(await document('globex', hank.user.id)).toMatchObject({ principal: { role: 'owner' } });
    // an account that was made elsewhere is brought along by its owner only
    await eventually(async () => (await code(auth.asPerson(inAcme(), addMember, { tenant: 'acme', input: { email: 'hank@example.com', name: 'Hank', role: 'viewer', password: OTHER_PASSWORD } }))) === 'PERSON.EMAIL_TAKEN');
    expect(await code(auth.asPerson(operator(), inviteOwner, { tenant: 'xanthus', id: 'globex', input: { email: 'eve@example.com' } }))).toBe('TENANT.HAS_OWNER');
  });

  it('reads nothing of a tenant: every view, question and stream is refused', async () => {
    const mine = (await document('xanthus', ada))!;
    const refused: string[] = [];
    for (const [service, contracts] of Object.entries(SERVICES)) {
      const questions = Object.values<QueryContract>(contracts.queries).map(q => `qry.globex.${service}.${q.question}.${q.on === 'all' ? 'all' : ada}`);
      const lists = Object.values<ViewContract>(contracts.views).map(v => `qry.globex.${service}.view.${v.view}.all`);
      for (const subject of [...questions, ...lists]) if (!allows(mine, { what: 'command', subject })) refused.push(subject);
      for (const v of Object.values<ViewContract>(contracts.views)) expect(allows(mine, { what: 'bucket', bucket: service, pattern: `globex.${v.view}.*` })).toBe(false);
      for (const stream of [service.toUpperCase(), `${service.toUpperCase()}_METRICS`]) for (const kind of ['evt', 'met']) expect(allows(mine, { what: 'stream', stream, filter: `${kind}.globex.>` })).toBe(false);
      expect(refused).toHaveLength(refused.length);
      expect(refused).toEqual(expect.arrayContaining([...questions, ...lists]));
    }
    expect(mine.commands.some(c => c.includes('.globex.') || c.startsWith('cmd.*') || c.startsWith('qry.*') || c.includes('>'))).toBe(false);
    for (const tenant of ['globex', 'xanthus', 'acme']) expect(await code(auth.asPerson({ person: ada, tenant }, memberNames, { tenant: 'globex', input: {} }))).toBe('DENIED');
  });

  it('is not who owns a tenant: it makes none, and renames its own only', async () => {
    const hank = (await logIn('hank@example.com')).user.id;
    await knows(hank, 'globex');
    const asHank = { person: hank, tenant: 'globex' };
    expect(await code(auth.asPerson(asHank, createTenant, { tenant: 'globex', input: { slug: 'evil', name: 'Evil' } }))).toBe('DENIED');
    expect(await code(auth.asPerson(asHank, createTenant, { tenant: 'xanthus', input: { slug: 'evil', name: 'Evil' } }))).toBe('DENIED');
    expect(await code(auth.asPerson(asHank, renameTenant, { tenant: 'globex', id: 'acme', input: { name: 'Mine now' } }))).toBe('TENANT.NOT_HERE');
    await auth.asPerson(asHank, renameTenant, { tenant: 'globex', id: 'globex', input: { name: 'Globex Inc' } });
    expect((await auth.asPerson(asHank, myTenants, { tenant: 'xanthus', input: {} })).tenants).toEqual([{ id: 'globex', name: 'Globex Inc', role: 'owner', current: true }]);
  });

  it('may leave when another one stays, and is not made one again', async () => {
    const eve = await auth.asPerson(operator(), inviteMember, { tenant: 'xanthus', input: { email: 'eve@example.com', role: 'owner' } });
    const tokens = await accept(eve.token, 'Eve');
    expect(tokens.tenant.id).toBe('xanthus');
    expect(await code(auth.asPerson(operator(), addMember, { tenant: 'xanthus', input: { email: 'x@example.com', name: 'X', role: 'viewer', password: OTHER_PASSWORD } }))).toBe('ROLE.NOT_FOUND');
    await auth.asPerson(operator(), leaveTenant, { tenant: 'xanthus', id: ada, input: {} });
    expect(await document('xanthus', ada)).toBeUndefined();
    await auth.restartAuth();
    await knows(ada);
    expect(await document('xanthus', ada)).toBeUndefined();
    expect(await code(auth.asPerson({ person: tokens.user.id, tenant: 'xanthus' }, leaveTenant, { tenant: 'xanthus', id: tokens.user.id, input: {} }))).toBe('MEMBER.LAST_OWNER');
  });
});

describe('an invitation', () => {
  it('is shown with its address, accepted once, and logs in', async () => {
    const { id, token, expires_at } = await invite('bob@example.com', 'operator');
    expect(Date.parse(expires_at) - Date.now()).toBeGreaterThan(6.9 * 24 * 3_600_000);
    expect(await auth.asService('gateway', showInvitation, { tenant: 'xanthus', input: { token } })).toMatchObject({ tenant: { id: 'acme', name: 'Acme Ltd' }, role: 'operator', email: 'bob@example.com', has_account: false });
    expect((await auth.asPerson(inAcme(), invitationNames, { tenant: 'acme', input: {} })).invitations).toContainEqual({ id, email: 'bob@example.com' });
    expect(await code(invite('Bob@Example.com'))).toBe('INVITATION.EXISTS');
    expect(await code(accept(token, 'Bob', 'password12345'))).toBe('PASSWORD.TOO_WEAK');
    const both = await Promise.all([accept(token), accept(token)].map(code));
    expect(both.filter(c => c === 'answered')).toHaveLength(1);
    expect(await code(accept(token))).toBe('INVITATION.INVALID');
    const bob = await logIn('bob@example.com');
    expect(bob).toMatchObject({ tenant: { id: 'acme' }, user: { name: 'Bob' } });
    expect(await document('acme', bob.user.id)).toMatchObject({ principal: { role: 'operator' } });
    expect(await views.list('acme', 'invitations')).toEqual([]);
    expect((await auth.asPerson(inAcme(), invitationNames, { tenant: 'acme', input: {} })).invitations).toEqual([]);
    expect(await code(invite('bob@example.com'))).toBe('MEMBER.EXISTS');
  });

  it('ends when it is withdrawn; sent again the old link ends', async () => {
    const first = await invite('cy@example.com');
    const second = await auth.asPerson(inAcme(), resendInvitation, { tenant: 'acme', id: first.id, input: {} });
    expect(await code(accept(first.token))).toBe('INVITATION.INVALID');
    expect((await views.get<DataOf<typeof invitationView>>(`acme.invitations.${first.id}`))?.data.sent).toBe(2);
    await auth.asPerson(inAcme(), revokeInvitation, { tenant: 'acme', id: first.id, input: {} });
    expect(await code(accept(second.token))).toBe('INVITATION.INVALID');
    expect(await code(auth.asPerson(inAcme(), resendInvitation, { tenant: 'acme', id: first.id, input: {} }))).toBe('INVITATION.OVER');
    await invite('cy@example.com').then(again => auth.asPerson(inAcme(), revokeInvitation, { tenant: 'acme', id: again.id, input: {} }));
    for (const forged of ['', 'xi', 'xi.acme', `xi.acme.${first.id}.x`, `xi.globex.${second.token.split('.').slice(2).join('.')}`, `${second.token}.x`]) expect(['INVITATION.INVALID', 'INVALID']).toContain(await code(accept(forged)));
  });

  it('takes somebody who has an account with their own password, or by who is logged in with that address', async () => {
    const hank = await invite('hank@example.com');
    expect(await auth.asService('gateway', showInvitation, { tenant: 'xanthus', input: { token: hank.token } })).toMatchObject({ has_account: true });
    expect(await code(accept(hank.token, 'Hank', 'not the password of Hank'))).toBe('LOGIN.REFUSED');
    // whoever was not proved is no member, and the invitation is still there
    expect((await views.list('acme', 'invitations')).map(i => i.id)).toEqual([hank.id]);
    const bob = (await logIn('bob@example.com')).user.id;
    expect(await code(auth.asPerson({ person: bob, tenant: 'acme' }, joinTenant, { tenant: 'xanthus', input: { token: hank.token } }))).toBe('INVITATION.OTHER_ADDRESS');
    expect((await accept(hank.token, 'Hank')).tenant.id).toBe('acme');
    const asHank = { person: (await logIn('hank@example.com')).user.id, tenant: 'globex' };
    expect((await auth.asPerson(asHank, myTenants, { tenant: 'xanthus', input: {} })).tenants.map(t => t.id)).toEqual(['globex', 'acme']);
    const eve = await invite('eve@example.com');
    const evesId = (await logIn('eve@example.com')).user.id;
    await eventually(async () => (await code(auth.asPerson({ person: evesId, tenant: 'xanthus' }, joinTenant, { tenant: 'xanthus', input: { token: eve.token } }))) !== 'DENIED');
    expect(await document('acme', evesId)).toMatchObject({ principal: { role: 'viewer' } });
  });

  it('counts no more when who made it has lost the right', async () => {
    const carl = await add('carl@example.com', 'admin');
    await knows(carl);
    const { token } = await invite('dan@example.com', 'viewer', inAcme(carl));
    await auth.asPerson(inAcme(), assignRole, { tenant: 'acme', id: carl, input: { role: 'guest' } });
    expect(await code(accept(token))).toBe('INVITATION.INVALID');
    await auth.asPerson(inAcme(), assignRole, { tenant: 'acme', id: carl, input: { role: 'admin' } });
    expect((await accept(token, 'Dan')).tenant.id).toBe('acme');
  });

  it('gives nobody more than who invites has', async () => {
    const carl = (await logIn('carl@example.com')).user.id;
    await knows(carl);
    expect(await code(invite('zoe@example.com', 'owner', inAcme(carl)))).toBe('ROLE.TOO_HIGH');
    expect(await code(invite('zoe@example.com', 'emperor'))).toBe('ROLE.NOT_FOUND');
  });
});

describe('a role of the tenant\'s own', () => {
  const SERVER = '01jd3x8e2v5y9w4z7q6r1s0ta1';
  const rename = (id: string) => ({ what: 'command', subject: `cmd.acme.vps.server.${id}.rename` } as const);
  let bob: string;
  beforeAll(async () => {
    bob = (await logIn('bob@example.com', 'acme')).user.id;
  });

  it('is defined, shown with its grants, held, and explained', async () => {
    await define('stager', [{ permission: 'vps.read', resources: 'all' }, { permission: 'vps.server.rename', resources: 'tag:staging' }]);
    expect((await views.get<DataOf<typeof roleView>>('acme.roles.stager'))?.data).toMatchObject({ built_in: false, grants: [{ permission: 'vps.read', resources: 'all' }, { permission: 'vps.server.rename', resources: 'tag:staging' }] });
    await auth.asPerson(inAcme(), assignRole, { tenant: 'acme', id: bob, input: { role: 'stager' } });
    expect(await document('acme', bob)).toMatchObject({ principal: { role: 'stager' }, buckets: { vps: ['acme.>'] } });
    expect(allows((await document('acme', bob))!, rename(SERVER))).toBe(false);
    const why = await auth.asPerson(inAcme(), explain, { tenant: 'acme', id: bob, input: { what: 'command', pattern: `cmd.acme.vps.server.${SERVER}.rename` } });
    expect(why).toMatchObject({ allowed: false, role: 'stager', permission: 'vps.server.rename' });
    expect(why.changes).toEqual([
      { action: 'add-permission', role: 'stager', permission: 'vps.server.rename', resources: `id:${SERVER}` }, { action: 'assign-role', role: 'operator' }, { action: 'assign-role', role: 'admin' }, { action: 'assign-role', role: 'owner' },
    ]);
    expect(await auth.asPerson(inAcme(), explain, { tenant: 'acme', id: bob, input: { what: 'command', pattern: 'cmd.globex.vps.server.x.rename' } })).toMatchObject({ allowed: false, permission: null, changes: [] });
  });

  it('narrowed to a tag follows what carries it', async () => {
    const tag = (tags: string[], seq: number) => auth.asService('vps', tagResource, { tenant: 'acme', id: SERVER, input: { aggregate: 'server', tags, seq } });
    await tag(['staging', 'web'], 10);
    expect(allows((await document('acme', bob))!, rename(SERVER))).toBe(true);
    expect(allows((await document('acme', bob))!, rename('another'))).toBe(false);
    const why = await auth.asPerson(inAcme(), explain, { tenant: 'acme', id: bob, input: { what: 'command', pattern: `cmd.acme.vps.server.${SERVER}.rename` } });
    expect(why).toMatchObject({ allowed: true, grant: `cmd.acme.vps.server.${SERVER}.rename`, role_grant: { permission: 'vps.server.rename', resources: 'tag:staging' } });
    // an older word comes late
    await tag([], 9);
    expect(allows((await document('acme', bob))!, rename(SERVER))).toBe(true);
    await tag(['web'], 11);
    expect(allows((await document('acme', bob))!, rename(SERVER))).toBe(false);
    expect(await code(auth.asPerson(inAcme(), tagResource, { tenant: 'acme', id: SERVER, input: { aggregate: 'server', tags: ['staging'], seq: 99 } }))).toBe('DENIED');
  });

  it('is made and handed out by nobody who could not do it themselves', async () => {
    const carl = (await logIn('carl@example.com')).user.id;
    await define('keeper', [{ permission: 'auth.role.define', resources: 'all' }, { permission: 'vps.server.rename', resources: 'tag:staging' }, { permission: 'auth.member.assign', resources: 'all' }]);
    await auth.asPerson(inAcme(), assignRole, { tenant: 'acme', id: carl, input: { role: 'keeper' } });
    await eventually(async () => (await code(define('mine', [], inAcme(carl)))) === 'answered');
    expect(await code(define('mine', [{ permission: 'vps.server.delete', resources: 'all' }], inAcme(carl)))).toBe('ROLE.TOO_HIGH');
    expect(await code(define('mine', [{ permission: 'vps.server.rename', resources: 'tag:production' }], inAcme(carl)))).toBe('ROLE.TOO_HIGH');
    expect(await code(define('mine', [{ permission: 'vps.server.rename', resources: 'tag:staging' }], inAcme(carl)))).toBe('answered');
    expect(await code(define('stager', [], inAcme(carl)))).toBe('ROLE.TOO_HIGH');
    expect(await code(define('keeper', [{ permission: 'auth.*', resources: 'all' }], inAcme(carl)))).toBe('ROLE.TOO_HIGH');
    expect(await code(auth.asPerson(inAcme(carl), assignRole, { tenant: 'acme', id: carl, input: { role: 'admin' } }))).toBe('ROLE.TOO_HIGH');
    expect(await code(define('owner', []))).toBe('ROLE.BUILT_IN');
    expect(await code(define('odd', [{ permission: 'vps.server.adopt', resources: 'id:x1' }]))).toBe('ROLE.UNKNOWN_PERMISSION');
    expect(await code(define('odd', [{ permission: 'auth.session.open', resources: 'all' }]))).toBe('ROLE.UNKNOWN_PERMISSION');
  });

  it('is held by a NATS credential too, and not removed while it is', async () => {
    const made = await auth.asPerson({ ...inAcme(), proved: true }, createCredential, { tenant: 'acme', input: { name: 'stager', role: 'stager', follow: [] } });
    expect(await document('acme', made.id)).toMatchObject({ principal: { kind: 'credential', role: 'stager' }, buckets: { vps: ['acme.>'] } });
    expect(await code(auth.asPerson({ ...inAcme(), proved: true }, removeRole, { tenant: 'acme', id: 'stager', input: {} }))).toBe('ROLE.IN_USE');
    expect(await code(auth.asPerson({ ...inAcme(), proved: true }, removeRole, { tenant: 'acme', id: 'mine', input: {} }))).toBe('answered');
  });

  it('that is narrowed takes the API keys along that its holders made and may do more', async () => {
    const carl = (await logIn('carl@example.com')).user.id;
    const grants: Grant[] = [{ permission: 'auth.api-key.create', resources: 'all' }, { permission: 'vps.read', resources: 'all' }];
    await define('maker', grants);
    await define('reader', [{ permission: 'vps.read', resources: 'all' }]);
    await auth.asPerson(inAcme(), assignRole, { tenant: 'acme', id: carl, input: { role: 'maker' } });
    const input = { name: 'reads', role: 'reader', expires_at: new Date(Date.now() + 86_400_000).toISOString() };
    const make = () => auth.asPerson({ ...inAcme(carl), proved: true }, createApiKey, { tenant: 'acme', input });
    const key = await eventually(() => make().catch((error: { code?: string }) => { if (error.code !== 'DENIED') throw error as Error; return undefined; }));
    expect(await document('acme', key.id)).toMatchObject({ principal: { role: 'reader' } });
    await define('maker', grants.slice(0, 1));
    await eventually(async () => (await document('acme', key.id)) === undefined);
  });

  it('with hundreds of holders changes for all of them before the command answers', async () => {
    const store = new JetStreamEventStore(await auth.as('auth'), 'auth');
    const people = Array.from({ length: 400 }, () => newId());
    await define('crowd', [{ permission: 'vps.read', resources: 'all' }]);
    let last = 0;
    for (let at = 0; at < people.length; at += 100) {
      const stored = await Promise.all(people.slice(at, at + 100).map(id => {
        const context = { tenant: 'acme', id, actor: { kind: 'system', id: 'spec' } as const, now: new Date().toISOString(), command_id: newId(), correlation_id: newId() };
        return store.append({ tenant: 'acme', service: 'auth', aggregate: 'member', id }, [{ event: { type: 'MemberAdded', data: { role: 'crowd' } }, schema: 1 }], 0, context);
      }));
      last = Math.max(last, ...stored.map(s => s.seq));
    }
    expect(await views.waitFor(last, 60_000)).toBe(true);
    const may = async (request: Parameters<typeof allows>[1]) => (await views.list<Document>('acme', 'capabilities')).filter(d => d.value.data.principal.role === 'crowd' && allows(d.value.data, request)).length;
    const delete_ = { what: 'command', subject: 'cmd.acme.vps.server.x.delete' } as const;
    expect(await may(delete_)).toBe(0);
    await define('crowd', [{ permission: 'vps.*', resources: 'all' }]);
    expect(await may(delete_)).toBe(people.length);
    await define('crowd', []);
    expect(await may({ what: 'bucket', bucket: 'vps', pattern: 'acme.servers.*' })).toBe(0);
    expect(await may(delete_)).toBe(0);
  });
});

describe('what a tenant may have of a kind', () => {
  it('ends somewhere: the 21st OpenID provider is refused, and one that is there is changed', async () => {
    const define = (n: number) => auth.asPerson({ ...inAcme(), proved: true }, defineOidcProvider, { tenant: 'acme', id: `p${n}`, input: { label: `Provider ${n}`, issuer: 'https://login.acme.example', client_id: 'xanthus' } });
    for (let n = 0; n < MOST['oidc-providers']; n++) await define(n);
    expect(await code(define(99))).toBe('OIDC.LIMIT_REACHED');
    expect(await code(define(0))).toBe('answered');
  });
});

describe('two copies of auth', () => {
  it('leave a tenant an owner, whoever goes at once', async () => {
    const second = await startAuth(auth.env('auth'));
    const cleo = await add('cleo@example.com', 'owner');
    await knows(cleo);
    const remove = (who: string, by: string): Promise<string> => code(auth.asPerson(inAcme(by), removeMember, { tenant: 'acme', id: who, input: {} }));
    const demote = (who: string): Promise<string> => code(auth.asPerson(inAcme(who), assignRole, { tenant: 'acme', id: who, input: { role: 'admin' } }));
    for (let round = 0; round < 5; round++) {
      const codes = await Promise.all([demote(ada), demote(cleo)]);
      expect([round, codes.filter(c => c === 'answered').length]).toEqual([round, 1]);
      const [stays, gone] = codes[0] === 'answered' ? [cleo, ada] : [ada, cleo];
      await auth.asPerson(inAcme(stays), assignRole, { tenant: 'acme', id: gone, input: { role: 'owner' } });
    }
    await eventually(async () => (await document('acme', ada))?.principal.role === 'owner' && (await document('acme', cleo))?.principal.role === 'owner');
    await eventually(async () => (await Promise.all([ada, cleo].map(p => code(auth.asPerson(inAcme(p), explain, { tenant: 'acme', id: ada, input: { what: 'command', pattern: 'cmd.acme.vps.>' } }))))).every(c => c === 'answered'));
    const codes = await Promise.all([remove(cleo, ada), remove(ada, cleo), code(auth.asPerson(inAcme(ada), leaveTenant, { tenant: 'acme', id: ada, input: {} })), code(auth.asPerson(inAcme(cleo), leaveTenant, { tenant: 'acme', id: cleo, input: {} }))]);
    const left = (await Promise.all([ada, cleo].map(p => document('acme', p)))).filter(d => d?.principal.role === 'owner');
    expect([codes, left.length]).toEqual([codes, 1]);
    await second.stop();
  });
});
