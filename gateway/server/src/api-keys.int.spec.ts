/** API keys at the gateway: HTTP, upgrade, op `auth`; never a cookie; revoked or expired they end at once. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@xanthus/kernel';
import { IdentityVerifier } from '@xanthus/nest';
import { CLOSE_CODES, HEADERS, type CapabilityDocument } from '@xanthus/proto';
import { eventually } from '@xanthus/testing';
import { Socket } from './socket.fixture.js';
import { OWNER, startTestGateway, type TestGateway } from './testing.fixture.js';

let t: TestGateway;
interface Key { readonly id: string; readonly token: string }

const makeKey = async (over: { expires?: number; rights?: Partial<CapabilityDocument>; tenant?: string } = {}): Promise<Key> => {
  const id = newId();
  const tenant = over.tenant ?? 'acme';
  const secret = randomBytes(32).toString('base64url');
  await t.put('auth', `${tenant}.capabilities.${id}`, { subjects: [], buckets: {}, commands: [], streams: {}, ...(over.rights ?? OWNER(tenant)), principal: { kind: 'credential', id, role: 'viewer' } });
  await t.put('auth', `xanthus.key-checks.${id}`, { id, tenant, name: 'Grafana', secret_sha256: createHash('sha256').update(secret).digest('hex'), expires_at: new Date(over.expires ?? Date.now() + 3_600_000).toISOString() });
  return { id, token: `xan_${id}_${secret}` };
};
const revoke = (key: Key): Promise<number> => t.del('auth', `xanthus.key-checks.${key.id}`);
const get = (path: string, headers: Record<string, string>): Promise<Response> => fetch(`${t.gateway.url}${path}`, { headers });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

beforeAll(async () => { t = await startTestGateway(); });
afterAll(() => t?.stop());

/** Answers everything of vps, and says as whom it was asked. */
const asked = async <T>(run: () => Promise<T>): Promise<{ readonly result: T; readonly identity: Record<string, unknown> }> => {
  let identity: Record<string, unknown> = {};
  const service = t.nc.subscribe('*.acme.vps.>', {
    callback: (_error, msg) => {
      identity = { ...new IdentityVerifier({ service: 'vps', jwks: t.serviceJwks }).verify(msg.headers?.get(HEADERS.IDENTITY) ?? '') };
      msg.respond(JSON.stringify({ items: [] }));
    },
  });
  await t.nc.flush();
  const result = await run();
  service.unsubscribe();
  return { result, identity };
};

