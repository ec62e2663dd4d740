import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningService } from '@xanthus/nest';
import { acknowledgeAlert, adoptServer, deleteServer, metricsSeries, muteAlert, setAlertLimits, type AlertKind, type AlertState, type MetricsSample } from '@xanthus/proto/vps';
import { eventually, startProxy, startSshd, tempDir, type TempDir, type TestSshd } from '@xanthus/testing';
import { startVps } from '../index.js';
import type { AlertsRow } from '../views/alerts.js';
import { startTestGround, TENANT, type TestGround } from '../vps.fixtures.js';

let ground: TestGround;
let vps: RunningService;
let folder: TempDir;
let sshd: TestSshd;
let id: string;
const LONG = { timeout: 60_000, every: 50 };

/** A program of the machine that prints or does something else than it should. */
const fake = async (name: string, script: string): Promise<void> => {
  const file = join(folder.path, 'bin', name);
  await writeFile(`${file}.new`, `#!/bin/sh\n${script}\n`);
  await chmod(`${file}.new`, 0o755);
  await rm(file, { force: true });
  await writeFile(file, await readFile(`${file}.new`));
  await chmod(file, 0o755);
  await rm(`${file}.new`);
};
const real = (name: string): Promise<void> => rm(join(folder.path, 'bin', name), { force: true });
const df = (used: number): Promise<void> => fake('df', `echo Filesystem; echo "/dev/vda1 100 ${used} ${100 - used} ${used}% /"`);
/** Of systemd's answer, k3s only. */
const k3s = (state: string): Promise<void> => fake('systemctl', `printf 'Id=k3s.service\\nLoadState=loaded\\nActiveState=${state}\\n\\nId=ssh.service\\nLoadState=loaded\\nActiveState=active\\n'`);

const last = async (): Promise<MetricsSample | undefined> => (await ground.views.get<MetricsSample>(`${TENANT}.metrics.${id}`))?.data;
const sampled = (fits: (sample: MetricsSample) => boolean): Promise<MetricsSample> => eventually(async () => { const s = await last(); return s && fits(s) ? s : undefined; }, LONG);
const anotherSample = async (): Promise<MetricsSample> => { const before = (await last())?.at; return sampled(s => s.at !== before); };
const alerts = async (): Promise<AlertsRow | undefined> => (await ground.views.get<AlertsRow>(`${TENANT}.alerts.${id}`))?.data;
const alert = (kind: AlertKind, status: AlertState['status']): Promise<AlertState> => eventually(async () => (await alerts())?.alerts.find(a => a.kind === kind && a.status === status), LONG);
const logins = (): number => sshd.log().split('Accepted publickey').length - 1;
const env = (): Record<string, string> => ({ ...ground.env('vps'), XANTHUS_SSH_ALLOW: 'loopback', XANTHUS_METRICS_INTERVAL_MS: '200' });

beforeAll(async () => {
  folder = await tempDir('xanthus-watch-');
  await mkdir(join(folder.path, 'bin'));
  await writeFile(join(folder.path, 'login'), `#!/bin/sh
[ -e ${folder.path}/menu ] && { printf 'Willkommen auf M\\374hle\\n1) quit\\n'; exit 0; }
PATH="${folder.path}/bin:$PATH"
[ -e ${folder.path}/small/on ] && PATH=${folder.path}/small
export PATH
exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"
`, { mode: 0o755 });
  await Promise.all([df(10), k3s('active')]);
  sshd = await startSshd({ config: `ForceCommand ${folder.path}/login` });
  ground = await startTestGround();
  vps = await startVps(env());
  ({ id } = await ground.asOwner(adoptServer, { input: { name: 'web-1', host: '127.0.0.1', port: sshd.port, user: sshd.user, auth: { private_key: sshd.privateKey }, host_key: sshd.hostKey.fingerprint } }));
  await ground.server(id, r => r.status === 'reachable');
});
afterAll(async () => {
  await vps?.stop();
  await ground?.stop();
  await sshd?.stop();
  await folder?.remove();
});

