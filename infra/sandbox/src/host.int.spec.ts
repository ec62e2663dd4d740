import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { generateKeyPair } from '@xanthus/ssh';
import type { SshConnection } from '@xanthus/ssh';
import { eventually, startProxy, tempDir } from '@xanthus/testing';
import type { TempDir } from '@xanthus/testing';
import { stringify } from 'yaml';
import { connectTo } from './connect.fixture.js';
import type { Sandbox } from './contract.js';
import { startSandboxHost, whyNoSandboxes } from './host.js';
import type { SandboxHost } from './host.js';

/** Where there can be none, there is nothing to try. */
const why = await whyNoSandboxes();
if (why !== undefined) console.warn(`skipped: ${why}`);
const suite = why === undefined ? describe : describe.skip;

let folder: TempDir;
let host: SandboxHost;
const start = (): Promise<SandboxHost> => startSandboxHost({ folder: folder.path, delay: 0, maxMachines: 3, maxDisk: 8 * 1024 * 1024 });
const person = generateKeyPair('ada');
const hostKey = generateKeyPair('web');
const open: SshConnection[] = [];
const logIn = async (sandbox: Sandbox, user = 'root', pinned?: string): Promise<SshConnection> => {
  const connection = await connectTo(sandbox, person.privateKey, { user, ...(pinned === undefined ? {} : { hostKey: { pinned } }) });
  open.push(connection);
  return connection;
};
const run = async (connection: SshConnection, command: string): Promise<string> => (await connection.exec(['sh', '-c', command])).stdout.trim();
const made = async (name: string, config: Record<string, unknown>): Promise<Sandbox> => {
  const { id } = await host.create({ name, user_data: `#cloud-config\n${stringify(config)}` });
  return host.settled(id);
};

beforeAll(async () => {
  if (why !== undefined) return;
  folder = await tempDir();
  host = await start();
});
afterAll(async () => {
  if (why !== undefined) return;
  for (const connection of open) connection.close();
  await host.stop();
  await folder.remove();
});

