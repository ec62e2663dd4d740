import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectSsh, generateKeyPair } from '@xanthus/ssh';
import type { SshConnection } from '@xanthus/ssh';
import { startSandboxHost, whyNoSandboxes } from '@xanthus/sandbox';
import type { Sandbox, SandboxHost } from '@xanthus/sandbox';
import { eventually, tempDir } from '@xanthus/testing';
import type { TempDir } from '@xanthus/testing';
import { cloudInit } from './cloud-init.js';
import type { CloudInitPlan } from './cloud-init.js';
import { cancelSetup, readSetup, startSetup } from './remote-setup.js';
import type { SetupReading } from './remote-setup.js';
import type { SetupSettings } from './settings.js';
import { parseSetupStatus, SETUP_WORDS } from './setup-status.js';
import type { SetupWord } from './setup-status.js';
import { HELM_VERSION, K3S_VERSION } from './versions.js';

/** Where there can be none, there is nothing to try. */
const why = await whyNoSandboxes();
if (why !== undefined) console.warn(`skipped: ${why}`);
const suite = why === undefined ? describe : describe.skip;

let folder: TempDir;
let host: SandboxHost;
let machine: Sandbox;
let ssh: SshConnection;
const ours = generateKeyPair('xanthus');
const hostKey = generateKeyPair('host');
const QUICK = { apt: 5, k3s: 60, traefik: 60, short: 60, poll: 0.05 } as const;
/** Where a wait shall run out: that one alone, for the others are waits for what comes. */
const out = (which: 'apt' | 'k3s' | 'traefik' | 'short', seconds = 1): SetupSettings => ({ timeouts: { ...QUICK, [which]: seconds } });
const plan: CloudInitPlan = { hostname: 'web', user: 'root', sshPort: 2222, authorizedKeys: [ours.publicKey], hostKey, timeZone: 'Asia/Tokyo', timeouts: QUICK };

const connect = (sandbox: Sandbox, user = 'root'): Promise<SshConnection> => connectSsh({
  target: { host: sandbox.address, port: sandbox.ssh_port, user }, auth: { privateKey: ours.privateKey }, hostKey: { pinned: hostKey.fingerprint }, addresses: { allow: ['loopback'] },
});
const run = async (command: string, on = ssh): Promise<string> => (await on.exec(['sh', '-c', command])).stdout.trim();
const until = (fits: (reading: SetupReading) => boolean, on = ssh): Promise<SetupReading> => eventually(async () => {
  const reading = await readSetup(on, 0);
  return fits(reading) ? reading : undefined;
}, { every: 60 });
const ended = (on = ssh): Promise<SetupReading> => until(r => !r.running && r.status.kind !== 'working' && r.status.kind !== 'none', on);
const wordsOf = (log: string): string[] => [...log.matchAll(/ == ([A-Z_0-9]+)$/gm)].map(m => m[1] ?? '');

/** A machine on which nothing was done. Its user_data has no script: that comes over SSH, as for an adopted one. */
const blank = async (faults = '', image = 'ubuntu-24.04'): Promise<void> => {
  ssh?.close();
  host.rebuild(machine.id, { image, user_data: cloudInit(plan).replace(/^runcmd:[\s\S]*$/m, '') });
  machine = await host.settled(machine.id);
  await host.faults(machine.id, faults);
  ssh = await connect(machine);
};
const setUp = async (settings: SetupSettings = {}): Promise<SetupReading> => {
  expect(await startSetup(ssh, { timeZone: 'Asia/Tokyo', timeouts: QUICK, ...settings })).toBe('started');
  return ended();
};
const READY = { status: { kind: 'ready' }, running: false, dead: false };

beforeAll(async () => {
  if (why !== undefined) return;
  folder = await tempDir();
  host = await startSandboxHost({ folder: folder.path, delay: 0 });
  const { id } = await host.create({ name: 'web', user_data: cloudInit(plan) });
  machine = await host.settled(id);
  ssh = await connect(machine);
});
afterAll(async () => {
  if (why !== undefined) return;
  ssh?.close();
  await host.stop();
  await folder.remove();
});

