/** Tenants, invitations and own roles on the running product, over HTTP and open sockets. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connect, type Client, type BucketState } from '@xanthus/client';
import { eventually } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { startPlatform } from './testing-platform.js';
import type { Platform } from './testing-platform.js';

interface Answer<T> { readonly status: number; readonly data: T; readonly code?: string }
interface LoggedIn { readonly access_token: string; readonly user: { readonly id: string }; readonly tenant: { readonly id: string } }

let platform: Platform;
let ada: string;
let owner: string;
let bob: LoggedIn;
const clients: Client[] = [];
const PASSWORD = 'sept pommes vertes';

const ask = async <T = Record<string, unknown>>(method: string, path: string, o: { body?: unknown; token?: string; cookie?: string } = {}): Promise<Answer<T> & { cookie: string }> => {
  const answer = await fetch(`${platform.url}${path}`, {
    method, headers: {
      origin: platform.url, ...(o.body === undefined ? {} : { 'content-type': 'application/json' }), ...(o.token === undefined ? {} : { authorization: `Bearer ${o.token}` }), ...(o.cookie === undefined ? {} : { cookie: o.cookie }),
    },
    ...(o.body === undefined ? {} : { body: JSON.stringify(o.body) }),
  });
  const { data, code } = (await answer.json()) as { data: T; code?: string };
  return { status: answer.status, data, ...(code === undefined ? {} : { code }), cookie: answer.headers.getSetCookie().map(c => c.split(';')[0]).join('; ') };
};
const define = (grants: object[]) => ask('POST', '/api/roles/onlooker', { token: ada, body: { description: 'Looks on', grants } });

beforeAll(async () => {
  platform = await startPlatform();
  ({ access_token: ada, password: owner } = await platform.setUp());
});
afterAll(async () => {
  for (const client of clients) client.close();
  await platform?.stop();
});

it('somebody is invited, is shown what to, accepts once and is logged in', async () => {
  expect((await define([])).status).toBe(202);
  const { data: made } = await ask<{ token: string }>('POST', '/api/invitations?wait=view', { token: ada, body: { email: 'bob@example.com', role: 'onlooker' } });
  expect((await ask('POST', '/api/auth/invitations/show', { body: { token: made.token } })).data).toMatchObject({ tenant: { id: 'acme' }, role: 'onlooker', email: 'bob@example.com', has_account: false });
  expect((await ask<{ items: unknown[] }>('GET', '/api/invitations', { token: ada })).data.items).toHaveLength(1);
  const accepted = await ask<LoggedIn>('POST', '/api/auth/invitations/accept', { body: { token: made.token, name: 'Bob', password: PASSWORD } });
  expect(accepted).toMatchObject({ status: 200, data: { tenant: { id: 'acme' } } });
  expect(accepted.cookie).toContain('xanthus_session=');
  expect(JSON.stringify(accepted.data)).not.toContain('refresh_token');
  bob = accepted.data;
  expect(await ask('POST', '/api/auth/invitations/accept', { body: { token: made.token, name: 'Eve', password: PASSWORD } })).toMatchObject({ status: 410, code: 'INVITATION.INVALID' });
  expect(await ask('POST', '/api/auth/invitations/show', { body: { token: made.token } })).toMatchObject({ status: 410 });
});

it('a role that is widened shows at once on an open socket, narrowed it is gone at once', async () => {
  const client = await connect({ url: platform.url, token: bob.access_token, WebSocket, timeout: 30_000 });
  clients.push(client);
  const seen: BucketState<unknown>[] = [];
  const servers = client.bucket('vps', { pattern: 'acme.servers.*' });
  servers.subscribe(state => seen.push(state));
  await expect(servers.ready()).rejects.toMatchObject({ code: 'DENIED' });
  const request = { what: 'bucket', bucket: 'vps', pattern: 'acme.servers.*' } as const;
  expect(client.can(request)).toBe(false);

  await define([{ permission: 'vps.server.read', resources: 'all' }]);
  await eventually(() => client.can(request));
  // the same view comes back by itself
  await eventually(() => servers.get().in_sync);

  const feed = client.stream('VPS', { filter: 'evt.acme.vps.server.*', from: 'new' });
  const ended = (async () => { for await (const _ of feed) { /* nothing is adopted here */ } })().then(() => 'ended', (error: { code: string }) => error.code);
  await eventually(() => feed.state.get() === 'live');
  await define([]);
  expect(await ended).toBe('REVOKED');
  await eventually(() => !client.can(request) && servers.get().error?.code === 'REVOKED');
  expect(await ask('GET', '/api/vps', { token: bob.access_token })).toMatchObject({ status: 403, code: 'DENIED' });
});

