import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningService } from '@xanthus/nest';
import type { InputOf } from '@xanthus/proto';
import { acceptHostKey, adoptSandbox, adoptServer, deleteServer, generateSshKey, importSshKey, removeSshKey, renameServer, sandboxInfo, testConnection, vpsCommands, type MetricsSample } from '@xanthus/proto/vps';
import { eventually, freePort, startProxy, startSshd, tempDir, type TempDir, type TestSshd, readStored } from '@xanthus/testing';
import { startVps } from './index.js';
import { startTestGround, TENANT, type TestGround } from './vps.fixtures.js';

type Adopt = InputOf<typeof adoptServer>;

let ground: TestGround;
let vps: RunningService;
let sshd: TestSshd;
let folder: TempDir;
const servers: Server[] = [];
const listening = async (server: Server): Promise<number> => {
  servers.push(server);
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
  return (server.address() as AddressInfo).port;
};
const env = (): Record<string, string> => ({ ...ground.env('vps'), XANTHUS_SSH_ALLOW: 'loopback', XANTHUS_METRICS_INTERVAL_MS: '200', XANTHUS_SANDBOX_FILE: join(folder.path, 'sandbox.json') });
let count = 0;
const target = (more: Partial<Adopt> = {}): Adopt => ({
  name: `web-${++count}`, host: '127.0.0.1', port: sshd.port, user: sshd.user, auth: { private_key: sshd.privateKey }, host_key: sshd.hostKey.fingerprint, ...more,
});
const adopt = (more: Partial<Adopt> = {}, key?: string) => ground.asOwner(adoptServer, { input: target(more), ...(key === undefined ? {} : { idempotency_key: key }) });
const remove = (id: string) => ground.asOwner(deleteServer, { id, input: {} });

beforeAll(async () => {
  // One after the other: what has started is stopped even if the next does not start.
  folder = await tempDir('xanthus-sandbox-');
  sshd = await startSshd();
  ground = await startTestGround();
  vps = await startVps(env());
});
afterAll(async () => {
  for (const s of servers) s.close();
  await vps?.stop();
  await ground?.stop();
  await sshd?.stop();
  await folder?.remove();
});

describe('test-connection', () => {
  const test = (more: Partial<Adopt> = {}) => ground.asOwner(testConnection, { input: target(more) });
  const statuses = (r: { stages: { name: string; status: string }[] }) => Object.fromEntries(r.stages.map(s => [s.name, s.status]));

  it('answers each stage with its time, and tells each as a signal', async () => {
    const told: string[] = [];
    const sub = (await ground.as('gateway')).subscribe(`sig.${TENANT}.vps.server.*.test-connection`, { callback: (_e, m) => { told.push(m.json<{ stage: { name: string } }>().stage.name); } });
    const result = await test();
    expect(result.stages.map(s => s.name)).toEqual(['resolve', 'connect', 'host_key', 'auth', 'sudo', 'os', 'k3s', 'helm']);
    expect(statuses(result)).toMatchObject({ resolve: 'passed', connect: 'passed', host_key: 'passed', auth: 'passed', os: 'passed' });
    expect(result.stages.every(s => s.ms >= 0)).toBe(true);
    expect(result.host_key).toEqual(sshd.hostKey);
    await eventually(() => told.length === 8);
    sub.unsubscribe();
  });

  it('shows an unconfirmed host key and goes on only with a key', async () => {
    const { host_key: _, ...bare } = target();
    const withKey = await ground.asOwner(testConnection, { input: bare });
    expect(statuses(withKey)).toMatchObject({ host_key: 'warning', auth: 'passed' });
    expect(withKey.host_key).toEqual(sshd.hostKey);
    const withPassword = await ground.asOwner(testConnection, { input: { ...bare, auth: { password: 'secret' } } });
    expect(statuses(withPassword)).toMatchObject({ host_key: 'warning', auth: 'skipped', helm: 'skipped' });
    expect(withPassword.host_key).toEqual(sshd.hostKey);
  });

  it.each<[string, () => Promise<Partial<Adopt>>, string, string]>([
    ['a wrong key', async () => ({ auth: { private_key: (await startKey()).privateKey } }), 'auth', 'SERVER.AUTH_FAILED'],
    ['an unreadable key', async () => ({ auth: { private_key: 'nonsense' } }), 'auth', 'SERVER.KEY_UNREADABLE'],
    ['a closed port', async () => ({ port: await freePort() }), 'connect', 'SERVER.REFUSED'],
    ['a port that talks HTTP', async () => ({ port: await listening(createHttpServer((_q, r) => r.end())) }), 'host_key', 'SERVER.NOT_SSH'],
    ['a host key of another machine', async () => ({ host_key: `SHA256:${'a'.repeat(43)}` }), 'host_key', 'SERVER.HOST_KEY_CHANGED'],
    ['a metadata address', async () => ({ host: '169.254.169.254' }), 'resolve', 'SERVER.ADDRESS_FORBIDDEN'],
    ['our own NATS', async () => ({ port: ground.nats.port }), 'resolve', 'SERVER.ADDRESS_FORBIDDEN'],
    ['a name that is none', async () => ({ host: 'no-such-host.invalid' }), 'resolve', 'SERVER.UNRESOLVED'],
  ])('says what is wrong with %s', async (_name, more, stage, code) => {
    const { stages } = await test(await more());
    expect(stages.find(s => s.status === 'failed')).toMatchObject({ name: stage, code });
    expect(stages.slice(stages.findIndex(s => s.status === 'failed') + 1).every(s => s.status === 'skipped')).toBe(true);
  });

  it('gives up on a port that accepts and hangs, within its time', async () => {
    const port = await listening(createServer(s => { s.on('error', () => undefined); s.resume(); }));
    const { stages } = await test({ port });
    expect(stages.find(s => s.status === 'failed')).toMatchObject({ name: 'host_key', code: 'SERVER.TIMEOUT' });
  });
});