suite('a machine that cloud-init has made', () => {
  it('passes every word in order and ends in READY', async () => {
    expect(await ended()).toMatchObject(READY);
    expect(wordsOf(await run('cat /opt/xanthus/setup.log'))).toEqual(SETUP_WORDS.filter(w => w !== 'CONFIGURING_TLS'));
  });

  it('has K3s and Helm as pinned, a kubeconfig that only root reads, the time zone and a note of it', async () => {
    expect(await run('k3s --version | head -n 1')).toContain(` ${K3S_VERSION} `);
    expect(await run('helm version --short')).toContain(HELM_VERSION);
    expect(await run('stat -c %a /etc/rancher/k3s/k3s.yaml /opt/xanthus/setup.sh /opt/xanthus/settings')).toBe('600\n700\n600');
    expect(await run('cat /etc/timezone; grep -c KUBECONFIG /etc/environment; cat /opt/xanthus/info.txt')).toMatch(/^Asia\/Tokyo\n1\nSet up by Xanthus, finished 20\S+Z\nhostname: web\nk3s: v/);
  });

  it('does nothing twice when it is set up again', async () => {
    const before = await run('stat -c %Y /usr/local/bin/k3s; ls -i /usr/local/bin/k3s /usr/local/bin/helm; cat /etc/environment');
    expect(await setUp()).toMatchObject(READY);
    expect(await run('stat -c %Y /usr/local/bin/k3s; ls -i /usr/local/bin/k3s /usr/local/bin/helm; cat /etc/environment')).toBe(before);
    expect(await run('cat /opt/xanthus/setup.log')).toContain(`k3s ${K3S_VERSION} is installed`);
  });

  it('keeps another K3s that was there', async () => {
    expect(await setUp({ k3sVersion: 'v1.99.0+k3s1' })).toMatchObject(READY);
    expect(await run('k3s --version | head -n 1')).toContain(` ${K3S_VERSION} `);
  });
});

/** What makes the script stay in each word. */
const STAYS: readonly (readonly [SetupWord, string])[] = [
  ['INSTALLING', 'apt-get: hang'], ['INSTALLING_K3S', 'k3s: hang'], ['WAITING_K3S', 'k3s: never-ready'], ['INSTALLING_HELM', 'helm: hang'], ['WAITING_TRAEFIK', 'traefik: never-ready'], ['VERIFYING', 'helm: list-hangs'],
];

suite('a set-up that is killed', () => {
  it.each(STAYS)('in %s is seen to be dead, and goes on to READY when it is started again', async (word, fault) => {
    await blank(fault);
    await startSetup(ssh, { timeouts: QUICK });
    await until(r => r.status.kind === 'working' && r.status.word === word);
    expect(await startSetup(ssh, { timeouts: QUICK })).toBe('already running');
    await run('kill -s KILL -- -$(cut -d " " -f 1 /opt/xanthus/pid)');
    expect(await until(r => r.dead)).toMatchObject({ status: { kind: 'working', word }, running: false });
    await host.faults(machine.id, '');
    expect(await setUp()).toMatchObject(READY);
  });

  it('alone, without what it started, is not run twice at once: the rest is ended first', async () => {
    await blank('apt-get: hang');
    await startSetup(ssh, { timeouts: QUICK });
    await until(r => r.lines.some(l => l.includes('INSTALLING')));
    await eventually(async () => (await run('pgrep -x sleep')) || undefined);
    await run('kill -s KILL $(cut -d " " -f 1 /opt/xanthus/pid)');
    await until(r => r.dead);
    expect(await run('flock -n /opt/xanthus/lock true || echo taken')).toBe('taken');
    expect(await run('bash /opt/xanthus/setup.sh start')).toBe('already running');
    await host.faults(machine.id, '');
    expect(await setUp()).toMatchObject(READY);
  });
});

suite('a set-up that is cancelled', () => {
  it.each(STAYS.filter(([word]) => word !== 'INSTALLING_K3S' && word !== 'WAITING_TRAEFIK'))('in %s ends, with all that it started', async (word, fault) => {
    await blank(fault);
    await startSetup(ssh, { timeouts: QUICK });
    await until(r => r.status.kind === 'working' && r.status.word === word);
    const pid = await run('cut -d " " -f 1 /opt/xanthus/pid');
    expect(await cancelSetup(ssh)).toMatchObject({ kind: 'failed', failure: { code: 'CANCELLED' } });
    expect(await run(`kill -s 0 -- -${pid} 2>/dev/null || echo gone`)).toBe('gone');
  });

  it('goes on to READY when it is started again, and when nothing runs is as it was', async () => {
    await host.faults(machine.id, '');
    expect(await setUp()).toMatchObject(READY);
    expect(await cancelSetup(ssh)).toEqual({ kind: 'ready', word: 'READY', step: 'ready' });
  });

  it('is found however soon after its start', async () => {
    await blank('apt-get: hang');
    await startSetup(ssh, { timeouts: QUICK });
    expect(await cancelSetup(ssh)).toMatchObject({ kind: 'failed', failure: { code: 'CANCELLED', text: 'by a signal' } });
  });
});

