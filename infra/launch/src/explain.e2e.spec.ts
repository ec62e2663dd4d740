/** Over HTTP, on the running product: an administrator asks why somebody may do something, or may not. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startPlatform } from './testing-platform.js';
import type { Platform } from './testing-platform.js';

interface Answer<T> { status: number; data: T; code?: string }
interface Login { access_token: string; user: { id: string } }

let platform: Platform;
beforeAll(async () => { platform = await startPlatform(); });
afterAll(async () => { await platform?.stop(); });

const post = async <T>(path: string, body: unknown, token?: string): Promise<Answer<T>> => {
  const answer = await fetch(`${platform.url}${path}`, {
    method: 'POST', headers: { 'content-type': 'application/json', origin: platform.url, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }, body: JSON.stringify(body),
  });
  const { data, code } = (await answer.json()) as { data: T; code?: string };
  return { status: answer.status, data, ...(code === undefined ? {} : { code }) };
};
const logIn = async (email: string, password: string): Promise<Login> => (await post<Login>('/api/auth/login', { email, password })).data;

it('names grant, role and revision to who may ask, and nothing to others', async () => {
  const ada = await platform.setUp();
  const bob = { email: 'bob@example.com', password: 'correct horse battery bob' };
  expect((await post('/api/members?wait=view', { ...bob, name: 'Bob', role: 'viewer' }, ada.access_token)).status).toBeLessThan(300);
  const viewer = await logIn(bob.email, bob.password);
  const why = (pattern: string, token = ada.access_token): Promise<Answer<unknown>> => post(`/api/explain/${viewer.user.id}`, { what: 'command', pattern }, token);
  expect(await why('qry.acme.vps.view.servers.all')).toMatchObject({ status: 200, data: { allowed: true, grant: 'qry.acme.vps.>', role: 'viewer', revision: expect.any(Number) } });
  expect(await why('cmd.acme.vps.server.new.adopt')).toMatchObject({ status: 200, data: { allowed: false, grant: null, role: 'viewer' } });
  expect(await why('cmd.acme.>', viewer.access_token)).toMatchObject({ status: 403, code: 'DENIED' });
});