const startKey = async () => (await import('@xanthus/ssh')).generateKeyPair('x');

describe('adopt', () => {
  it('is refused until the host key is confirmed, with the fingerprint', async () => {
    const { host_key: _, ...bare } = target();
    await expect(ground.asOwner(adoptServer, { input: bare })).rejects.toMatchObject({ code: 'SERVER.HOST_KEY_UNCONFIRMED', details: { host_key: sshd.hostKey } });
  });

  it('leads to facts and live metrics, and remove ends them', async () => {
    const samples: MetricsSample[] = [];
    const sub = (await ground.as('gateway')).subscribe(`sig.${TENANT}.vps.server.*.metrics`, { callback: (_e, m) => { samples.push(m.json<MetricsSample>()); } });
    const { id } = await adopt();
    const row = await ground.server(id, r => r.status === 'reachable' && r.facts !== null);
    expect(row.facts).toMatchObject({ architecture: expect.any(String), cpus: expect.any(Number) });
    expect(row.facts?.memory_bytes).toBeGreaterThan(0);
    expect(row.adopted_by.kind).toBe('person');
    await eventually(() => samples.length >= 2);
    const last = await eventually(async () => (await ground.views.get<MetricsSample>(`${TENANT}.metrics.${id}`))?.data);
    expect(last.uptime_seconds).toBeGreaterThan(0);
    const series = (await (await ground.as('vps')).request('$JS.API.STREAM.INFO.VPS_METRICS', JSON.stringify({ subjects_filter: `met.${TENANT}.vps.${id}` }))).json<{ state: { subjects?: Record<string, number> } }>();
    expect(series.state.subjects?.[`met.${TENANT}.vps.${id}`]).toBeGreaterThan(0);
    await remove(id);
    await eventually(async () => await ground.views.get(`${TENANT}.servers.${id}`) === undefined && await ground.views.get(`${TENANT}.metrics.${id}`) === undefined);
    await expect(remove(id)).rejects.toMatchObject({ code: 'SERVER.NOT_FOUND' });
    sub.unsubscribe();
  });

  it('uses one connection per server', async () => {
    const proxy = await startProxy(sshd.port);
    const { id } = await adopt({ port: proxy.port });
    await ground.server(id, r => r.facts !== null);
    const logins = (): number => sshd.log().split('Accepted publickey').length - 1;
    const before = logins();
    const at = (await ground.views.get<MetricsSample>(`${TENANT}.metrics.${id}`))?.data.at;
    await eventually(async () => (await ground.views.get<MetricsSample>(`${TENANT}.metrics.${id}`))?.data.at !== at);
    expect(logins()).toBe(before);
    await remove(id);
    await proxy.stop();
  });

  it('answers a retry with the same key from the first, without a second server', async () => {
    const input = target();
    const ask = () => ground.asOwner(adoptServer, { input, idempotency_key: 'adopt-once' });
    const first = await ask();
    expect(await ask()).toEqual(first);
    await remove(first.id);
  });

  it('takes no name twice, and frees it again', async () => {
    const { id } = await adopt({ name: 'unique-name' });
    await expect(adopt({ name: 'Unique-Name' })).rejects.toMatchObject({ code: 'SERVER.NAME_TAKEN' });
    await ground.asOwner(renameServer, { id, input: { name: 'other-name' } });
    const second = await eventually(() => adopt({ name: 'unique-name' }));
    await expect(ground.asOwner(renameServer, { id: second.id, input: { name: 'other-name' } })).rejects.toMatchObject({ code: 'SERVER.NAME_TAKEN' });
    await Promise.all([remove(id), remove(second.id)]);
    await remove((await eventually(() => adopt({ name: 'other-name' }))).id);
  });

  it('refuses what cannot be reached', async () => {
    await expect(adopt({ port: await freePort() })).rejects.toMatchObject({ code: 'SERVER.REFUSED' });
    await expect(adopt({ auth: { private_key: (await startKey()).privateKey } })).rejects.toMatchObject({ code: 'SERVER.AUTH_FAILED' });
    await expect(adopt({ auth: { ssh_key: 'nobody' } })).rejects.toMatchObject({ code: 'SERVER.SSH_KEY_UNKNOWN' });
  });
});