suite('a set-up that cannot succeed', () => {
  // One machine, which gets a step further from time to time: what was done stays done.
  beforeAll(() => blank());

  it.each<[string, string, SetupSettings]>([
    ['FAILED prepare APT_LOCKED', 'apt-get: locked', out('apt')],
    ['FAILED prepare NO_NETWORK', 'apt-get: no-network', {}],
    ['FAILED prepare DISK_FULL', 'apt-get: disk-full', {}],
    ['FAILED prepare APT_FAILED', 'apt-get: broken', {}],
    ['FAILED prepare ARCHITECTURE riscv64', 'architecture: riscv64', {}],
    ['FAILED prepare DISK_FULL', 'disk: full', {}],
    ['FAILED prepare CLOCK_SKEW', 'clock: stuck', out('short')],
    ['FAILED prepare CLOCK_SKEW', 'curl: no-network', { now: Date.now() + 86_400_000, ...out('short') }],
    ['FAILED k3s NO_NETWORK', 'curl: no-network', {}],
    ['FAILED k3s DOWNLOAD', 'curl: not-found', {}],
    ['FAILED k3s DOWNLOAD', 'curl: empty', {}],
    ['FAILED k3s CHECKSUM', 'curl: html', {}],
    ['FAILED k3s CHECKSUM', 'k3s: checksum', {}],
    ['FAILED k3s DOWNLOAD', 'k3s: download', {}],
    ['FAILED k3s K3S_INSTALL', 'k3s: installer-fails', {}],
    ['FAILED k3s DISK_FULL', 'k3s: disk-full', {}],
    ['FAILED k3s K3S_NOT_ACTIVE', 'k3s: never-active', out('k3s')],
    ['FAILED k3s NODE_NOT_READY', 'k3s: never-ready', out('k3s', 3)],
    ['FAILED helm CHECKSUM', 'helm: checksum', {}],
    ['FAILED helm HELM_INSTALL', 'helm: broken', {}],
    ['FAILED traefik TRAEFIK_NOT_READY', 'traefik: never-ready', out('traefik')],
    ['FAILED verify VERIFY', 'helm: unreachable', out('short')],
    ['FAILED tls TLS', '', { domain: 'example.com' }],
  ])('ends in %s (%s)', async (said, fault, settings) => {
    await host.faults(machine.id, fault);
    expect((await setUp(settings)).status.kind).toBe('failed');
    expect(await run('cat /opt/xanthus/status')).toMatch(new RegExp(`^${said}( |$)`));
    expect(await run('ls /opt/xanthus')).not.toMatch(/\.new$/m);
    await run('rm -f /var/lib/sandbox/disk-is-full');
  });

  it.each([['FAILED prepare MEMORY', 'min_memory_kib=999999999'], ['FAILED prepare DISK_FULL', 'min_disk_kib=999999999'], ['FAILED prepare BAD_SETTINGS k3s_version', 'k3s_version=latest; reboot']])('ends in %s (%s)', async (said, line) => {
    await blank();
    await startSetup(ssh, {});
    await cancelSetup(ssh);
    await ssh.exec(['sh', '-c', 'printf "%s\\n" "$1" > /opt/xanthus/settings.x; grep -v "^${1%%=*}=" /opt/xanthus/settings >> /opt/xanthus/settings.x; mv /opt/xanthus/settings.x /opt/xanthus/settings; bash /opt/xanthus/setup.sh run', 'sh', line]);
    expect(await run('cat /opt/xanthus/status')).toMatch(new RegExp(`^${said}`));
  });

  it('still says DISK_FULL when not a byte is left', async () => {
    await blank();
    await startSetup(ssh, {});
    await cancelSetup(ssh);
    // A small disk of its own in place of /opt/xanthus, filled while the script runs.
    const said = await ssh.exec(['/usr/bin/unshare', '--user', '--map-root-user', '--mount', 'bash', '-c', `
      mkdir /tmp/kept && cp /opt/xanthus/{setup.sh,settings} /tmp/kept && mount -t tmpfs -o size=512k none /opt/xanthus && cp /tmp/kept/* /opt/xanthus || exit 1
      dpkg() { head -c 1000000 /dev/zero > /opt/xanthus/filler 2>/dev/null; return 0; }; export -f dpkg
      bash /opt/xanthus/setup.sh run; cat /opt/xanthus/status`]);
    expect(said).toMatchObject({ stdout: expect.stringMatching(/^FAILED (prepare|k3s) DISK_FULL/) });
  });

  it('ends in UNKNOWN_OS on another system', async () => {
    await blank('', 'fedora-42');
    expect(await setUp()).toMatchObject({ status: { kind: 'failed', failure: { code: 'UNKNOWN_OS', text: 'fedora 42' } } });
  });

  it('sets a wrong clock right', async () => {
    await blank('clock: wrong');
    expect(await setUp()).toMatchObject(READY);
  });
});

