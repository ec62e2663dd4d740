/** The life of an adopted server over a real sshd; systemd, journal and K3s are stand-ins of `programs.fixture.ts`. */
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningService } from '@xanthus/nest';
import type { DataOf, InputOf } from '@xanthus/proto';
import {
  addServerKey, adoptServer, applyManifest, deleteServer, followLogs, generateSshKey, logSignal, powerOffServer, readKubeconfig, rebootServer, rebuildServer, removeServerKey, serverInfo, serverKeys, serverLogs, serverSnapshots,
  serverStatus, setTimeZone, shutdownServer, sshHosts, stopLogs, timeZones,
} from '@xanthus/proto/vps';
import { eventually, startPasswordSshd, startProxy, startSshd, tempDir, type TempDir, type TestSshd, readStored } from '@xanthus/testing';
import { generateKeyPair } from '@xanthus/ssh';
import { startVps } from '../index.js';
import type { OperationsRow } from '../views/operations.js';
import { startTestGround, TENANT, type TestGround } from '../vps.fixtures.js';
import { installPrograms, type Programs } from './programs.fixture.js';

let ground: TestGround;
let vps: RunningService;
let sshd: TestSshd;
let folder: TempDir;
let programs: Programs;
let id: string;
const LONG = { timeout: 60_000, every: 100 };
const env = (): Record<string, string> => ({ ...ground.env('vps'), XANTHUS_SSH_ALLOW: 'loopback', XANTHUS_METRICS_INTERVAL_MS: '200', XANTHUS_SSH_CONFIG: join(folder.path, 'ssh_config'), XANTHUS_SSH_CONFIG_TENANT: TENANT });
const adopt = async (port: number, name: string, more: Partial<InputOf<typeof adoptServer>> = {}): Promise<string> =>
  (await ground.asOwner(adoptServer, { input: { name, host: '127.0.0.1', port, user: sshd.user, auth: { private_key: sshd.privateKey }, host_key: sshd.hostKey.fingerprint, ...more } })).id;
const eventsOf = async (server: string): Promise<{ type: string; data: Record<string, unknown> }[]> => {
  const nc = await ground.as('vps');
  const subject = `evt.${TENANT}.vps.server.${server}`;
  const found: { type: string; data: Record<string, unknown> }[] = [];
  for (let seq = 1; ;) {
    const m = await nc.request('$JS.API.DIRECT.GET.VPS', JSON.stringify({ next_by_subj: subject, seq }));
    if (m.headers?.code === 404 || m.data.length === 0) return found;
    found.push(m.json());
    seq = Number(m.headers?.get('Nats-Sequence')) + 1;
  }
};
const lastOf = async (server: string, type: string): Promise<Record<string, unknown> | undefined> => (await eventsOf(server)).findLast(e => e.type === type)?.data;
const operation = (server: string, op: string, state: string) => eventually(async () => {
  const item = (await ground.views.get<OperationsRow>(`${TENANT}.operations.${server}`))?.data.items.find(i => i.id === op);
  return item?.state === state ? item : undefined;
}, { every: 50 });

beforeAll(async () => {
  folder = await tempDir('xanthus-life-');
  programs = await installPrograms(folder.path);
  sshd = await startSshd({ env: { PATH: programs.path } });
  ground = await startTestGround();
  vps = await startVps(env());
  id = await adopt(sshd.port, 'web-1');
  await ground.server(id, r => r.status === 'reachable' && r.facts !== null);
});
afterAll(async () => {
  await vps?.stop();
  await ground?.stop();
  await sshd?.stop();
  await folder?.remove();
});

