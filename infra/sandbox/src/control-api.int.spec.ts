import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPair } from '@xanthus/ssh';
import { eventually, tempDir } from '@xanthus/testing';
import type { TempDir } from '@xanthus/testing';
import { connectTo } from './connect.fixture.js';
import type { Sandbox } from './contract.js';
import { startControlApi } from './control-api.js';
import type { ControlApi } from './control-api.js';
import { backingOf } from './backing.js';
import { startSandboxHost, whyNoSandboxes } from './host.js';
import type { SandboxHost } from './host.js';

/** Where there can be none, there is nothing to try. */
const why = await whyNoSandboxes();
if (why !== undefined) console.warn(`skipped: ${why}`);
const suite = why === undefined ? describe : describe.skip;

let folder: TempDir;
let host: SandboxHost;
let api: ControlApi;
const person = generateKeyPair('ada');
beforeAll(async () => {
  if (why !== undefined) return;
  folder = await tempDir();
  host = await startSandboxHost({ folder: folder.path, delay: 100 });
  api = await startControlApi(host, folder.path);
});
afterAll(async () => {
  if (why !== undefined) return;
  await api.stop();
  await host.stop();
  await folder.remove();
});

interface Body { sandbox: Sandbox; sandboxes: Sandbox[]; error: { code: string; message: string } }
const ask = async (method: string, path: string, body?: unknown, token = api.token): Promise<{ status: number; body: Body }> => {
  const response = await fetch(`${api.url}${path}`, { method, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Body };
};
const settled = (id: string): Promise<Sandbox> => eventually(async () => {
  const { sandbox } = (await ask('GET', `/v1/sandboxes/${id}`)).body;
  return sandbox.busy === null ? sandbox : undefined;
});

suite('the control API', () => {
  it('makes, lists by label, changes, powers, resizes, rebuilds and removes', async () => {
    const made = await ask('POST', '/v1/sandboxes', { name: 'web-1', labels: { managed_by: 'xanthus', tenant: 'acme' }, type: 'small', ssh_keys: [person.publicKey] });
    expect(made).toMatchObject({ status: 201, body: { sandbox: { name: 'web-1', status: 'initializing', busy: { action: 'create' }, type: 'small', ssh_port: 2222 } } });
    const { id } = made.body.sandbox;
    await ask('POST', '/v1/sandboxes', { name: 'other', labels: { managed_by: 'xanthus' }, start: false });
    expect(await settled(id)).toMatchObject({ status: 'running', reason: null });

    const names = async (query: string): Promise<string[]> => (await ask('GET', `/v1/sandboxes${query}`)).body.sandboxes.map(s => s.name);
    expect(await names('')).toEqual(['web-1', 'other']);
    expect(await names('?label=managed_by=xanthus&label=tenant=acme')).toEqual(['web-1']);
    expect(await names('?label=tenant=nobody')).toEqual([]);

    expect(await ask('PATCH', `/v1/sandboxes/${id}`, { name: 'web-2' })).toMatchObject({ status: 200, body: { sandbox: { name: 'web-2', labels: { tenant: 'acme' } } } });
    expect(await ask('POST', `/v1/sandboxes/${id}/power`, { action: 'shutdown' })).toMatchObject({ status: 202, body: { sandbox: { status: 'stopping' } } });
    expect(await settled(id)).toMatchObject({ status: 'off' });
    await ask('POST', `/v1/sandboxes/${id}/resize`, { type: 'large' });
    expect(await settled(id)).toMatchObject({ status: 'off', type: 'large' });
    await ask('POST', `/v1/sandboxes/${id}/rebuild`, { image: 'debian-12' });
    const sandbox = await settled(id);
    expect(sandbox).toMatchObject({ status: 'running', image: 'debian-12' });
    const ssh = await connectTo(sandbox, person.privateKey);
    expect((await ssh.exec(['uname', '-n'])).stdout).toBe('web-2\n');
    ssh.close();

    expect(await ask('DELETE', `/v1/sandboxes/${id}`)).toEqual({ status: 204, body: {} });
    expect(await ask('DELETE', `/v1/sandboxes/${id}`)).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    expect(await ask('GET', '/v1/limits')).toMatchObject({ status: 200, body: { max_sandboxes: 20, sandboxes: 1, default_ssh_port: 2222 } });
  });

  it('lets nobody touch one that is still being made, and removes it at once', async () => {
    const { id } = (await ask('POST', '/v1/sandboxes', { name: 'slow', delay_ms: 60_000 })).body.sandbox;
    expect(await ask('POST', `/v1/sandboxes/${id}/power`, { action: 'on' })).toMatchObject({ status: 409, body: { error: { code: 'LOCKED' } } });
    expect((await ask('DELETE', `/v1/sandboxes/${id}`)).status).toBe(204);
    expect((await ask('GET', `/v1/sandboxes/${id}`)).status).toBe(404);
  });

  it.each<[string, number, string, string, unknown?]>([
    ['POST', 400, 'INVALID', '/v1/sandboxes', { name: '-x' }], ['POST', 400, 'INVALID', '/v1/sandboxes', { name: 'x', size: 3 }], ['POST', 400, 'INVALID', '/v1/sandboxes', '{'], ['POST', 400, 'INVALID', '/v1/sandboxes', { name: 'x', ssh_keys: ['a\nb'] }],
    ['POST', 400, 'INVALID', '/v1/sandboxes', { name: 'x', user_data: 'u'.repeat(32 * 1024 + 1) }], ['POST', 413, 'TOO_LARGE', '/v1/sandboxes', { name: 'x'.repeat(200_000) }], ['POST', 409, 'NAME_TAKEN', '/v1/sandboxes', { name: 'other' }],
    ['GET', 400, 'INVALID', '/v1/sandboxes?label=x', undefined], ['GET', 404, 'NOT_FOUND', '/v1/sandboxes/sb-000000000000', undefined], ['GET', 404, 'NOT_FOUND', '/v1/sandboxes/..%2F..', undefined], ['GET', 404, 'NOT_FOUND', '/v2/sandboxes', undefined],
    ['PUT', 404, 'NOT_FOUND', '/v1/sandboxes', {}], ['POST', 404, 'NOT_FOUND', '/v1/sandboxes/sb-000000000000/power', { action: 'on' }],
  ])('answers %s %d %s to %s %j', async (method, status, code, path, body) => {
    expect(await ask(method, path, body)).toMatchObject({ status, body: { error: { code, message: expect.stringMatching(/\.$/) } } });
  });

  it('lets nobody in without its token', async () => {
    for (const token of ['', 'x', `${api.token}x`]) expect(await ask('GET', '/v1/sandboxes', undefined, token)).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHORIZED' } } });
  });

  it('keeps its port over a restart, with another token', async () => {
    const before = api;
    await api.stop();
    api = await startControlApi(host, folder.path);
    expect(api.url).toBe(before.url);
    expect(api.token).not.toBe(before.token);
  });
});

suite('backingOf', () => {
  it('makes machines for an emulator: off at first, on when booted, anew when rebuilt, gone when removed', async () => {
    const machine = await backingOf(host).create({ name: 'web.example_1', image: 'ubuntu-24.04', user_data: '#cloud-config\nwrite_files: [{path: /opt/x, content: first}]\n', ssh_keys: [person.publicKey] });
    const of = (): Sandbox => host.list().find(s => s.address === machine.address) as Sandbox;
    const read = async (): Promise<string> => {
      const ssh = await connectTo(of(), person.privateKey);
      const { stdout } = await ssh.exec(['cat', '/opt/x']);
      ssh.close();
      return stdout;
    };
    expect(of()).toMatchObject({ status: 'off', busy: null });
    await machine.boot();
    expect(await read()).toBe('first');
    await machine.rebuild('debian-12', '#cloud-config\nwrite_files: [{path: /opt/x, content: second}]\n');
    expect(of()).toMatchObject({ status: 'off', image: 'debian-12' });
    await machine.boot();
    expect(await read()).toBe('second');
    await machine.halt(false);
    expect(of()).toMatchObject({ status: 'off' });
    await machine.remove();
    expect(of()).toBeUndefined();
  });
});