describe('an unreachable server', () => {
  it('is a state with its reason, and recovers by itself', async () => {
    const proxy = await startProxy(sshd.port);
    const { id } = await adopt({ port: proxy.port });
    await ground.server(id, r => r.status === 'reachable');
    proxy.cut();
    const row = await ground.server(id, r => r.status === 'unreachable');
    expect(row.reason?.code).toMatch(/^SERVER\.(DISCONNECTED|REFUSED|NOT_SSH)$/);
    proxy.heal();
    await ground.server(id, r => r.status === 'reachable' && r.reason === null);
    await remove(id);
    await proxy.stop();
  });
});

describe('SSH keys', () => {
  it('are generated, used to adopt, and kept while in use', async () => {
    const key = await ground.asOwner(generateSshKey, { input: { name: 'deploy' }, idempotency_key: 'key-1' });
    expect(await ground.asOwner(generateSshKey, { input: { name: 'deploy' }, idempotency_key: 'key-1' })).toEqual(key);
    const host = await startSshd({ authorizedKeys: [key.public_key] });
    const { id } = await adopt({ port: host.port, host_key: host.hostKey.fingerprint, auth: { ssh_key: key.id } });
    await ground.server(id, r => r.status === 'reachable');
    await expect(ground.asOwner(removeSshKey, { id: key.id, input: {} })).rejects.toMatchObject({ code: 'SSH_KEY.IN_USE' });
    await remove(id);
    await eventually(() => ground.asOwner(removeSshKey, { id: key.id, input: {} }));
    await eventually(() => ground.asOwner(generateSshKey, { input: { name: 'deploy' } }));
    await host.stop();
  });

  it('are imported by their public half only', async () => {
    const { publicKey, privateKey } = await startKey();
    const kept = await ground.asOwner(importSshKey, { input: { name: 'laptop', public_key: publicKey } });
    await expect(ground.asOwner(importSshKey, { input: { name: 'laptop', public_key: publicKey } })).rejects.toMatchObject({ code: 'SSH_KEY.NAME_TAKEN' });
    await expect(ground.asOwner(importSshKey, { input: { name: 'secret', public_key: privateKey } })).rejects.toMatchObject({ code: 'SSH_KEY.UNREADABLE' });
    // Somebody saw it otherwise than it is: nothing is done.
    await expect(ground.asOwner(removeSshKey, { id: kept.id, input: {}, expected_seq: kept.seq - 1 })).rejects.toMatchObject({ code: 'COMMAND.CHANGED', details: { expected: kept.seq - 1, current: kept.seq } });
    await ground.asOwner(removeSshKey, { id: kept.id, input: {}, expected_seq: kept.seq });
  });
});

describe('the sandbox', () => {
  it('is offered when there is one, and adopted with one click', async () => {
    expect(await ground.asOwner(sandboxInfo, { input: {} })).toMatchObject({ available: false, adopted: null });
    await expect(ground.asOwner(adoptSandbox, { input: {} })).rejects.toMatchObject({ code: 'SERVER.NO_SANDBOX' });
    const keyFile = join(folder.path, 'id');
    await writeFile(keyFile, sshd.privateKey);
    await writeFile(join(folder.path, 'sandbox.json'), JSON.stringify({ host: '127.0.0.1', port: sshd.port, user: sshd.user, private_key_file: keyFile, host_key: sshd.hostKey, isolation: 'none' }));
    const { id } = await ground.asOwner(adoptSandbox, { input: {} });
    expect(await ground.server(id, r => r.status === 'reachable')).toMatchObject({ name: 'sandbox', provider: 'sandbox' });
    expect(await ground.asOwner(sandboxInfo, { input: {} })).toEqual({ available: true, adopted: id });
    await remove(id);
  });
});