describe('a sample', () => {
  it('tells load, memory, swap, services and the clock', async () => {
    const sample = await sampled(s => s.services !== undefined && s.disk_bytes > 0);
    expect(sample).toMatchObject({ services: { k3s: 'active', ssh: 'active' }, disk_bytes: 102_400, disk_used_bytes: 10_240, clock_offset_seconds: 0 });
    for (const name of ['load5', 'load15', 'cpus', 'memory_bytes', 'swap_bytes'] as const) expect([name, sample[name]]).toEqual([name, expect.any(Number)]);
    expect(sample.cpus).toBeGreaterThan(0);
  });

  it('is a point of the course', async () => {
    const { at, fields } = await eventually(async () => { const s = await ground.asOwner(metricsSeries, { id, input: { span: '1h' } }); return s.at.length >= 3 ? s : undefined; }, LONG);
    expect(fields.disk.avg).toEqual(at.map(() => 0.1));
    await expect(ground.asOwner(metricsSeries, { id: '01jd3x8e2v5y9w4z7q6r1s0tzz', input: {} })).rejects.toMatchObject({ code: 'SERVER.NOT_FOUND' });
  });
});

describe('hostile output', () => {
  it.each<[string, string]>([
    ['Latin-1', `printf 'Zeit\\344nderung \\374\\n'`],
    ['nothing at all', 'exit 3'],
    ['numbers beyond measure', `echo 99999999999999999999999999999999999999; echo -1`],
    ['sections that look like ours', `printf '@end\\n@disk 1 1\\n@loadavg 99 99 99\\n'`],
  ])('%s leaves the rest of the sample', async (_name, script) => {
    const before = logins();
    await fake('date', script);
    await anotherSample();
    expect(await anotherSample()).toMatchObject({ disk_used_bytes: 10_240, services: { ssh: 'active' } });
    expect([logins() - before, (await ground.server(id, () => true)).status]).toEqual([0, 'reachable']);
    await real('date');
  });

  it.each<[string, () => Promise<void>, () => Promise<void>, RegExp]>([
    ['10 MB on one line', () => fake('date', `head -c 10000000 /dev/zero | tr '\\0' x`), () => real('date'), /^SERVER.UNREADABLE$/],
    ['a menu instead of a shell', () => writeFile(join(folder.path, 'menu'), ''), () => rm(join(folder.path, 'menu')), /^SERVER.UNREADABLE$/],
    ['endless output', () => fake('date', 'exec yes'), () => real('date'), /^SERVER.TIMEOUT$/],
  ])('%s is a state with a reason, and passes by itself', async (_name, begin, end, code) => {
    await begin();
    const row = await ground.server(id, r => r.status === 'unreachable');
    expect(row.reason?.code).toMatch(code);
    await end();
    await ground.server(id, r => r.status === 'reachable' && r.reason === null);
  });

  it('a machine with hardly any programs tells what it can', async () => {
    await mkdir(join(folder.path, 'small'));
    for (const name of ['sh', 'grep', 'cat']) await symlink(join('/bin', name), join(folder.path, 'small', name));
    await writeFile(join(folder.path, 'small', 'on'), '');
    const sample = await sampled(s => s.services === undefined);
    expect(sample).toMatchObject({ disk_bytes: 0, cpus: expect.any(Number), uptime_seconds: expect.any(Number) });
    expect(sample.memory_bytes).toBeGreaterThan(0);
    expect(sample).not.toHaveProperty('clock_offset_seconds');
    expect((await ground.server(id, () => true)).status).toBe('reachable');
    await rm(join(folder.path, 'small', 'on'));
    await sampled(s => s.services !== undefined);
  });

  it('a program that hangs is ended there', async () => {
    const mark = `3${process.pid}`;
    await fake('date', `sleep ${mark}`);
    await ground.server(id, r => r.status === 'unreachable' && r.reason?.code === 'SERVER.TIMEOUT');
    await real('date');
    await ground.server(id, r => r.status === 'reachable');
    await eventually(async () => {
      const lines = await Promise.all((await readdir('/proc')).filter(p => /^\d+$/.test(p)).map(p => readFile(`/proc/${p}/cmdline`, 'utf8').catch(() => '')));
      return !lines.some(l => l.startsWith(`sleep\0${mark}`));
    }, LONG);
  });
});

