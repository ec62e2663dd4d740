import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findBinary } from '@xanthus/binaries';
import { serve } from './serve.js';
import { keepKeyPair, readHostKey, sshdConfig } from './sshd-config.js';
import type { HostKey } from './sshd-config.js';
import { sshdInside, systemFolders } from './system-folders.js';

/** Where the host of many sandboxes listens, and what lets one in. */
export interface ControlDescription { readonly url: string; readonly token: string }

/** What `sandbox/sandbox.json` says: a server to play with, for the service vps. */
export interface SandboxDescription {
  host: '127.0.0.1';
  port: number;
  user: string;
  /** Path of an OpenSSH private key that logs in. */
  private_key_file: string;
  host_key: HostKey;
  /** `bubblewrap`: its own processes, files and network; `none`: the rights of the user who started Xanthus. */
  isolation: 'bubblewrap' | 'none';
  /** Only where more of them can be made. */
  control?: ControlDescription;
}

export interface RunningSandbox {
  /** Path of `sandbox.json`. */
  readonly file: string;
  readonly description: SandboxDescription;
  stop(): Promise<void>;
}

const USER = 'sandbox';

/**
 * A real OpenSSH server on a loopback port. We accept the connections and give each to an `sshd -i` that runs unprivileged inside bubblewrap,
 * without a network, on a home folder of its own: so it needs no root, and what is done in it reaches neither this machine's files nor its ports.
 * @throws Error with a sentence when there can be no sandbox here.
 */
export async function startSandbox(data: string, say: (line: string) => void, control?: ControlDescription): Promise<RunningSandbox> {
  const folder = join(data, 'sandbox');
  const sshd = await findBinary('sshd', { progress: say });
  const bwrap = await findBinary('bwrap', { progress: say }).catch(() => undefined);
  const hostKey = await prepare(folder);
  const wanted = await jailArguments(folder, sshd);
  const jail = bwrap && (await isolates(bwrap, wanted.args)) ? wanted : undefined;
  if (!jail && process.getuid?.() === 0) throw new Error('The sandbox needs bubblewrap to run as root, and bubblewrap does not work on this machine; start Xanthus as an ordinary user to have a sandbox.');

  const [file, args] = bwrap && jail
    ? [bwrap, [...jail.args, jail.sshd, '-i', '-e', '-f', '/etc/ssh/sshd_config']] as const
    : [sshd, ['-i', '-e', '-f', await plainConfiguration(folder)]] as const;
  const log = createWriteStream(join(data, 'logs', 'sandbox.log'), { flags: 'a', mode: 0o600 });
  const kept = Number(await readFile(join(folder, 'port'), 'utf8').catch(() => '0'));
  const served = await serve({ address: '127.0.0.1', port: kept, file, args, log, end: 'kill' }).catch(() => serve({ address: '127.0.0.1', port: 0, file, args, log, end: 'kill' }));
  const { port } = served;
  await writeFile(join(folder, 'port'), `${port}\n`, { mode: 0o600 });

  const description: SandboxDescription = {
    host: '127.0.0.1', port, user: jail ? USER : userInfo().username, private_key_file: join(folder, 'id_ed25519'), host_key: hostKey, isolation: jail ? 'bubblewrap' : 'none', ...(control && { control }),
  };
  const path = join(folder, 'sandbox.json');
  await writeFile(path, `${JSON.stringify(description, undefined, 2)}\n`, { mode: 0o600 });
  return {
    file: path,
    description,
    stop: async () => {
      await served.stop();
      log.end();
    },
  };
}

/** Keys, accounts and home of the sandbox; made once and kept, so that an adopted sandbox stays the same server. */
async function prepare(folder: string): Promise<HostKey> {
  const etc = join(folder, 'etc');
  for (const part of [folder, etc, join(etc, 'ssh'), join(folder, 'home')]) await mkdir(part, { recursive: true, mode: 0o700 });
  const shell = await access('/bin/bash').then(() => '/bin/bash', () => '/bin/sh');
  await writeFile(join(etc, 'passwd'), `root:x:0:0:root:/:/bin/false\n${USER}:x:1000:1000:Xanthus sandbox:/home/${USER}:${shell}\n`);
  await writeFile(join(etc, 'group'), `root:x:0:\n${USER}:x:1000:\n`);
  await writeFile(join(etc, 'hosts'), '127.0.0.1 localhost sandbox\n');
  await writeFile(join(etc, 'nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files\n');
  await writeFile(join(etc, 'os-release'), await readFile('/etc/os-release', 'utf8').catch(() => 'PRETTY_NAME="Sandbox"\nID=sandbox\n'));
  await writeFile(join(etc, 'ssh', 'sshd_config'), sshdConfig({ hostKey: '/etc/ssh/host_key', authorizedKeys: ['/etc/ssh/authorized_keys', `/home/${USER}/.ssh/authorized_keys`] }));
  await keepKeyPair(join(folder, 'id_ed25519'), 'xanthus-sandbox');
  await keepKeyPair(join(etc, 'ssh', 'host_key'), 'sandbox');
  await writeFile(join(etc, 'ssh', 'authorized_keys'), await readFile(join(folder, 'id_ed25519.pub'), 'utf8'), { flag: 'wx', mode: 0o600 }).catch(() => undefined);
  return readHostKey(join(etc, 'ssh', 'host_key'));
}

/** Without bubblewrap: this user's own rights, but a home of its own. */
async function plainConfiguration(folder: string): Promise<string> {
  const path = join(folder, 'sshd_config');
  const ssh = join(folder, 'etc', 'ssh');
  const home = join(folder, 'home');
  await writeFile(path, sshdConfig({ hostKey: join(ssh, 'host_key'), authorizedKeys: [join(ssh, 'authorized_keys'), join(home, '.ssh', 'authorized_keys')], more: `SetEnv "HOME=${home}"\n` }));
  return path;
}

/**
 * What the inside sees: a root folder of ours, read-only (so that it lies on this machine's disk and shows that disk's size), this machine's
 * programs, and its own home.
 */
async function jailArguments(folder: string, sshd: string): Promise<{ args: string[]; sshd: string }> {
  const rootFolder = join(folder, 'root');
  for (const part of ['usr', 'etc', 'proc', 'dev', 'tmp', 'run', 'home', join('home', USER), 'opt', 'opt/sshd']) await mkdir(join(rootFolder, part), { recursive: true, mode: 0o755 });
  const system = await systemFolders(rootFolder);
  const inside = await sshdInside(sshd, '/opt/sshd');
  const args = [
    '--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try',
    '--uid', '1000', '--gid', '1000', '--hostname', 'sandbox', '--die-with-parent', '--new-session', '--clearenv',
    '--ro-bind', rootFolder, '/', ...system, ...inside.mounts, '--ro-bind', join(folder, 'etc'), '/etc',
    '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--tmpfs', '/run', '--bind', join(folder, 'home'), `/home/${USER}`, '--chdir', '/',
    '--setenv', 'PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  ];
  return { args, sshd: inside.path };
}

/** Some containers forbid user namespaces. */
async function isolates(bwrap: string, jail: readonly string[]): Promise<boolean> {
  const child = spawn(bwrap, [...jail, '/bin/sh', '-c', 'exit 0'], { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', code => resolve(code === 0));
  });
}