describe('a server that is asked', () => {
  it('tells how it is, and says so when it cannot be reached', async () => {
    const proxy = await startProxy(sshd.port);
    const other = await adopt(proxy.port, 'away-1');
    const now = await ground.asOwner(serverStatus, { id: other, input: {} });
    expect(now).toMatchObject({ reachable: true, reason: null, power: 'running', setup: null, k3s: { installed: true, active: true, version: 'v1.31.1+k3s1' }, services: [{ name: 'k3s', state: 'active' }] });
    expect(now.uptime_seconds).toBeGreaterThan(0);
    expect(now.load).toHaveLength(3);
    expect(now.memory?.total_bytes).toBeGreaterThan(0);
    expect(now.disk?.total_bytes).toBeGreaterThan(0);
    await proxy.stop();
    await ground.server(other, r => r.status === 'unreachable');
    for (const question of [serverStatus, serverInfo, serverLogs, serverKeys]) expect(await ground.asOwner(question, { id: other, input: {} as never })).toMatchObject({ reachable: false, reason: { code: 'SERVER.REFUSED' } });
    await ground.asOwner(deleteServer, { id: other, input: {} });
    await expect(ground.asOwner(serverStatus, { id: other, input: {} })).rejects.toMatchObject({ code: 'SERVER.NOT_FOUND' });
  });

  it('tells its time zone and clock', async () => {
    const about = await ground.asOwner(serverInfo, { id, input: {} });
    expect(about).toMatchObject({ reachable: true, time_zone: 'Etc/UTC', notes: null });
    expect(Math.abs(about.clock_offset_ms ?? Number.NaN)).toBeLessThan(60_000);
    expect((await ground.asOwner(timeZones, { id: 'all', input: {} })).items).toContainEqual({ name: 'Etc/UTC', offset_minutes: 0 });
    expect(await ground.asOwner(serverSnapshots, { id, input: {} })).toEqual({ supported: false, items: [] });
  });

  it('shows its log: Latin-1, control characters, a line of 10 MB', async () => {
    await programs.write('journal', Buffer.concat([
      Buffer.from('an old line\n'.repeat(150)), Buffer.from('gr\xfc\xdfe aus K\xf6ln\n', 'latin1'), Buffer.from('\u001b[31mred\u202e\u0007\n'), Buffer.alloc(10 * 1024 * 1024, 'x'), Buffer.from('\nthe end ✓\n'),
    ]));
    const { lines, truncated } = await ground.asOwner(serverLogs, { id, input: { source: 'k3s', lines: 100 } });
    expect(lines).toHaveLength(100);
    expect(truncated).toBe(true);
    const [latin, control, long, end] = lines.slice(-4);
    expect([latin, control, end]).toEqual(['grüße aus Köln', '␛[31mred�␇', 'the end ✓']);
    expect(long).toMatch(/^x{8192} … \[cut, 10477568 more bytes\]$/);
    expect(await programs.read('journalctl.args')).toContain('--unit=k3s --lines=100');
    await expect(ground.asOwner(serverLogs, { id, input: { source: 'k3s', lines: 5_000 } })).rejects.toMatchObject({ code: 'INVALID' });
  });
});

describe('a log that is followed', () => {
  it('comes as it is written, is held to a rate, and ends with the last follower', async () => {
    await programs.write('journal', 'before\n');
    const said: DataOf<typeof logSignal>[] = [];
    const sub = (await ground.as('gateway')).subscribe(`sig.${TENANT}.vps.server.${id}.log`, { callback: (_e, m) => { said.push(m.json()); } });
    const lines = (): string[] => said.flatMap(s => s.lines);
    const append = (text: string): Promise<void> => appendFile(join(folder.path, 'journal'), text);
    const before = (await programs.read('journalctl.args')).split('--follow').length;
    const [one, two] = [await ground.asOwner(followLogs, { id, input: { source: 'system' } }), await ground.asOwner(followLogs, { id, input: { source: 'system' } })];
    expect(one.follower).not.toBe(two.follower);
    await eventually(async () => { await append('tick\n'); return lines().includes('tick'); }, LONG);
    expect(lines()).not.toContain('before');
    expect((await programs.read('journalctl.args')).split('--follow')).toHaveLength(before + 1);

    await append(`${'a flood of log lines that goes on\n'.repeat(60_000)}the very end\n`);
    await eventually(() => said.some(s => s.dropped > 0), LONG);
    for (const s of said) expect(JSON.stringify(s).length).toBeLessThan(128 * 1024);

    await ground.asOwner(stopLogs, { id, input: { source: 'system', follower: one.follower } });
    await eventually(async () => { await append('still\n'); return lines().includes('still'); }, LONG);
    await ground.asOwner(stopLogs, { id, input: { source: 'system', follower: two.follower } });
    await eventually(async () => !(await running(`tail -n 0 -F ${folder.path}/journal`)), LONG);
    sub.unsubscribe();
  });

  it('ends when nobody asks again, and says why it ends by itself', async () => {
    const begun = async (): Promise<number> => (await programs.read('journalctl.args')).split('--follow').length;
    const before = await begun();
    await eventually(async () => {
      if (await begun() > before) return true;
      await ground.views.putSample(`_follows.${TENANT}.${id}.system.01jd3x8e2v5y9w4z7q6r1s0tab`, { until: Date.now() + 2_000 });
      return false;
    }, { ...LONG, every: 500 });
    await eventually(async () => !(await running(`tail -n 0 -F ${folder.path}/journal`)), LONG);
    await programs.write('journal-broken', '');
    const said: DataOf<typeof logSignal>[] = [];
    const sub = (await ground.as('gateway')).subscribe(`sig.${TENANT}.vps.server.${id}.log`, { callback: (_e, m) => { said.push(m.json()); } });
    await ground.asOwner(followLogs, { id, input: { source: 'k3s' } });
    await eventually(() => said.some(s => s.ended?.message.includes('No access to the journal')), LONG);
    expect(await ground.asOwner(serverLogs, { id, input: { source: 'k3s' } })).toMatchObject({ reachable: true, lines: [], reason: { code: 'SERVER.COMMAND_FAILED', message: expect.stringContaining('No access') } });
    await programs.remove('journal-broken');
    sub.unsubscribe();
  });
});