describe('an API key', () => {
  it('asks over HTTP, as itself and with no session', async () => {
    const key = await makeKey();
    const { result, identity } = await asked(() => get('/api/vps', bearer(key.token)));
    expect([result.status, await result.text()]).toEqual([200, expect.stringContaining('"items":[]')]);
    expect(identity).toMatchObject({ sub: key.id, kind: 'credential', tenant: 'acme' });
    expect(identity).not.toHaveProperty('sid');
    expect(identity).not.toHaveProperty('proved_until');
  });

  it('opens a socket at the upgrade and by the op auth', async () => {
    const key = await makeKey();
    const upgraded = new Socket(t.gateway.url, { headers: bearer(key.token) });
    expect((await upgraded.until(f => f.op === 'hello')).data).toMatchObject({ user: { id: key.id, name: 'Grafana' }, tenant: { id: 'acme' } });
    const socket = await Socket.live(t.gateway.url, key.token);
    const { identity } = await asked(() => socket.ask({ op: 'cmd', target: 'qry.acme.vps.view.servers.all' }));
    expect(identity).toMatchObject({ sub: key.id, kind: 'credential' });
    upgraded.close();
    socket.close();
  });

  it('has the rights of its document and no others', async () => {
    const key = await makeKey({ rights: { commands: ['qry.acme.vps.view.servers.all'] } });
    expect((await asked(() => get('/api/vps', bearer(key.token)))).result.status).toBe(200);
    expect((await get('/api/ssh-keys', bearer(key.token))).status).toBe(403);
    expect((await get('/api/sessions', bearer(key.token))).status).toBe(403);
    const elsewhere = await makeKey({ tenant: 'other', rights: { commands: ['qry.other.>'] } });
    const socket = await Socket.live(t.gateway.url, elsewhere.token);
    expect((await socket.ask({ op: 'cmd', target: 'qry.acme.vps.view.servers.all' })).data.code).toBe('DENIED');
    socket.close();
  });

  it('is refused with another secret, another id, a shorter secret, and as a cookie', async () => {
    const [key, other] = [await makeKey(), await makeKey()];
    const secret = key.token.slice(-43);
    const wrong = [`xan_${other.id}_${secret}`, `xan_${newId()}_${secret}`, key.token.slice(0, -1), `${key.token}x`, `xan_${key.id}_`, `xan_${key.id}_${'A'.repeat(43)}`];
    for (const token of wrong) expect([token, (await get('/api/vps', bearer(token))).status]).toEqual([token, 401]);
    const origin = t.gateway.url;
    expect((await get('/api/vps', { origin, cookie: `xanthus_access=${key.token}` })).status).toBe(401);
    const socket = new Socket(t.gateway.url, { headers: { cookie: `xanthus_access=${key.token}`, origin } });
    await socket.open();
    expect((await socket.ask({ op: 'cmd', target: 'qry.acme.vps.view.servers.all' })).data.code).toBe('AUTH_REQUIRED');
    socket.close();
  });

  it('cannot log out what it has not', async () => {
    const key = await makeKey();
    const answer = await fetch(`${t.gateway.url}/api/auth/logout`, { method: 'POST', headers: bearer(key.token) });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it('that was made a moment ago is waited for', async () => {
    const id = newId();
    const secret = randomBytes(32).toString('base64url');
    const answer = get('/api/auth/session', bearer(`xan_${id}_${secret}`));
    await t.put('auth', `xanthus.key-checks.${id}`, { id, tenant: 'acme', name: 'n', secret_sha256: createHash('sha256').update(secret).digest('hex'), expires_at: new Date(Date.now() + 60_000).toISOString() });
    expect((await answer).status).toBe(200);
  });

  it('whose rights come a moment after it is not turned away', async () => {
    const { id, token } = await makeKey({ rights: { commands: [] } });
    await t.del('auth', `acme.capabilities.${id}`);
    await eventually(async () => (await get('/api/vps', bearer(token))).status === 403);
    const { result } = await asked(async () => {
      const answer = get('/api/vps', bearer(token));
      await t.put('auth', `acme.capabilities.${id}`, { ...OWNER('acme'), principal: { kind: 'credential', id, role: 'viewer' } });
      return answer;
    });
    expect(result.status).toBe(200);
  });

  it('that is revoked closes its sockets at once and is refused from then on', async () => {
    const key = await makeKey();
    const socket = await Socket.live(t.gateway.url, key.token);
    const bystander = await Socket.live(t.gateway.url, (await makeKey()).token);
    const started = performance.now();
    await revoke(key);
    expect((await socket.end()).code).toBe(CLOSE_CODES.REVOKED);
    expect(performance.now() - started).toBeLessThan(10_000); // a second on a machine that does nothing else; by its token it would be an hour
    expect((await get('/api/vps', bearer(key.token))).status).toBe(401);
    expect(bystander.closed).toBeUndefined();
    bystander.close();
  });

  it('that expires closes its sockets at its end and is refused from then on', async () => {
    // Its end may come before it was let in, on a machine that stands still: then another one.
    const { key, socket } = await eventually(async () => {
      const made = await makeKey({ expires: Date.now() + 2_500 });
      return { key: made, socket: await Socket.live(t.gateway.url, made.token) };
    });
    expect((await socket.end()).code).toBe(CLOSE_CODES.AUTH_REQUIRED);
    expect(socket.frames.at(-1)?.data.code).toBe('AUTH_EXPIRED');
    expect((await get('/api/vps', bearer(key.token))).status).toBe(401);
  });

  it('is said to be in use once a minute, however often it is used', async () => {
    const key = await makeKey();
    const heard: string[] = [];
    const auth = t.nc.subscribe(`cmd.acme.auth.api-key.${key.id}.note-use`, { callback: (_e, msg) => { heard.push(msg.subject); msg.respond(JSON.stringify({ id: key.id, stream: 'AUTH', seq: 1 })); } });
    await t.nc.flush();
    for (let i = 0; i < 5; i++) await get('/api/auth/session', bearer(key.token));
    await eventually(() => heard.length > 0);
    await get('/api/auth/session', bearer(key.token));
    await t.nc.flush();
    expect(heard).toHaveLength(1);
    auth.unsubscribe();
  });
});