let web: Sandbox;
suite('a sandbox that is made from user_data', () => {
  beforeAll(async () => {
    web = await made('web-1', {
      hostname: 'web', ssh_authorized_keys: [person.publicKey], users: [{ name: 'deploy', ssh_authorized_keys: [person.publicKey] }],
      ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey },
      write_files: [{ path: '/etc/ssh/sshd_config.d/10-port.conf', content: 'Port 2345\n' }, { path: '/opt/a b/$(touch x)', content: Buffer.from('gr\u00FC\u00DFe').toString('base64'), encoding: 'b64', permissions: '0640' }],
      runcmd: [['touch', '/opt/with space'], 'echo "$(id -u)" > /opt/who'],
    });
  });

  it('runs, at an address of its own, on the port and with the host key that it was given', async () => {
    expect(web).toMatchObject({ status: 'running', reason: null, busy: null, ssh_port: 2345 });
    expect(web.address).toMatch(/^127\.(?!0\.0\.1$)/);
    await logIn(web, 'root', hostKey.fingerprint);
  });

  it('lets root in as 0, and a user who becomes it by sudo', async () => {
    expect(await run(await logIn(web), 'id -un; id -u; uname -n; cat ~/.ssh/authorized_keys | wc -l')).toBe('root\n0\nweb\n1');
    const user = await logIn(web, 'deploy');
    expect(await run(user, 'echo $USER; pwd; sudo -n id -u')).toBe('deploy\n/home/deploy\n0');
  });

  it('has the files and ran the commands, exactly as they were written', async () => {
    const ssh = await logIn(web);
    await eventually(async () => (await run(ssh, 'cat /opt/who')) === '0' || undefined);
    expect(await run(ssh, 'ls /opt; cat "/opt/a b/\\$(touch x)"; stat -c %a "/opt/a b/\\$(touch x)"; ls -A / | grep -c "^x$"')).toBe('a b\nwho\nwith space\ngr\u00FC\u00DFe640\n0');
  });

  it('reaches neither the ports nor the files nor the processes of this machine', async () => {
    const proxy = await startProxy(1);
    try {
      const tries = [
        `(exec 3<>/dev/tcp/127.0.0.1/${proxy.port}) 2>/dev/null && echo port`, `cat ${join(folder.path, 'machines', web.id, 'machine.json')} && echo record`, 'cat /etc/shadow && echo shadow', `ls ${process.cwd()} && echo code`,
        `grep -q node /proc/${process.pid}/cmdline && echo process`, 'touch /usr/bin/x && echo usr', 'touch /x && echo root', 'touch /sandbox/bin/x && echo tools', 'touch /sandbox/boot/x && echo boot',
        'ln -s / /opt/out; mount --bind / /mnt && echo mount', 'chown 1:1 /opt/who && echo chown', 'nsenter -t 1 -m true && echo nsenter', `grep -q ${folder.path} /proc/1/cmdline && echo folder`, 'tail -n +2 /proc/net/tcp | wc -l',
      ];
      expect((await (await logIn(web)).exec(['bash', '-c', tries.join('\n')])).stdout).toBe('0\n');
    } finally {
      await proxy.stop();
    }
  });

  it('has programs of its own for packages, units, journal and clock, which say what they are', async () => {
    const ssh = await logIn(web);
    expect(await run(ssh, 'apt-get install -y jq; systemctl is-active ssh; timedatectl set-timezone Asia/Tokyo; timedatectl show -p Timezone --value; journalctl -u k3s -n 5')).toMatch(/^sandbox: apt-get install jq .*\nactive\nAsia\/Tokyo\n.*sandbox/);
    expect((await ssh.exec(['curl', 'https://example.com'])).stderr).toContain('a sandbox has no network');
  });

  it('is switched off and on, booted again from outside and from inside, and keeps its disk', async () => {
    await run(await logIn(web), 'echo kept > ~/note');
    host.power(web.id, 'off');
    expect(await host.settled(web.id)).toMatchObject({ status: 'off' });
    await expect(logIn(web)).rejects.toMatchObject({ code: 'SERVER.REFUSED' });
    host.power(web.id, 'on');
    const before = await run(await logIn(await host.settled(web.id)), 'cat ~/note; cat /proc/sys/kernel/random/boot_id >/dev/null; ls /opt | wc -l');
    expect(before).toBe('kept\n4');
    host.power(web.id, 'reboot');
    const ssh = await logIn(await host.settled(web.id));
    const boots = 'grep -c ^boot /var/log/cloud-init-output.log';
    expect(await run(ssh, boots)).toBe('3');
    await ssh.exec(['reboot']).catch(() => undefined);
    await ssh.closed;
    await eventually(async () => (await run(await logIn(web), boots)) === '4' || undefined, { every: 100 });
    expect(await run(await logIn(web), 'cat ~/note')).toBe('kept');
    await (await logIn(web)).exec(['poweroff']).catch(() => undefined);
    await eventually(async () => host.get(web.id).status === 'off' || undefined);
    host.power(web.id, 'on');
    await host.settled(web.id);
  });

  it('does one thing at a time and is resized only when it is off', async () => {
    expect(() => host.resize(web.id, { type: 'sandbox-large' })).toThrow(expect.objectContaining({ code: 'WRONG_STATE' }));
    host.power(web.id, 'shutdown');
    expect(() => host.power(web.id, 'on')).toThrow(expect.objectContaining({ code: 'LOCKED' }));
    await host.settled(web.id);
    host.resize(web.id, { type: 'sandbox-large' });
    expect(await host.settled(web.id)).toMatchObject({ status: 'off', type: 'sandbox-large' });
    host.power(web.id, 'on');
    await host.settled(web.id);
  });

  it('is the same after the host was started again; what was off stays off', async () => {
    const off = await made('off-1', {});
    host.power(off.id, 'off');
    await host.settled(off.id);
    await host.stop();
    await expect(logIn(web)).rejects.toMatchObject({ code: 'SERVER.REFUSED' });
    host = await start();
    expect(await host.settled(web.id)).toEqual({ ...web, type: 'sandbox-large' });
    expect(host.get(off.id)).toMatchObject({ status: 'off', name: 'off-1' });
    expect(await run(await logIn(web, 'root', hostKey.fingerprint), 'cat ~/note')).toBe('kept');
    await host.remove(off.id);
  });

  it('is new after a rebuild, with the same host key', async () => {
    host.rebuild(web.id, { image: 'debian-12' });
    const ssh = await logIn(await host.settled(web.id), 'root', hostKey.fingerprint);
    expect(await run(ssh, 'ls /root; . /etc/os-release; echo "$ID $VERSION_ID"')).toBe('debian 12');
  });

  it('is switched off when it fills its disk, and says so', async () => {
    const ssh = await logIn(web);
    await run(ssh, 'head -c 9000000 /dev/urandom > /opt/big');
    host.power(web.id, 'reboot');
    expect(await host.settled(web.id)).toMatchObject({ status: 'failed', reason: expect.stringMatching(/more than 8 MiB; rebuild it/) });
    host.rebuild(web.id);
    expect(await host.settled(web.id)).toMatchObject({ status: 'running' });
  });

  it('is gone after its removal, with its processes', async () => {
    const ssh = await logIn(web);
    await host.remove(web.id);
    await ssh.closed;
    expect(host.list()).toEqual([]);
    expect(() => host.get(web.id)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    await expect(logIn(web)).rejects.toMatchObject({ code: 'SERVER.REFUSED' });
  });
});

suite('the host', () => {
  it('takes no name twice and no more than its limit', async () => {
    await Promise.all(['a', 'b', 'c'].map(name => made(name, {})));
    await expect(host.create({ name: 'd' })).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    await host.remove(host.list()[0]?.id ?? '');
    const name = host.list()[0]?.name ?? '';
    await expect(host.create({ name })).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    expect(new Set(host.list().map(s => s.address)).size).toBe(2);
    for (const sandbox of host.list()) await host.remove(sandbox.id);
  });

  it('makes a machine whose user_data cannot be read, without it, and the machine says why', async () => {
    const { id } = await host.create({ name: 'odd', user_data: '#cloud-config\nruncmd: [[', ssh_keys: [person.publicKey] });
    expect(await run(await logIn(await host.settled(id)), 'cat /var/log/cloud-init.log')).toMatch(/^user_data: /);
    await host.remove(id);
  });
});