/** Does such a program run on the machine? */
const running = async (line: string): Promise<boolean> => {
  const all = await Promise.all((await readdir('/proc')).filter(p => /^\d+$/.test(p)).map(p => readFile(`/proc/${p}/cmdline`, 'utf8').catch(() => '')));
  return all.some(c => c.replaceAll('\0', ' ').trim() === line);
};

describe('the time zone', () => {
  it('is set, with what it was before; an unknown one and a failure are said', async () => {
    await ground.asOwner(setTimeZone, { id, input: { time_zone: 'Europe/Berlin' } });
    expect(await programs.read('zone')).toBe('Europe/Berlin\n');
    expect(await lastOf(id, 'TimeZoneSet')).toEqual({ from: 'Etc/UTC', to: 'Europe/Berlin' });
    await ground.server(id, r => r.time_zone === 'Europe/Berlin');
    await expect(ground.asOwner(setTimeZone, { id, input: { time_zone: 'Europe/Atlantis' } })).rejects.toMatchObject({ code: 'SERVER.TIME_ZONE_UNKNOWN' });
    await programs.write('zone-broken', '');
    await expect(ground.asOwner(setTimeZone, { id, input: { time_zone: 'Asia/Tokyo' } })).rejects.toMatchObject({ code: 'SERVER.COMMAND_FAILED', message: expect.stringContaining('Access denied') });
  });
});

describe('the kubeconfig', () => {
  it('has the address of the server and no program in it, and each reading is an event that does not hold it', async () => {
    const { kubeconfig, server } = await ground.asOwner(readKubeconfig, { id, input: {} });
    expect(server).toBe('https://127.0.0.1:6443');
    expect(kubeconfig).toContain('client-key-data: a2V5LWNhbmFyeQ==');
    expect(kubeconfig).toContain('current-context: web-1');
    expect(kubeconfig).not.toMatch(/evil|exec/);
    await ground.asOwner(readKubeconfig, { id, input: {} });
    expect((await eventsOf(id)).filter(e => e.type === 'KubeconfigRead')).toHaveLength(2);
    expect(JSON.stringify(await eventsOf(id))).not.toContain('a2V5LWNhbmFyeQ');
  });
});

