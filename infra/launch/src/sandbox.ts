import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { access, lstat, mkdir, readFile, readlink, realpath, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import ssh2 from 'ssh2';
import { findBinary } from '@xanthus/binaries';
import { Sentence } from './sentence.js';

/** What `sandbox/sandbox.json` says: a server to play with, for the service vps. */
export interface SandboxDescription {
  host: '127.0.0.1';
  port: number;
  user: string;
  /** Path of an OpenSSH private key that logs in. */
  private_key_file: string;
  host_key: { type: string; fingerprint: string };
  /** `bubblewrap`: its own processes, files and network; `none`: the rights of the user who started Xanthus. */
  isolation: 'bubblewrap' | 'none';
}

export interface RunningSandbox {
  /** Path of `sandbox.json`. */
  readonly file: string;
  readonly description: SandboxDescription;
  stop(): Promise<void>;
}

const USER = 'sandbox';
const MAX_CONNECTIONS = 32;

/**
 * A real OpenSSH server on a loopback port. We accept the connections and give each to an `sshd -i` that runs unprivileged inside bubblewrap,
 * without a network, on a home folder of its own: so it needs no root, and what is done in it reaches neither this machine's files nor its ports.
 * @throws Sentence when there can be no sandbox here.
 */
export async function startSandbox(data: string, say: (line: string) => void): Promise<RunningSandbox> {
  const folder = join(data, 'sandbox');
  const sshd = await findBinary('sshd', { progress: say }).catch((error: unknown) => { throw new Sentence((error as Error).message); });
  const bwrap = await findBinary('bwrap', { progress: say }).catch(() => undefined);
  const hostKey = await prepare(folder);
  const wanted = await jailArguments(folder, sshd);
  const jail = bwrap && (await isolates(bwrap, wanted)) ? wanted : undefined;
  if (!jail && process.getuid?.() === 0) throw new Sentence('The sandbox needs bubblewrap to run as root, and bubblewrap does not work on this machine; start Xanthus as an ordinary user to have a sandbox.');

  const [file, args] = bwrap && jail
    ? [bwrap, [...jail, inside(sshd), '-i', '-e', '-f', '/etc/ssh/sshd_config']] as const
    : [sshd, ['-i', '-e', '-f', await plainConfiguration(folder)]] as const;
  const log = createWriteStream(join(data, 'logs', 'sandbox.log'), { flags: 'a', mode: 0o600 });
  const served = serve(file, [...args], log);
  const kept = Number(await readFile(join(folder, 'port'), 'utf8').catch(() => '0'));
  await listen(served.server, kept).catch(() => listen(served.server, 0));
  const { port } = served.server.address() as AddressInfo;
  await writeFile(join(folder, 'port'), `${port}\n`, { mode: 0o600 });

  const description: SandboxDescription = {
    host: '127.0.0.1', port, user: jail ? USER : userInfo().username, private_key_file: join(folder, 'id_ed25519'), host_key: hostKey, isolation: jail ? 'bubblewrap' : 'none',
  };
  const path = join(folder, 'sandbox.json');
  await writeFile(path, `${JSON.stringify(description, undefined, 2)}\n`, { mode: 0o600 });
  return { file: path, description, stop: () => served.stop() };
}

/** One sshd per connection: its standard input and output are the connection, so nothing else listens and nothing stays behind. */
function serve(file: string, args: string[], log: WriteStream): { server: Server; stop(): Promise<void> } {
  const open = new Map<Socket, ChildProcess>();
  const server = createServer((socket) => {
    // a limit on the size of a file (100 MiB, in blocks of 512 B), of a process (4 GiB, in KiB) and no core dumps
    const child = spawn('/bin/sh', ['-c', 'ulimit -c 0; ulimit -f 204800; ulimit -v 4194304; exec "$@"', 'sandbox', file, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env: {}, cwd: '/' });
    open.set(socket, child);
    socket.setNoDelay(true);
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
    child.stderr.pipe(log, { end: false });
    const end = (): void => {
      open.delete(socket);
      socket.destroy();
      child.kill('SIGKILL'); // bubblewrap takes everything inside with it
    };
    for (const part of [socket, child, child.stdin]) part.on('error', end);
    socket.once('close', end);
    child.once('exit', () => { socket.end(); open.delete(socket); });
  });
  server.maxConnections = MAX_CONNECTIONS;
  return {
    server,
    stop: async () => {
      const closed = new Promise<void>((resolve) => { server.close(() => resolve()); });
      for (const [socket, child] of open) {
        child.kill('SIGKILL');
        socket.destroy();
      }
      await closed;
      log.end();
    },
  };
}

const listen = (server: Server, port: number): Promise<void> => new Promise((resolve, reject) => {
  server.once('error', reject);
  server.listen(port, '127.0.0.1', () => {
    server.off('error', reject);
    resolve();
  });
});

/** Keys, accounts and home of the sandbox; made once and kept, so that an adopted sandbox stays the same server. */
async function prepare(folder: string): Promise<SandboxDescription['host_key']> {
  const etc = join(folder, 'etc');
  for (const part of [folder, etc, join(etc, 'ssh'), join(folder, 'home')]) await mkdir(part, { recursive: true, mode: 0o700 });
  const shell = await access('/bin/bash').then(() => '/bin/bash', () => '/bin/sh');
  await writeFile(join(etc, 'passwd'), `root:x:0:0:root:/:/bin/false\n${USER}:x:1000:1000:Xanthus sandbox:/home/${USER}:${shell}\n`);
  await writeFile(join(etc, 'group'), `root:x:0:\n${USER}:x:1000:\n`);
  await writeFile(join(etc, 'hosts'), '127.0.0.1 localhost sandbox\n');
  await writeFile(join(etc, 'nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files\n');
  await writeFile(join(etc, 'os-release'), await readFile('/etc/os-release', 'utf8').catch(() => 'PRETTY_NAME="Sandbox"\nID=sandbox\n'));
  await writeFile(join(etc, 'ssh', 'sshd_config'), configuration('/etc/ssh', `/home/${USER}`));
  await keyPair(join(folder, 'id_ed25519'), 'xanthus-sandbox');
  await keyPair(join(etc, 'ssh', 'host_key'), 'sandbox');
  await writeFile(join(etc, 'ssh', 'authorized_keys'), await readFile(join(folder, 'id_ed25519.pub'), 'utf8'), { flag: 'wx', mode: 0o600 }).catch(() => undefined);
  const [type = '', blob = ''] = (await readFile(join(etc, 'ssh', 'host_key.pub'), 'utf8')).split(' ');
  return { type, fingerprint: `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}` };
}

async function keyPair(path: string, comment: string): Promise<void> {
  if (await access(`${path}.pub`).then(() => true, () => false)) return;
  const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
  await writeFile(path, pair.private.endsWith('\n') ? pair.private : `${pair.private}\n`, { mode: 0o600 });
  await writeFile(`${path}.pub`, `${pair.public}\n`, { mode: 0o600 });
}

const configuration = (keys: string, home: string, more = ''): string => `HostKey "${keys}/host_key"
PidFile none
AuthorizedKeysFile "${keys}/authorized_keys" "${home}/.ssh/authorized_keys"
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
UseDNS no
PrintMotd no
PrintLastLog no
PermitUserEnvironment no
AllowAgentForwarding no
AllowTcpForwarding no
X11Forwarding no
Subsystem sftp internal-sftp
${more}`;

/** Without bubblewrap: this user's own rights, but a home of its own. */
async function plainConfiguration(folder: string): Promise<string> {
  const path = join(folder, 'sshd_config');
  const ssh = join(folder, 'etc', 'ssh');
  await writeFile(path, configuration(ssh, join(folder, 'home'), `SetEnv "HOME=${join(folder, 'home')}"\n`));
  return path;
}

/**
 * What the inside sees: a root folder of ours, read-only (so that it lies on this machine's disk and shows that disk's size), this machine's
 * programs, and its own home.
 */
async function jailArguments(folder: string, sshd: string): Promise<string[]> {
  const rootFolder = join(folder, 'root');
  for (const part of ['usr', 'etc', 'proc', 'dev', 'tmp', 'run', 'home', join('home', USER), 'opt', 'opt/sshd']) await mkdir(join(rootFolder, part), { recursive: true, mode: 0o755 });
  const system: string[] = [];
  for (const path of ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']) {
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink()) await symlink(await readlink(path), join(rootFolder, path)).catch(() => undefined); // there since the last start
    else if (found?.isDirectory()) {
      await mkdir(join(rootFolder, path), { recursive: true });
      system.push('--ro-bind', path, path);
    }
  }
  if (!ofTheSystem(sshd)) system.push('--ro-bind', dirname(await realpath(sshd)), '/opt/sshd');
  return [
    '--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try',
    '--uid', '1000', '--gid', '1000', '--hostname', 'sandbox', '--die-with-parent', '--new-session', '--clearenv',
    '--ro-bind', rootFolder, '/', '--ro-bind', '/usr', '/usr', ...system, '--ro-bind', join(folder, 'etc'), '/etc',
    '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--tmpfs', '/run', '--bind', join(folder, 'home'), `/home/${USER}`, '--chdir', '/',
    '--setenv', 'PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  ];
}

/** An sshd that was fetched lies in the user's cache, which the inside does not see. */
const ofTheSystem = (path: string): boolean => /^\/(usr|bin|sbin)\//.test(path);
const inside = (sshd: string): string => (ofTheSystem(sshd) ? sshd : `/opt/sshd/${basename(sshd)}`);

/** Some containers forbid user namespaces. */
async function isolates(bwrap: string, jail: string[]): Promise<boolean> {
  const child = spawn(bwrap, [...jail, '/bin/sh', '-c', 'exit 0'], { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', code => resolve(code === 0));
  });
}
