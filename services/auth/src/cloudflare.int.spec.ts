/** Cloudflare accounts and log-ins on a real auth service, against the emulated API. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startCloudflareEmulator, NEEDED_PERMISSIONS, type CloudflareEmulator, type Permission } from '@xanthus/emulators';
import { newId } from '@xanthus/kernel';
import { Views } from '@xanthus/jetstream';
import { viewKey, type DataOf, type OutputOf } from '@xanthus/proto';
import {
  addMember, checkCloudflare, cloudflareStepSignal, configureCloudflare, createTenant, linkCloudflare, linkCloudflareIdentity, openSession, removeMember, unlinkCloudflare, validateCloudflareToken,
  type cloudflareAccountView, type CloudflareStep, type memberView, type providerBudgetView, type sessionView, type SessionTokens,
} from '@xanthus/proto/auth';
import { eventually } from '@xanthus/testing';
import { DEVICE, startTestAuth, type TestAuth } from './auth.fixtures.js';

let auth: TestAuth;
let cf: CloudflareEmulator;
let ada: SessionTokens;
let views: Views;
const WITH_NAME: readonly Permission[] = [...NEEDED_PERMISSIONS, 'User Details Read'];

beforeAll(async () => {
  cf = await startCloudflareEmulator({ email: 'carol@example.com' });
  auth = await startTestAuth({ XANTHUS_CLOUDFLARE_URL: cf.url, XANTHUS_CLOUDFLARE_VERIFY_SECONDS: '1' });
  ada = await auth.setUp();
  views = new Views(await auth.as('gateway'), 'auth');
});
afterAll(async () => {
  await views?.stop();
  await auth?.stop();
  await cf?.stop();
});

const owner = () => ({ person: ada.user.id, tenant: 'acme', session: ada.session, proved: true });
const code = (run: Promise<unknown>): Promise<string> => run.then(() => 'fine', (error: { code?: string }) => error.code ?? String(error));
const logIn = (token: string, more: { account?: string; tenant?: string } = {}): Promise<SessionTokens> =>
  auth.asService('gateway', openSession, { tenant: 'xanthus', input: { method: 'cloudflare', token, device: { ...DEVICE, address: `198.51.100.${Math.floor(Math.random() * 250)}` }, ...more } });
const link = (token: string, join_role?: string | null): Promise<OutputOf<typeof linkCloudflare>> =>
  auth.asPerson(owner(), linkCloudflare, { tenant: 'acme', input: { token, account: cf.account.id, ...(join_role === undefined ? {} : { join_role }) } });
const shownAccount = async () => (await views.get<DataOf<typeof cloudflareAccountView>>(viewKey('acme', 'cloudflare-accounts', cf.account.id)))?.data;
const isOpen = async ({ session }: SessionTokens): Promise<boolean> => (await views.list<DataOf<typeof sessionView>>('xanthus', 'sessions')).some(s => s.value.data.id === session);

describe('an account that is linked to nobody', () => {
  it('lets nobody in, and nothing is made in it', async () => {
    const token = cf.addToken({ permissions: WITH_NAME }).value;
    expect(await code(logIn(token))).toBe('CLOUDFLARE.NOT_LINKED');
    expect(await code(auth.asService('gateway', validateCloudflareToken, { tenant: 'xanthus', id: newId(), input: { token, device: DEVICE } }))).toBe('CLOUDFLARE.NOT_LINKED');
    expect(cf.namespaces()).toEqual([]);
  });
});

describe('an account of the tenant', () => {
  let token = '';
  beforeAll(async () => {
    token = cf.addToken({ permissions: WITH_NAME }).value;
    await link(token);
  });

  it('is shown without its token, with what it may', async () => {
    expect(await shownAccount()).toMatchObject({ name: cf.account.name, namespace: { title: 'Xanthus' }, status: 'active', join_role: null, csr_fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(JSON.stringify(await shownAccount())).not.toContain(token);
  });

  it('keeps its certificate request when the token is replaced, and when it is linked anew', async () => {
    const before = (await shownAccount())?.csr_fingerprint;
    await link(cf.addToken({ permissions: WITH_NAME }).value);
    await auth.asPerson(owner(), unlinkCloudflare, { tenant: 'acme', id: cf.account.id, input: {} });
    expect(await shownAccount()).toBeUndefined();
    await link(token);
    expect((await shownAccount())?.csr_fingerprint).toBe(before);
  });

  it('is told step by step, before a log-in too', async () => {
    const nc = await auth.as('gateway');
    const id = newId();
    const told: CloudflareStep[] = [];
    const heard = nc.subscribe(`sig.xanthus.auth.${cloudflareStepSignal.aggregate}.${id}.step`, { callback: (_, m) => { told.push(m.json<{ step: CloudflareStep }>().step); } });
    await nc.flush();
    const fresh = cf.addToken({ permissions: WITH_NAME }).value;
    const found = await auth.asService('gateway', validateCloudflareToken, { tenant: 'xanthus', id, input: { token: fresh, device: DEVICE } });
    expect(found).toMatchObject({ account: { id: cf.account.id }, user: { email: 'carol@example.com' }, tenant: { id: 'acme', name: 'Acme Ltd' } });
    await eventually(() => told.length === 10);
    expect(told.filter(s => s.status === 'passed').map(s => s.name)).toEqual(['token', 'permissions', 'account', 'storage', 'certificate-request']);
    // Known for ten minutes: a log-in asks nothing. The account of the tenant may be checked beside it.
    await eventually(async () => {
      const asked = cf.requests.length;
      expect(await code(logIn(fresh))).toBe('LOGIN.NOT_A_MEMBER');
      return cf.requests.length === asked;
    }, { every: 500 });
    heard.unsubscribe();
  });

  it('shows what is used of the budget', async () => {
    const budget = await eventually(() => views.get<DataOf<typeof providerBudgetView>>(viewKey('acme', 'provider-budgets', 'cloudflare')));
    expect(budget.data).toMatchObject({ provider: 'cloudflare', limit: 1_200, circuit: 'closed' });
    expect(budget.data.used).toBeGreaterThan(0);
  });

  it('lets a newcomer in only in a role that somebody with as much chose', async () => {
    expect(await code(logIn(token))).toBe('LOGIN.NOT_A_MEMBER');
    expect(await code(auth.asPerson(owner(), configureCloudflare, { tenant: 'acme', id: cf.account.id, input: { join_role: 'nonsense' } }))).toBe('ROLE.NOT_FOUND');
    await auth.asPerson(owner(), configureCloudflare, { tenant: 'acme', id: cf.account.id, input: { join_role: 'viewer' } });
    const carol = await logIn(token);
    expect(carol.proved_until).toBeDefined();
    expect(carol).toMatchObject({ user: { email: 'carol@example.com', name: 'carol' }, tenant: { id: 'acme' } });
    expect((await views.get<DataOf<typeof memberView>>(viewKey('acme', 'members', carol.user.id)))?.data.role).toBe('viewer');
    expect((await logIn(token)).user.id).toBe(carol.user.id);
    expect(await code(logIn(token, { tenant: 'other' }))).toBe('LOGIN.NOT_A_MEMBER');
  });

  it('ends the sessions of a token that is revoked, and only those', async () => {
    const [one, two] = [cf.addToken({ permissions: WITH_NAME }).value, cf.addToken({ permissions: WITH_NAME }).value];
    const [first, second] = [await logIn(one), await logIn(two)];
    cf.revoke(one);
    await eventually(async () => !(await isOpen(first)));
    expect(await isOpen(second)).toBe(true);
    expect(await code(logIn(one))).toBe('CLOUDFLARE.TOKEN_INVALID');
    cf.narrow(two, WITH_NAME, []); // it no longer reaches the account
    await eventually(async () => !(await isOpen(second)));
  });

  it('takes an outage for no verdict', async () => {
    const session = await logIn(token);
    cf.fail({ status: 503, times: 1_000 });
    const asked = cf.requests.length;
    await eventually(() => cf.requests.length > asked + 5);
    expect(await isOpen(session)).toBe(true);
    expect((await shownAccount())?.status).toBe('active');
    cf.heal();
  });

  it('does not let somebody back in whom an administrator took out', async () => {
    const carol = await eventually(() => logIn(token).catch(() => undefined), { timeout: 90_000, every: 500 }); // the breaker closes again
    await auth.asPerson(owner(), removeMember, { tenant: 'acme', id: carol.user.id, input: {} });
    expect(await code(logIn(token))).toBe('LOGIN.NOT_A_MEMBER');
  });

  it('knows nobody by an equal address, but by an identity that the person linked', async () => {
    const added = await auth.asPerson(owner(), addMember, { tenant: 'acme', input: { email: 'dora@example.com', name: 'Dora', role: 'operator', password: 'a rather long passphrase' } });
    const dora = cf.addToken({ permissions: WITH_NAME, user: cf.addUser('dora@example.com', cf.account.id) }).value;
    expect(await code(logIn(dora))).toBe('CLOUDFLARE.LINK_NEEDED');
    await auth.asPerson({ person: added.id, tenant: 'acme', proved: true }, linkCloudflareIdentity, { tenant: 'acme', input: { token: dora } });
    const known = await logIn(dora);
    expect(known.user.id).toBe(added.id);
    expect(known.proved_until).toBeUndefined(); // she has a password to prove with
  });

  it('notes that the linked token was refused, and what it may no longer', async () => {
    cf.narrow(token, WITH_NAME.filter(p => p !== 'DNS Write'));
    const checked = await auth.asPerson(owner(), checkCloudflare, { tenant: 'acme', id: cf.account.id, input: {} });
    expect(checked.status).toBe('active');
    cf.revoke(token);
    expect((await auth.asPerson(owner(), checkCloudflare, { tenant: 'acme', id: cf.account.id, input: {} })).status).toBe('refused');
    expect((await shownAccount())?.status).toBe('refused');
  });
});

describe('an account', () => {
  it('is linked to one tenant at most, until it is unlinked there', async () => {
    const operator = { person: ada.user.id, tenant: 'xanthus' };
    await auth.asPerson(operator, createTenant, { tenant: 'xanthus', input: { slug: 'other', name: 'Other' } });
    const elsewhere = { ...owner(), tenant: 'other' };
    const again = () => auth.asPerson(elsewhere, linkCloudflare, { tenant: 'other', input: { token: cf.addToken({ permissions: WITH_NAME }).value, account: cf.account.id } });
    await eventually(async () => (await code(again())) === 'CLOUDFLARE.LINKED_ELSEWHERE'); // once the rights of the new tenant are known
    await auth.asPerson(owner(), unlinkCloudflare, { tenant: 'acme', id: cf.account.id, input: {} });
    expect((await again()).account.id).toBe(cf.account.id);
  });
});