describe('a manifest', () => {
  const object = (name: string, data = 'a: b'): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  ${data}\n`;
  const apply = (input: InputOf<typeof applyManifest>) => ground.asOwner(applyManifest, { id, input });

  it('is refused before anything is sent where the text tells it', async () => {
    await programs.write('kubectl.args', '');
    await expect(apply({ yaml: 'a: [1,' })).rejects.toMatchObject({ code: 'MANIFEST.UNREADABLE', details: { document: 1, line: expect.any(Number) } });
    await expect(apply({ yaml: '---\n---\n' })).rejects.toMatchObject({ code: 'MANIFEST.EMPTY' });
    await expect(apply({ yaml: object('x'), dry_run: false })).rejects.toMatchObject({ code: 'MANIFEST.NOT_PLANNED' });
    expect(await programs.read('kubectl.args')).toBe('');
  });

  it('is tried first, then applied exactly as it was shown', async () => {
    await programs.write('there', 'old\nsame\n');
    await programs.write('changed', 'old\n');
    const yaml = [object('new'), object('old'), object('same')].join('---\n');
    const shown = await apply({ yaml });
    expect(shown).toMatchObject({ applied: false, objects: [{ name: 'new', outcome: 'created' }, { name: 'old', outcome: 'configured' }, { name: 'same', outcome: 'unchanged' }] });
    expect(shown.diff).toContain('␛[31mred');
    expect(await lastOf(id, 'ManifestApplied')).toBeUndefined();
    await expect(apply({ yaml: `${yaml}# other text\n`, dry_run: false, plan: shown.plan })).rejects.toMatchObject({ code: 'MANIFEST.PLAN_CHANGED' });
    await programs.write('there', 'old\nsame\nnew\n');
    await expect(apply({ yaml, dry_run: false, plan: shown.plan })).rejects.toMatchObject({ code: 'MANIFEST.PLAN_CHANGED' });
    await programs.write('there', 'old\nsame\n');
    expect(await apply({ yaml, dry_run: false, plan: shown.plan })).toMatchObject({ applied: true, objects: [{ outcome: 'created' }, { outcome: 'configured' }, { outcome: 'unchanged' }] });
    expect(await programs.read('there')).toBe('old\nsame\nnew\nold\nsame\n');
    expect(await lastOf(id, 'ManifestApplied')).toEqual({ kinds: ['ConfigMap'], names: ['ConfigMap/new', 'ConfigMap/old', 'ConfigMap/same'], sha256: shown.sha256, refused: 0 });
    expect(await programs.read('kubectl.args')).toMatch(/^apply --server-side --field-manager=xanthus --dry-run=server --request-timeout=10s -f -$/m);
  });

  it('that the cluster refuses says which object and why, and is not applied', async () => {
    const yaml = [object('good'), object('bad')].join('---\n');
    const shown = await apply({ yaml });
    expect(shown.objects).toMatchObject([{ name: 'good', outcome: 'created' }, { name: 'bad', outcome: 'refused', message: expect.stringContaining('too strange') }]);
    await expect(apply({ yaml, dry_run: false, plan: shown.plan })).rejects.toMatchObject({ code: 'MANIFEST.REFUSED', message: expect.stringContaining('too strange') });
    expect(await programs.read('there')).not.toContain('good');
  });

  it('leaves its secrets in no event and in no list of processes', async () => {
    const canary = 'canary-manifest-4711';
    const yaml = object('hidden', `password: ${canary}`);
    const { plan } = await apply({ yaml });
    await apply({ yaml, dry_run: false, plan });
    expect(await programs.read('kubectl.stdin')).toContain(canary);
    expect(JSON.stringify(await eventsOf(id))).not.toContain(canary);
    expect(await programs.read('kubectl.args')).not.toContain(canary);
  });
});