it('a removed member is out everywhere, and can be invited again with the same account', async () => {
  expect((await ask('DELETE', `/api/members/${bob.user.id}?wait=view`, { token: ada })).status).toBe(200);
  await eventually(async () => (await ask('GET', '/api/auth/session', { token: bob.access_token })).status === 401);
  const { data: made } = await ask<{ token: string }>('POST', '/api/invitations', { token: ada, body: { email: 'bob@example.com', role: 'viewer' } });
  expect(await ask('POST', '/api/auth/invitations/accept', { body: { token: made.token, password: 'not his password' } })).toMatchObject({ status: 401, code: 'LOGIN.REFUSED' });
  expect(await ask('POST', '/api/auth/invitations/accept', { body: { token: made.token, password: PASSWORD } })).toMatchObject({ status: 200, data: { user: { id: bob.user.id } } });
});

it('who set it up makes tenants in the installation and reads nothing of theirs', async () => {
  const session = await ask<LoggedIn>('POST', '/api/auth/login', { body: { email: 'ada@example.com', password: owner } });
  expect((await ask<{ tenants: { id: string }[] }>('GET', '/api/auth/tenants', { token: session.data.access_token })).data.tenants.map(t => t.id)).toEqual(['acme', 'xanthus']);
  const operator = await ask<LoggedIn>('POST', '/api/auth/switch', { body: { tenant: 'xanthus' }, token: session.data.access_token, cookie: session.cookie });
  expect(operator).toMatchObject({ status: 200, data: { tenant: { id: 'xanthus' } } });
  const token = operator.data.access_token;
  const made = await eventually(async () => {
    const answer = await ask<{ id: string; invitation: { token: string } }>('POST', '/api/tenants', { token, body: { slug: 'globex', name: 'Globex', owner: { email: 'hank@example.com' } } });
    return answer.status < 300 && answer;
  });
  expect(made).toMatchObject({ data: { id: 'globex', invitation: { token: expect.stringMatching(/^xi\.globex\./) } } });
  await eventually(async () => (await ask<{ items: unknown[] }>('GET', '/api/tenants', { token })).data.items.length === 2);
  const hank = await ask<LoggedIn>('POST', '/api/auth/invitations/accept', { body: { token: made.data.invitation.token, name: 'Hank', password: PASSWORD } });
  expect(hank.data.tenant.id).toBe('globex');
  for (const path of ['/api/vps', '/api/credentials', '/api/roles', '/api/api-keys', '/api/ssh-keys']) expect([path, (await ask('GET', path, { token })).status]).toEqual([path, 403]);
  expect(await ask('POST', '/api/auth/switch', { body: { tenant: 'globex' }, token, cookie: operator.cookie })).toMatchObject({ status: 403, code: 'LOGIN.NOT_A_MEMBER' });
});

it('who administers is told why somebody may do something: grant, role and revision; nobody else is', async () => {
  const { data: viewer } = await ask<LoggedIn>('POST', '/api/auth/login', { body: { email: 'bob@example.com', password: PASSWORD } });
  const why = (pattern: string, token = ada): Promise<Answer<unknown>> => ask('POST', `/api/explain/${viewer.user.id}`, { token, body: { what: 'command', pattern } });
  expect(await why('qry.acme.vps.view.servers.all')).toMatchObject({ status: 200, data: { allowed: true, grant: 'qry.acme.vps.>', role: 'viewer', revision: expect.any(Number) } });
  expect(await why('cmd.acme.vps.server.new.adopt')).toMatchObject({ status: 200, data: { allowed: false, grant: null, role: 'viewer' } });
  expect(await why('cmd.acme.>', viewer.access_token)).toMatchObject({ status: 403, code: 'DENIED' });
});
