/** The whole way at the emulated API of Hetzner, with a real sshd in a jail behind each of its servers: ordered, set up by the real script, used, deleted. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startHetznerEmulator, type HetznerEmulator } from '@xanthus/emulators';
import { JetStreamEventStore } from '@xanthus/jetstream';
import type { RunningService } from '@xanthus/nest';
import type { InputOf } from '@xanthus/proto';
import { cancelSetUp, checkProvider, cloudInitPreview, connectProvider, createServer, deleteServer, generateSshKey, importSshKey, installK3s, removalPlan, retrySetUp, SET_UP_STEPS, type MetricsSample } from '@xanthus/proto/vps';
import { generateKeyPair } from '@xanthus/ssh';
import { backingOf, startControlApi, startSandboxHost, type ControlApi, type SandboxHost } from '@xanthus/sandbox';
import { eventually, tempDir, type TempDir } from '@xanthus/testing';
import { startVps } from '../index.js';
import type { SetUpRow } from '../views/setup.js';
import { startTestGround, TENANT, type TestGround } from '../vps.fixtures.js';

const PATIENT = { timeout: 60_000, every: 100 };
const PORT = 2_222;

let folder: TempDir;
let sandboxes: SandboxHost;
let control: ControlApi;
let h: HetznerEmulator;
let ground: TestGround;
let vps: RunningService;
let provider: string;

const env = (): Record<string, string> => ({ ...ground.env('vps'), XANTHUS_HETZNER_URL: h.url, XANTHUS_SSH_ALLOW: 'loopback', XANTHUS_METRICS_INTERVAL_MS: '300', XANTHUS_SANDBOX_FILE: join(folder.path, 'sandbox.json') });
const start = (): Promise<RunningService> => startVps(env());

/** The service in a process of its own, which can be killed; resolves when its doors are open. */
const startProcess = async (): Promise<ChildProcess> => {
  const child = spawn(process.execPath, ['infra/launch/bin/run.mjs', 'services/vps/src/main.ts'], { env: { ...process.env, ...env(), LOG_LEVEL: 'info' }, stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(() => { throw new Error('vps ended before it was ready'); });
  ended.catch(() => undefined);
  await Promise.race([ended, new Promise<void>(resolve => { lines.on('line', line => { if (line.includes('the doors are open')) resolve(); }); })]);
  return child;
};
const kill9 = async (child: ChildProcess): Promise<void> => {
  const gone9 = once(child, 'exit');
  child.kill('SIGKILL');
  await gone9;
  children.delete(child);
};
const children = new Set<ChildProcess>();

beforeAll(async () => {
  folder = await tempDir('xanthus-provisioning-');
  sandboxes = await startSandboxHost({ folder: folder.path, delay: 0 });
  control = await startControlApi(sandboxes, folder.path);
  await writeFile(join(folder.path, 'sandbox.json'), JSON.stringify({ control: { url: control.url, token: control.token } }));
  h = await startHetznerEmulator({ backing: backingOf(sandboxes) });
  ground = await startTestGround();
  vps = await start();
  provider = (await ground.asOwner(connectProvider, { input: { kind: 'hetzner', name: 'Shop', key: { value: h.token } } })).id;
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await vps?.stop();
  await ground?.stop();
  await h?.stop();
  await control?.stop();
  await sandboxes?.stop();
  await folder?.remove();
});

const wanted = (name: string, more: Partial<InputOf<typeof createServer>> = {}): InputOf<typeof createServer> => ({ provider, name, location: 'fsn1', type: 'cx23', ssh_port: PORT, time_zone: 'Europe/Berlin', ...more });
const create = async (name: string, more: Partial<InputOf<typeof createServer>> = {}): Promise<string> => (await ground.asOwner(createServer, { input: wanted(name, more) })).id;
const setUp = (id: string, fits: (row: SetUpRow) => boolean): Promise<SetUpRow> => eventually(async () => {
  const row = (await ground.views.get<SetUpRow>(`${TENANT}.setup.${id}`))?.data;
  return row && fits(row) ? row : undefined;
}, PATIENT);
const state = (id: string, wantedState: SetUpRow['state']): Promise<SetUpRow> => setUp(id, r => r.state === wantedState);
const gone = (id: string): Promise<unknown> => eventually(async () => await ground.views.get(`${TENANT}.servers.${id}`) === undefined && await ground.views.get(`${TENANT}.setup.${id}`) === undefined, PATIENT);
const secretsOf = async (id: string): Promise<string[]> => {
  const nc = await ground.as('vps');
  const info = (await nc.request('$JS.API.STREAM.INFO.KV_vault', JSON.stringify({ subjects_filter: `$KV.vault.${TENANT}.vps.>` }))).json<{ state: { subjects?: Record<string, number> } }>();
  const names = Object.keys(info.state.subjects ?? {}).filter(s => s.includes(id));
  const there = await Promise.all(names.map(async name => (await nc.request(`$JS.API.DIRECT.GET.KV_vault.${name}`)).data.length > 0));
  return names.filter((_, i) => there[i]);
};

describe('a new server', () => {
  it('is ordered, set up over real SSH with the host key that it was given, watched, and deleted with all that belongs to it', async () => {
    const key = await ground.asOwner(generateSshKey, { input: { name: 'laptop' } });
    const preview = await ground.asOwner(cloudInitPreview, { input: { name: 'web-1', location: 'fsn1', type: 'cx23', ssh_port: PORT, ssh_keys: [key.id] } });
    expect(preview.user_data).toContain(key.public_key.split(' ')[1]);
    expect(preview.user_data).not.toContain('PRIVATE KEY');

    const id = await create('web-1', { ssh_keys: [key.id] });
    const row = await state(id, 'finished');
    expect(row.steps.map(s => [s.name, s.state])).toEqual(SET_UP_STEPS.map(s => [s, 'done']));
    expect(row.log.join('\n')).toContain('== READY');
    // From the order to K3s, one course: the events of the process, and what it wrote about the server.
    const store = new JetStreamEventStore(await ground.as('vps'), 'vps');
    const { events } = await store.load({ tenant: TENANT, service: 'vps', aggregate: 'provisioning', id });
    expect(events.length).toBeGreaterThan(SET_UP_STEPS.length);
    expect(new Set(events.map(e => e.correlation_id)).size).toBe(1);
    const server = await ground.server(id, r => r.lifecycle === 'ready' && r.status === 'reachable' && r.facts?.k3s !== null);
    expect(server).toMatchObject({ name: 'web-1', provider: 'hetzner', provider_id: provider, location: 'fsn1', type: 'cx23', port: PORT });
    await eventually(async () => (await ground.views.get<MetricsSample>(`${TENANT}.metrics.${id}`))?.data, PATIENT);
    expect(h.servers()).toHaveLength(1);
    expect(h.servers()[0]?.labels).toEqual({ managed_by: 'xanthus', xanthus_tenant: TENANT, xanthus_server: id });
    expect(await secretsOf(id)).toHaveLength(2);

    const plan = await ground.asOwner(removalPlan, { id, input: {} });
    expect(plan).toMatchObject({ name: 'web-1', confirm: true, machine: { there: true, ref: server.provider_ref }, stops: [], unknown: [] });
    await expect(ground.asOwner(deleteServer, { id, input: {} })).rejects.toMatchObject({ code: 'SERVER.NAME_NOT_CONFIRMED' });
    await ground.asOwner(deleteServer, { id, input: { confirm_name: 'web-1' } });
    await gone(id);
    expect([h.servers(), h.sshKeys(), sandboxes.list(), await secretsOf(id)]).toEqual([[], [], [], []]);
  });

  it('goes on when vps is killed -9 in the middle, with the same machine, and the same command twice makes one', async () => {
    await vps.stop();
    const killed = await startProcess();
    const input = wanted('web-2');
    const ask = () => ground.asOwner(createServer, { input, idempotency_key: 'create-web-2' });
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(second).toEqual(first);
    await setUp(first.id, r => r.steps.some(s => s.name === 'boot' && s.state === 'done'));
    await kill9(killed);
    vps = await start();
    await state(first.id, 'finished');
    expect(await ask()).toEqual(first);
    expect(h.servers().map(s => s.name)).toEqual(['web-2']);
    await ground.server(first.id, r => r.lifecycle === 'ready');
    // done again: what is right already stays
    await eventually(() => ground.asOwner(installK3s, { id: first.id, input: {} }), PATIENT);
    expect((await setUp(first.id, r => r.kind === 'install' && r.state === 'finished')).steps).toHaveLength(6);
    await ground.asOwner(deleteServer, { id: first.id, input: { confirm_name: 'web-2' } });
    await gone(first.id);
  });

  it('is refused before anything is made when it can not be had, and says why', async () => {
    h.setStock('cx33', false, 'fsn1');
    await expect(create('web-3', { type: 'no-such' })).rejects.toMatchObject({ code: 'PROVIDER.UNKNOWN_TYPE' });
    await expect(create('web-3', { location: 'moon' })).rejects.toMatchObject({ code: 'PROVIDER.UNKNOWN_LOCATION' });
    await expect(create('web-3', { image: 'ms-dos' })).rejects.toMatchObject({ code: 'PROVIDER.UNKNOWN_IMAGE' });
    await expect(create('web-3', { ssh_keys: ['01jd3x8e2v5y9w4z7q6r1s0tkk'] })).rejects.toMatchObject({ code: 'SERVER.SSH_KEY_UNKNOWN' });
    await expect(create('web-3', { price: { currency: 'EUR', hourly: '0.0001', monthly: '0.10' } })).rejects.toMatchObject({ code: 'SERVER.PRICE_CHANGED', details: { price: { currency: 'EUR' } } });
    await expect(create('web-3', { provider: '01jd3x8e2v5y9w4z7q6r1s0tkk' })).rejects.toMatchObject({ code: 'PROVIDER.NOT_CONNECTED' });
    for (const time_zone of ['Mars/Base', 'Europe/Berlin_']) await expect(create('web-3', { time_zone })).rejects.toMatchObject({ code: 'SERVER.TIME_ZONE_UNKNOWN' });
    const ssh_keys = await Promise.all(Array.from({ length: 20 }, async (_, i) => (await ground.asOwner(importSshKey, { input: { name: `long-${i}`, public_key: generateKeyPair(`${'c'.repeat(1_700)}${i}`).publicKey } })).id));
    await expect(create('web-3', { ssh_keys })).rejects.toMatchObject({ code: 'SERVER.TOO_MANY_KEYS' });
    await expect(create('-x-')).rejects.toMatchObject({ code: 'INVALID' });
    expect(h.servers()).toEqual([]);
  });
});

describe('a server at the sandbox', () => {
  it('takes the same way, without a key and without money', async () => {
    const account = (await ground.asOwner(connectProvider, { input: { kind: 'sandbox', name: 'Sandbox' } })).id;
    const id = await create('play-1', { provider: account, location: 'here', type: 'sandbox-2' });
    await state(id, 'finished');
    expect(await ground.server(id, r => r.lifecycle === 'ready' && r.status === 'reachable')).toMatchObject({ provider: 'sandbox', host: expect.stringMatching(/^127\./), facts: { k3s: expect.any(String) } });
    await ground.asOwner(deleteServer, { id, input: { confirm_name: 'play-1' } });
    await gone(id);
    expect(sandboxes.list()).toEqual([]);
  });
});

describe('what fails at Hetzner', () => {
  it('is a clear state, tried again from its step, or cancelled without a trace', async () => {
    // sold out between the look and the order; the name is claimed meanwhile
    h.fail({ method: 'POST', path: /^\/servers$/, code: 'resource_unavailable', status: 412 });
    const id = await create('web-4');
    const failed = await state(id, 'failed');
    expect(failed).toMatchObject({ step: 'server', problem: { code: expect.stringMatching(/^PROVIDER\./), message: expect.stringMatching(/\w{3,}.*\./) }, next: ['retry', 'cancel'] });
    await ground.server(id, r => r.lifecycle === 'failed');
    await expect(create('web-4')).rejects.toMatchObject({ code: 'SERVER.NAME_TAKEN' });
    // the answer to the order is lost: it is found by its labels
    h.fail({ method: 'POST', path: /^\/servers$/, cut: 'after' });
    await ground.asOwner(retrySetUp, { id, input: {} });
    await setUp(id, r => r.steps.some(s => s.name === 'ssh' && s.state === 'done'));
    expect(h.servers()).toHaveLength(1);
    await ground.asOwner(cancelSetUp, { id, input: {} });
    await gone(id);
    expect([h.servers(), h.sshKeys(), sandboxes.list()]).toEqual([[], [], []]);
    // the name is free again, and a cancel may come at once
    const again = await eventually(() => create('web-4'), PATIENT);
    await ground.asOwner(cancelSetUp, { id: again, input: {} });
    await gone(again);
    expect(h.servers()).toEqual([]);
  });

  it('a key that is revoked half-way keeps the server listed until it is taken again', async () => {
    const id = await create('web-5');
    await setUp(id, r => r.steps.some(s => s.name === 'ssh' && s.state === 'done'));
    h.revoke(h.token);
    await ground.asOwner(deleteServer, { id, input: { confirm_name: 'web-5' } });
    expect(await state(id, 'removal-failed')).toMatchObject({ problem: { code: 'PROVIDER.KEY_REFUSED' }, next: ['delete'] });
    await ground.server(id, r => r.lifecycle === 'removal-failed');
    expect(h.servers()).toHaveLength(1);
    h.restore(h.token);
    await ground.asOwner(checkProvider, { id: provider, input: {} });
    await ground.asOwner(deleteServer, { id, input: { confirm_name: 'web-5' } });
    await gone(id);
    expect([h.servers(), h.sshKeys()]).toEqual([[], []]);
  });
});