describe('keys that may log in', () => {
  it('are listed, added and taken out, but never our own', async () => {
    const ours = sshd.publicKey.trim();
    await ground.asOwner(addServerKey, { id, input: { public_key: ours } });
    const { id: key, fingerprint } = await ground.asOwner(generateSshKey, { input: { name: 'deploy' } });
    await eventually(async () => (await ground.views.list(TENANT, 'ssh-keys')).some(k => k.id === key));
    expect(await ground.asOwner(addServerKey, { id, input: { ssh_key: key } })).toMatchObject({ fingerprint });
    await ground.asOwner(addServerKey, { id, input: { ssh_key: key } });
    const file = join(sshd.home, '.ssh', 'authorized_keys');
    expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(2);
    const { items } = await ground.asOwner(serverKeys, { id, input: {} });
    expect(items).toMatchObject([{ in_use: true, ssh_key: null, restricted: false }, { in_use: false, ssh_key: key, fingerprint, comment: 'deploy' }]);
    const mine = items[0]?.fingerprint ?? '';
    await expect(ground.asOwner(removeServerKey, { id, input: { fingerprint: mine } })).rejects.toMatchObject({ code: 'SERVER.KEY_IN_USE' });
    await ground.asOwner(removeServerKey, { id, input: { fingerprint } });
    expect((await readFile(file, 'utf8')).trim()).toBe(ours);
    await expect(ground.asOwner(removeServerKey, { id, input: { fingerprint } })).rejects.toMatchObject({ code: 'SERVER.KEY_NOT_THERE' });
    expect(await lastOf(id, 'AuthorizedKeyRemoved')).toEqual({ fingerprint, comment: 'deploy' });
    await expect(ground.asOwner(addServerKey, { id, input: { public_key: 'command="id" ssh-ed25519 AAAA' } })).rejects.toMatchObject({ code: 'SSH_KEY.UNREADABLE' });
    await expect(ground.asOwner(addServerKey, { id, input: { ssh_key: generateKeyPair('x').fingerprint } })).rejects.toMatchObject({ code: 'SSH_KEY.NOT_FOUND' });
  });
});

describe('power without a provider', () => {
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let server: string;
  beforeAll(async () => {
    proxy = await startProxy(sshd.port);
    server = await adopt(proxy.port, 'bare-1');
    await ground.server(server, r => r.facts !== null);
  });

  it('is what the machine does by itself; the rest is refused with the reason', async () => {
    await expect(ground.asOwner(powerOffServer, { id: server, input: {} })).rejects.toMatchObject({ code: 'SERVER.NOT_SUPPORTED' });
    await expect(ground.asOwner(rebuildServer, { id: server, input: { image: 'ubuntu', confirm_name: 'bare-1' } })).rejects.toMatchObject({ code: 'SERVER.NOT_SUPPORTED' });
  });

  it('reboots: one thing at a time, over a restart of the service, until another boot answers', async () => {
    const key = 'reboot-once';
    const first = await ground.asOwner(rebootServer, { id: server, input: {}, idempotency_key: key });
    expect((await ground.asOwner(rebootServer, { id: server, input: {}, idempotency_key: key })).operation).toBe(first.operation);
    await expect(ground.asOwner(rebootServer, { id: server, input: {} })).rejects.toMatchObject({ code: 'SERVER.BUSY', message: expect.stringContaining('rebooting') });
    await eventually(async () => (await programs.read('asked')).includes('reboot'), LONG);
    await ground.server(server, r => r.operation?.kind === 'reboot');
    await vps.stop();
    vps = await startVps(env());
    await proxy.cut();
    await ground.server(server, r => r.status === 'unreachable');
    await programs.write('boot', 'second\n');
    await proxy.heal();
    await operation(server, first.operation, 'finished');
    await ground.server(server, r => r.operation === undefined && r.status === 'reachable');
    const types = (await eventsOf(server)).map(e => e.type).filter(t => t.startsWith('Operation'));
    expect(types).toEqual(['OperationStarted', 'OperationProgressed', 'OperationFinished']);
  });

  it('shuts down until it does not answer, and is on again when it does', async () => {
    const { operation: op } = await ground.asOwner(shutdownServer, { id: server, input: {} });
    await eventually(async () => (await programs.read('asked')).includes('poweroff'), LONG);
    await proxy.cut();
    await operation(server, op, 'finished');
    expect(await lastOf(server, 'PowerChanged')).toMatchObject({ from: 'running', to: 'off', operation: op });
    await ground.server(server, r => r.power === 'off');
    await expect(ground.asOwner(rebootServer, { id: server, input: {} })).rejects.toMatchObject({ code: 'SERVER.NOT_ALLOWED_NOW', message: 'It is switched off already.' });
    await proxy.heal();
    await ground.server(server, r => r.power === 'running');
    await proxy.stop();
  });
});