describe('a connection that breaks', () => {
  it('is replaced at once, and that is no news', async () => {
    const { changed_at } = await ground.server(id, r => r.status === 'reachable');
    const before = logins();
    await sshd.dropConnections();
    await eventually(() => logins() > before, LONG);
    await anotherSample();
    expect(await ground.server(id, () => true)).toMatchObject({ status: 'reachable', changed_at });
  });

  it('is unreachable when nothing answers any more, and comes back by itself', async () => {
    const proxy = await startProxy(sshd.port);
    const other = await ground.asOwner(adoptServer, { input: { name: 'web-2', host: '127.0.0.1', port: proxy.port, user: sshd.user, auth: { private_key: sshd.privateKey }, host_key: sshd.hostKey.fingerprint } });
    await ground.server(other.id, r => r.status === 'reachable');
    proxy.stall();
    expect((await ground.server(other.id, r => r.status === 'unreachable')).reason?.code).toBe('SERVER.TIMEOUT');
    await proxy.heal();
    await ground.server(other.id, r => r.status === 'reachable');
    await ground.asOwner(deleteServer, { id: other.id, input: {} });
    await proxy.stop();
  });
});

describe('alerts', () => {
  it('are raised, taken care of and cleared: a disk', async () => {
    await df(93);
    expect(await alert('disk', 'open')).toMatchObject({ message: 'The disk is 93 % full.', value: 0.93, limit: 0.9, acknowledged_at: null });
    await ground.asOwner(acknowledgeAlert, { id, input: { kind: 'disk' } });
    await eventually(async () => (await alerts())?.alerts.find(a => a.kind === 'disk')?.acknowledged_by?.kind === 'person', LONG);
    await df(50);
    expect(await alert('disk', 'cleared')).toMatchObject({ cleared_at: expect.any(String), message: 'The disk is 50 % full.' });
    await expect(ground.asOwner(acknowledgeAlert, { id, input: { kind: 'disk' } })).rejects.toMatchObject({ code: 'ALERT.NOT_OPEN' });
  });

  it('name a service that failed and a clock that is wrong', async () => {
    await k3s('failed');
    await fake('date', 'echo 1000000000');
    expect(await alert('service', 'open')).toMatchObject({ services: ['k3s'] });
    expect((await alert('clock', 'open')).message).toMatch(/ s behind/);
    await k3s('active');
    await real('date');
    await Promise.all([alert('service', 'cleared'), alert('clock', 'cleared')]);
  });

  it('follow limits of their own, and are muted for a while', async () => {
    await ground.asOwner(setAlertLimits, { id, input: { limits: { disk: 0.55 } } });
    await df(60);
    expect(await alert('disk', 'open')).toMatchObject({ limit: 0.55 });
    await ground.asOwner(setAlertLimits, { id, input: { limits: { off: ['disk'] } } });
    await alert('disk', 'cleared');
    await ground.asOwner(setAlertLimits, { id, input: { limits: {} } });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await ground.asOwner(muteAlert, { id, input: { kind: 'load', until } });
    await eventually(async () => (await alerts())?.muted['load'] === until, LONG);
    await expect(ground.asOwner(muteAlert, { id: '01jd3x8e2v5y9w4z7q6r1s0tzz', input: { kind: 'load', until } })).rejects.toMatchObject({ code: 'SERVER.NOT_FOUND' });
  });

  it('come right although nobody watched when it changed', async () => {
    await df(97);
    await alert('disk', 'open');
    await vps.stop();
    await df(20);
    vps = await startVps(env());
    await alert('disk', 'cleared');
  });

  it('go with their server', async () => {
    await df(95);
    await alert('disk', 'open');
    await ground.asOwner(deleteServer, { id, input: {} });
    await eventually(async () => await alerts() === undefined && await last() === undefined, LONG);
  });
});