suite('a domain', () => {
  it('has its certificate put into the cluster', async () => {
    await blank();
    await run('mkdir -p /opt/xanthus/ssl; echo crt > /opt/xanthus/ssl/server.crt; echo key > /opt/xanthus/ssl/server.key');
    expect(await setUp({ domain: 'example.com' })).toMatchObject(READY);
    expect(wordsOf(await run('cat /opt/xanthus/setup.log'))).toEqual([...SETUP_WORDS]);
    expect(await run('stat -c %a /opt/xanthus/ssl/server.key')).toBe('600');
  });
});

suite('a user who may use sudo', () => {
  it('sets a machine up too', async () => {
    await blank();
    ssh.close();
    host.rebuild(machine.id, { user_data: cloudInit({ ...plan, user: 'deploy' }).replace(/^runcmd:[\s\S]*$/m, '') });
    machine = await host.settled(machine.id);
    ssh = await connect(machine, 'deploy');
    expect(await setUp()).toMatchObject(READY);
    await blank();
  });
});

suite('what a machine says', () => {
  it('is read in pieces, whole lines only, and never more than was asked for', async () => {
    await run('mkdir -p /opt/xanthus; printf "one\\ntwo\\nhalf" > /opt/xanthus/setup.log; echo INSTALLING > /opt/xanthus/status');
    const first = await readSetup(ssh, 0);
    expect(first).toMatchObject({ lines: ['one', 'two'], after: 8, dead: true });
    await run('printf " a line\\n\\033[31mred\\033[0m\\r10%%\\rdone\\n" >> /opt/xanthus/setup.log');
    expect((await readSetup(ssh, first.after)).lines).toEqual(['half a line', 'done']);
  });

  it('may be Latin-1, 10 MB on one line, a thousand lines, or shorter than before', async () => {
    await run('printf "Pr\\374fung\\n" > /opt/xanthus/setup.log');
    expect((await readSetup(ssh, 0)).lines).toEqual(['Pr\u00FCfung']);
    await run('head -c 10000000 /dev/zero | tr "\\0" x > /opt/xanthus/setup.log; echo >> /opt/xanthus/setup.log; echo end >> /opt/xanthus/setup.log');
    const long = await readSetup(ssh, 0);
    expect(long).toMatchObject({ after: 10_000_005, lines: [expect.stringMatching(/^… \d+ bytes .* left out/), expect.stringMatching(/^x{499}…$/), 'end'] });
    await run('seq 1 1000 > /opt/xanthus/setup.log');
    const many = await readSetup(ssh, long.after);
    expect(many.lines).toHaveLength(201);
    expect(many.lines.at(-1)).toBe('1000');
  });

  it('may be garbage in place of a status, a pid of somebody else, or nothing', async () => {
    await run('head -c 3000 /dev/urandom > /opt/xanthus/status; echo "1 1" > /opt/xanthus/pid');
    expect(await readSetup(ssh, 0)).toMatchObject({ running: false });
    await run('printf "%s" "; reboot" > /opt/xanthus/pid; rm /opt/xanthus/status');
    expect(await readSetup(ssh, 0)).toMatchObject({ running: false, dead: false, status: parseSetupStatus('') });
    await run('rm -rf /opt/xanthus');
    expect(await readSetup(ssh, 99)).toEqual({ status: { kind: 'none' }, running: false, dead: false, lines: [], after: 0 });
  });
});