describe('machines of ssh_config', () => {
  it('are shown to the one organisation that they are for', async () => {
    const write = (text: string): Promise<void> => programs.write('ssh_config', text);
    await write('Host web\n  HostName 192.0.2.10\n  User deploy\n  ProxyJump gate\nHost gate\n  HostName 192.0.2.1\n  Port 2222\n');
    expect(await ground.asOwner(sshHosts, { id: 'all', input: {} })).toMatchObject({
      available: true, items: [{ alias: 'web', host: '192.0.2.10', port: 22, user: 'deploy', jump: [{ host: '192.0.2.1', port: 2222, user: null }] }, { alias: 'gate', port: 2222 }],
    });
  });
});

describe('adoption', () => {
  it('goes through another machine, and lives on behind it', async () => {
    const between = await startSshd();
    const jump = { host: '127.0.0.1', port: between.port, user: between.user, auth: { private_key: between.privateKey }, host_key: between.hostKey.fingerprint };
    await expect(adopt(sshd.port, 'behind-1', { jump: { ...jump, host_key: `SHA256:${'a'.repeat(43)}` } })).rejects.toMatchObject({ code: 'SERVER.JUMP_HOST_KEY_CHANGED' });
    const server = await adopt(sshd.port, 'behind-1', { jump });
    await ground.server(server, r => r.status === 'reachable' && r.facts !== null);
    expect(await ground.asOwner(serverStatus, { id: server, input: {} })).toMatchObject({ reachable: true });
    expect(await lastOf(server, 'ServerAdopted')).toMatchObject({ jump: { host: '127.0.0.1', credential: { kind: 'private_key', secret: `server-jump-${server}` }, host_key: between.hostKey } });
    await between.stop();
    await ground.server(server, r => r.status === 'unreachable' && /On the way through/.test(r.reason?.message ?? ''));
    await ground.asOwner(deleteServer, { id: server, input: {} });
    const nc = await ground.as('vps');
    await eventually(async () => (await nc.request(`$JS.API.DIRECT.GET.KV_vault.$KV.vault.${TENANT}.vps.server-jump-${server}`)).data.length === 0);
  });

  it('with a password once lets a key of ours in and forgets the password', async () => {
    const machine = await startPasswordSshd();
    const canary = machine.password;
    const input = { user: machine.user, host_key: machine.hostKey.fingerprint, auth: { password: canary }, install_key: true };
    await expect(adopt(machine.port, 'pass-1', { ...input, auth: { private_key: sshd.privateKey } })).rejects.toMatchObject({ code: 'SERVER.PASSWORD_NEEDED' });
    await expect(adopt(machine.port, 'pass-1', { ...input, auth: { password: 'wrong' } })).rejects.toMatchObject({ code: 'SERVER.AUTH_FAILED' });
    await expect(adopt(machine.port, 'pass-1', { ...input, host_key: undefined })).rejects.toMatchObject({ code: 'SERVER.HOST_KEY_UNCONFIRMED' });
    expect(machine.logins).toEqual([]);
    machine.takeKeys(false);
    await expect(adopt(machine.port, 'pass-1', input)).rejects.toMatchObject({ code: 'SERVER.KEY_NOT_TAKEN' });
    machine.takeKeys(true);
    await expect(adopt(machine.port, 'web-1', input)).rejects.toMatchObject({ code: 'SERVER.NAME_TAKEN' });
    expect((await readFile(join(machine.home, '.ssh', 'authorized_keys'), 'utf8')).trim()).toBe('');
    const server = await adopt(machine.port, 'pass-1', input);
    await ground.server(server, r => r.status === 'reachable');
    expect(machine.logins.slice(0, 5)).toEqual(['password', 'password', 'publickey', 'password', 'publickey']);
    expect(machine.logins.slice(5)).not.toContain('password');
    expect((await readFile(join(machine.home, '.ssh', 'authorized_keys'), 'utf8')).match(/ xanthus-pass-1$/gm)).toHaveLength(1);
    expect(await lastOf(server, 'ServerAdopted')).toMatchObject({ credential: { kind: 'private_key', secret: expect.stringContaining(`server-${server}-`) } });
    for (const file of (await readdir(ground.nats.storeDir, { recursive: true, withFileTypes: true })).filter(f => f.isFile())) expect((await readStored(join(file.parentPath, file.name))).includes(canary)).toBe(false);
    await machine.stop();
  });
});
