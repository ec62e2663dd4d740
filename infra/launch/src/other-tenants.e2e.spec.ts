/**
 * Security rule "one gate" on the running product: every address of the API with every id of another tenant, in path and body, asked by people and programs with different rights. Nothing of it is
 * shown, nothing of it changes. The same at the doors of NATS: `services/auth/src/gate-matrix.int.spec.ts`.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HTTP_ROWS, type HttpRow } from '@xanthus/proto';
import { eventually, startSshd, type TestSshd } from '@xanthus/testing';
import { messagesOf } from './canary.fixtures.js';
import { startPlatform, type Platform } from './testing-platform.js';

interface Answer { readonly status: number; readonly text: string }
interface LoggedIn { readonly access_token: string; readonly session: string; readonly user: { readonly id: string } }
const PASSWORD = 'sept pommes vertes';
const SEEN = /zulu.canary/i;
const ROLES = ['viewer', 'guest', 'stager'];

let platform: Platform;
let sshd: TestSshd;
/** Who asks, all of `acme`: name → bearer. Who is not logged in gets nowhere: `gateway/server/src/every-route.int.spec.ts`. */
const tokens: Record<string, string> = {};
/** What is asked for: what it is → its id in the tenant `globex`, or the session of a colleague. */
const ids: Record<string, string> = {};
let hank: LoggedIn;