describe('a changed host key', () => {
  it('blocks the server until a person accepts it', async () => {
    const host = await startSshd();
    const { id } = await adopt({ port: host.port, host_key: host.hostKey.fingerprint, auth: { private_key: host.privateKey } });
    await ground.server(id, r => r.status === 'reachable');
    const presented = await host.swapHostKey();
    const row = await ground.server(id, r => r.status === 'blocked');
    expect(row.presented_host_key).toEqual(presented);
    await expect(ground.asOwner(acceptHostKey, { id, input: { fingerprint: row.host_key.fingerprint } })).rejects.toMatchObject({ code: 'SERVER.FINGERPRINT_MISMATCH' });
    await ground.asOwner(acceptHostKey, { id, input: { fingerprint: presented.fingerprint } });
    expect(await ground.server(id, r => r.status === 'reachable')).toMatchObject({ host_key: presented, presented_host_key: null, reason: null });
    await remove(id);
    await host.stop();
  });
});

describe('hostile input', () => {
  const NASTY = ['; id', '$(id)', '`id`', '| cat', '& id', 'a\nb', 'a\0b', '-oProxyCommand=id', '../../etc/passwd', '\'', '"', '😀', ''];
  type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
  /** The input with each of its strings replaced by each nasty one. */
  const variants = (value: Json): Json[] => {
    if (typeof value === 'string') return NASTY;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
    return Object.entries(value).flatMap(([key, part]) => variants(part).map(v => ({ ...value, [key]: v })));
  };

  // What only services may ask is refused to persons before it is read.
  it.each(Object.entries(vpsCommands).filter(([, contract]) => !('services' in contract)))('%s: is refused with a code, in every string of the input', async (_name, contract) => {
    const base: Json = 'host' in contract.example ? { ...target(), auth: contract === testConnection ? { password: 'x' } : { private_key: 'x', passphrase: 'x' } } : contract.example;
    for (const input of variants(base)) {
      const answer = await ground.asOwner(contract, { id: '01jd3x8e2v5y9w4z7q6r1s0tab', input } as never).then(
        r => ('stages' in r ? { code: (r as { stages: { code?: string }[] }).stages.find(s => s.code)?.code } : r), (error: { code?: string }) => error);
      expect({ input, code: (answer as { code?: string }).code }).toEqual({ input, code: expect.stringMatching(/^(INVALID|[A-Z_]+\.[A-Z_]+)$/) });
    }
  });
});

describe('a secret', () => {
  it('is in no event, view, answer or file in clear text', async () => {
    const canary = `canary-${randomBytes(9).toString('hex')}`;
    const refused: unknown = await adopt({ auth: { password: canary } }).catch((error: unknown) => error);
    expect(JSON.stringify(refused)).not.toContain(canary);
    const { id } = await adopt();
    await ground.server(id, r => r.status === 'reachable');
    const key = sshd.privateKey.split('\n')[2] ?? '';
    expect(key.length).toBeGreaterThan(30);
    const nc = await ground.as('vps');
    const raw = (await nc.request(`$JS.API.DIRECT.GET.KV_vault.$KV.vault.${TENANT}.vps.server-${id}`)).string();
    expect(raw.length).toBeGreaterThan(400);
    for (const secret of [canary, key]) {
      expect(raw).not.toContain(secret);
      expect(JSON.stringify(await ground.views.list(TENANT, 'servers'))).not.toContain(secret);
      for (const file of (await readdir(ground.nats.storeDir, { recursive: true, withFileTypes: true })).filter(f => f.isFile())) {
        expect((await readStored(join(file.parentPath, file.name))).includes(secret)).toBe(false);
      }
    }
    await remove(id);
    await eventually(async () => (await nc.request(`$JS.API.DIRECT.GET.KV_vault.$KV.vault.${TENANT}.vps.server-${id}`)).data.length === 0);
  });
});

describe('kill -9 of NATS', () => {
  it('in the middle of an adoption: it goes on or says that it failed', async () => {
    const input = target();
    const key = 'adopt-through-a-crash';
    const answer = ground.asOwner(adoptServer, { input, idempotency_key: key, timeout: 3_000 }).then(r => r.id, (error: { code?: string }) => error.code ?? String(error));
    await ground.nats.kill9();
    await ground.nats.restart();
    expect(await answer).toMatch(/^[0-9a-z]{26}$|^(TIMEOUT|UNAVAILABLE|NO_RESPONDERS|INTERNAL)$/);
    const { id } = await eventually(() => ground.asOwner(adoptServer, { input, idempotency_key: key, timeout: 3_000 }), { every: 200 });
    await ground.server(id, r => r.status === 'reachable');
    expect((await ground.views.list(TENANT, 'servers')).filter(s => s.id === id)).toHaveLength(1);
    await remove(id);
  });
});