const send = async (method: string, path: string, token?: string, body?: unknown): Promise<Answer> => {
  const answer = await fetch(platform.url + path, {
    method, headers: { origin: platform.url, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
};
const make = async <T = { readonly id: string }>(path: string, token: string | undefined, body: object): Promise<T> => {
  const { status, text } = await send('POST', path, token, body);
  if (status >= 300) throw new Error(`${path}: ${text}`);
  return (JSON.parse(text) as { data: T }).data;
};
const logIn = (email: string): Promise<LoggedIn> => make('/api/auth/login', undefined, { email, password: PASSWORD });
const inAYear = (): string => new Date(Date.now() + 300 * 86_400_000).toISOString();

/** One of everything that a tenant can have, each with a name that must not be seen elsewhere. */
const fill = async ({ access_token: token, user, session }: LoggedIn): Promise<void> => {
  const person = (await make('/api/members?wait=view', token, { email: 'zulu.canary@globex.example', name: 'Zulu Canary', role: 'viewer', password: PASSWORD })).id;
  const server = { name: 'zulu-canary-1', host: sshd.host, port: sshd.port, user: sshd.user, auth: { private_key: sshd.privateKey }, host_key: sshd.hostKey.fingerprint };
  Object.assign(ids, {
    tenant: 'globex', owner: user.id, 'session of the owner': session, person, session: (await logIn('zulu.canary@globex.example')).session,
    server: (await make('/api/vps/adopt?wait=view', token, server)).id, 'ssh key': (await make('/api/ssh-keys?wait=view', token, { name: 'zulu-canary' })).id,
    invitation: (await make('/api/invitations?wait=view', token, { email: 'zulu.canary.2@globex.example', role: 'viewer' })).id,
    credential: (await make('/api/credentials?wait=view', token, { name: 'zulu-canary', role: 'viewer' })).id,
    secret: (await make('/api/secrets?wait=view', token, { name: 'zulu-canary', kind: 'generic', value: 'zulu canary', description: 'Zulu canary' })).id,
    'API key': (await make('/api/api-keys?wait=view', token, { name: 'Zulu canary', role: 'viewer', expires_at: inAYear() })).id,
    role: 'zulu', provider: 'tango',
  });
  await make('/api/roles/zulu?wait=view', token, { description: 'Zulu canary', grants: [] });
  await make('/api/oidc-providers/tango?wait=view', token, { label: 'Zulu canary', issuer: 'https://login.globex.example', client_id: 'zulu-canary' });
};

beforeAll(async () => {
  const rates = { XANTHUS_WS_COMMANDS_PER_SECOND: '100000', XANTHUS_WS_COMMANDS_PER_SECOND_PER_TENANT: '100000' };
  [platform, sshd] = await Promise.all([startPlatform({ env: { ...rates, LOG_LEVEL: 'error', XANTHUS_SSH_ALLOW: 'loopback' } }), startSshd()]);
  const ada = await platform.setUp({ password: PASSWORD });
  const operator = await make<LoggedIn>('/api/auth/switch', ada.access_token, { tenant: 'xanthus' });
  const { invitation } = await eventually(() => make<{ invitation: { token: string } }>('/api/tenants?wait=view', operator.access_token, { slug: 'globex', name: 'Zulu Canary Ltd', owner: { email: 'hank@globex.example' } }).catch(() => undefined));
  hank = await make<LoggedIn>('/api/auth/invitations/accept', undefined, { token: invitation.token, name: 'Hank Zulu-Canary', password: PASSWORD });
  await fill(hank);
  const owner = await logIn(ada.email);
  await make('/api/roles/stager?wait=view', owner.access_token, { description: '', grants: [{ permission: 'vps.server.*', resources: 'all' }, { permission: 'auth.member.add', resources: 'all' }] });
  for (const role of ROLES) await make('/api/members?wait=view', owner.access_token, { email: `${role}@acme.example`, name: role, role, password: PASSWORD });
  for (const role of ROLES.filter(r => r !== 'guest')) tokens[role] = (await logIn(`${role}@acme.example`)).access_token;
  ids['session of a colleague'] = (await logIn('guest@acme.example')).session;
  tokens['owner'] = owner.access_token;
  tokens['operator of the installation'] = operator.access_token;
  tokens['API key'] = (await make<{ key: string }>('/api/api-keys?wait=view', owner.access_token, { name: 'all', role: 'owner', expires_at: inAYear() })).key;
});
afterAll(async () => {
  await platform?.stop();
  await sshd?.stop();
});

/** What people and programs did in globex, and what its owner is shown. Not the chain of it: that is sealed by itself, up to a minute after the last event. */
const stateOf = async (): Promise<{ readonly events: string[]; readonly shown: Answer[] }> => ({
  events: (await messagesOf(platform.dataDir, platform.natsUrl)).filter(m => (m.startsWith('evt.globex.') && !m.startsWith('evt.globex.audit.') && !m.includes('"kind":"system"')) || Object.entries(ids).some(([what, id]) => /session/.test(what) && m.startsWith(`evt.xanthus.auth.session.${id} `))),
  shown: (await Promise.all(HTTP_ROWS.filter(r => r.method === 'GET' && !r.path.includes(':') && !/\/api\/(?:vps|sessions|provider-budgets|audit)/.test(r.path)).map(r => send('GET', r.path, hank.access_token))))
    // how far the view has read, and the name of this answer
    .map(({ status, text }) => ({ status, text: text.replaceAll(/"as_of":\{[^}]*\}|"correlation_id":"[^"]*"/g, '') })),
});

const bodyOf = (row: HttpRow): unknown => (row.method === 'POST' && 'example' in row.target ? { ...row.target.example as object, ...(row.by ? { [row.by.field]: Object.keys(row.by.targets)[0] } : {}) } : undefined);
/** A name that is chosen: the tenant makes one of its own under it. */
const CHOSEN = /^\/api\/(?:roles|oidc-providers)\/:id$/;
/** What an operator of the installation is there for. */
const rightful = ({ row, who, what }: Asked): boolean => who === 'operator of the installation' && row.path === '/api/tenants/:id/rename' && what === 'tenant';
interface Asked { readonly row: HttpRow; readonly who: string; readonly what: string; readonly body?: unknown }
/** Sends all, and tells what should not have been answered so. */
const faultsOf = async (all: readonly Asked[]): Promise<string[]> => {
  const faults: string[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: 16 }, async () => {
    for (let asked = all[next++]; asked !== undefined; asked = all[next++]) {
      const { row, who, what, body } = asked;
      const again = (): Promise<Answer> => send(row.method, row.path.replace(':id', ids[what] ?? ''), tokens[who], body ?? bodyOf(row));
      let { status, text } = await again();
      // A machine that stands still is late with an answer; one that never comes stays a fault.
      for (let tries = 0; status === 504 && tries < 3; tries++) ({ status, text } = await again());
      const nothing = /"allowed":false,"grant":null,"role":null,/.test(text);
      // Of nothing that is known there is nothing in the list.
      const none = row.target.kind === 'view' && row.target.within === true && /"items":\[\]/.test(text);
      const done = status < 300 && !none && row.path.includes(':id') && !CHOSEN.test(row.path) && !(row.path === '/api/explain/:id' && nothing);
      if (done || status >= 500 || SEEN.test(text)) faults.push(`${who}: ${row.method} ${row.path} ${what} → ${status} ${text.slice(0, 200)}`);
    }
  }));
  return faults.sort();
};

interface Schema { readonly type?: string; readonly properties?: Readonly<Record<string, Schema>>; readonly anyOf?: readonly Schema[] }
const leavesOf = (schema: Schema, at: readonly string[] = []): string[][] => [
  ...(schema.type === 'string' ? [[...at]] : []), ...Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => leavesOf(inner, [...at, key])), ...(schema.anyOf ?? []).flatMap(inner => leavesOf(inner, at)),
];
const withId = (value: unknown, [key, ...rest]: readonly string[], id: string): unknown => (key === undefined ? id : { ...(value as object | undefined), [key]: withId((value as Record<string, unknown> | undefined)?.[key], rest, id) });
/** Leave this machine, end the session, or are told apart elsewhere (`bad-input.e2e.spec.ts`). */
const ELSEWHERE = /cloudflare|vps\/providers$|oidc-test|connection|adopt|revoke-all|password|totp/;

describe('of another tenant', () => {
  let before: Awaited<ReturnType<typeof stateOf>>;
  beforeAll(async () => { before = await stateOf(); });

  it('there is one of everything', () => {
    expect(before.events.length).toBeGreaterThan(10);
    expect(before.shown.filter(a => a.status === 200 && SEEN.test(a.text)).length).toBeGreaterThan(6);
  });

  it('nothing is in any list, in no role', async () => {
    const lists = HTTP_ROWS.filter(row => row.method === 'GET' && !row.path.includes(':id'));
    expect(await faultsOf(lists.flatMap(row => Object.keys(tokens).filter(who => !(/operator/.test(who) && row.path === '/api/tenants')).map(who => ({ row, who, what: '' }))))).toEqual([]);
  });

  it('no id is known under any address, in no role', async () => {
    const rows = HTTP_ROWS.filter(row => row.path.includes(':id'));
    // Who may do all in a tenant asks for each of them everywhere. Of the others each asks at every address and for every id, if not for every id at every address.
    const kinds = Object.keys(ids);
    const some = (at: number): string[] => [0, 1, 2].map(n => kinds[(at * 3 + n) % kinds.length] ?? '');
    const all = rows.flatMap((row, at) => Object.keys(tokens).flatMap((who, n) => (/^(?:owner|operator)/.test(who) ? kinds : some(at + n)).map((what): Asked => ({ row, who, what })))).filter(asked => !rightful(asked));
    expect(await faultsOf(all)).toEqual([]);
  });

  it('no id is known in any field of a body', async () => {
    const all = HTTP_ROWS.filter(row => row.method === 'POST' && !row.path.includes(':id') && !ELSEWHERE.test(row.path)).flatMap((row) => {
      const { target } = row;
      if (target.kind === 'view') return [];
      const paths = leavesOf(target.input.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as Schema);
      return paths.flatMap(path => Object.entries(ids).map(([what, id]): Asked => ({ row, who: 'owner', what, body: withId(target.example, path, id) })).filter(({ body }) => target.input.safeParse(body).success));
    });
    expect(all.length).toBeGreaterThan(50);
    expect(await faultsOf(all)).toEqual([]);
  });

  it('and nothing has changed', async () => {
    expect(await stateOf()).toEqual(before);
  });
});
