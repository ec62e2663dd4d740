import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { PATH, WRITABLE } from './disk.js';
import { sshdInside, systemFolders } from './system-folders.js';

/** Programs of this machine that make and enter a jail. */
export interface JailPrograms { readonly bwrap: string; readonly nsenter: string; readonly sshd: string }

export interface RunningJail {
  /** How a program gets into it, as user 1000: what comes before its own argv. */
  readonly enter: { readonly file: string; readonly args: readonly string[] };
  /** What runs in it per connection. */
  readonly sshd: { readonly file: string; readonly args: readonly string[] };
  /** Its end: exit status of the first program (11: boot again), or null when it was killed. */
  readonly ended: Promise<number | null>;
  /** Everything in it, at once. Resolves when it is gone. */
  kill(): Promise<void>;
}

const MAX_PROCESSES = '512';
const PROGRAMS = ['--setenv', 'PATH', PATH, '--setenv', 'HOME', '/root', '--setenv', 'USER', 'root', '--setenv', 'LANG', 'C.UTF-8'];

/** Programs of a Kubernetes for one machine: real API, simulated pods. They are seen as /sandbox/kubernetes/<name>. */
export interface KubernetesPrograms { readonly kubernetes: string; readonly helm: string; readonly kubectl: string }

/** The arguments of bubblewrap for a machine whose folder has `disk` and `boot`. `shared`: the folder of the host. */
const jailArguments = async (programs: JailPrograms, shared: string, folder: string, hostname: string, kubernetes?: KubernetesPrograms): Promise<{ args: string[]; sshd: string }> => {
  const root = join(shared, 'root');
  const disk = join(folder, 'disk');
  for (const part of ['usr', 'proc', 'dev', 'tmp', 'run', 'sandbox', 'sys', ...Object.keys(WRITABLE)]) await mkdir(join(root, part), { recursive: true, mode: 0o755 });
  const inside = await sshdInside(programs.sshd, '/sandbox/sshd');
  const args = [
    '--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try',
    '--uid', '0', '--gid', '0', '--hostname', hostname, '--die-with-parent', '--new-session', '--clearenv', ...PROGRAMS,
    '--ro-bind', root, '/', ...(await systemFolders(root)),
    ...Object.entries(WRITABLE).flatMap(([inside, name]) => ['--bind', join(disk, name), inside]),
    '--ro-bind-try', '/etc/alternatives', '/etc/alternatives', '--ro-bind-try', '/etc/ld.so.cache', '/etc/ld.so.cache',
    '--ro-bind', join(shared, 'tools'), '/sandbox', '--ro-bind', join(folder, 'boot'), '/sandbox/boot', ...inside.mounts,
    ...Object.entries(kubernetes ?? {}).flatMap(([name, path]) => ['--ro-bind', path as string, `/sandbox/kubernetes/${name}`]),
    '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--tmpfs', '/run', '--perms', '0755', '--dir', '/run/sshd', '--chdir', '/',
  ];
  return { args, sshd: inside.path };
};

/** How a program enters the spaces of a jail: as user 1000 of one more user namespace, which limits its number of processes too. */
const enter = (pid: number): string[] => ['--target', String(pid), '--user', '--mount', '--uts', '--ipc', '--net', '--pid', '--preserve-credentials', '--',
  '/usr/bin/prlimit', `--nproc=${MAX_PROCESSES}`, '--', '/usr/bin/unshare', '--user', '--map-user=1000', '--map-group=1000', '--'];

/** Boots a machine. @throws Error with the words of bubblewrap when the jail can't be made */
export const startJail = async (programs: JailPrograms, o: { readonly shared: string; readonly folder: string; readonly hostname: string; readonly kubernetes?: KubernetesPrograms | undefined }): Promise<RunningJail> => {
  const { args, sshd } = await jailArguments(programs, o.shared, o.folder, o.hostname, o.kubernetes);
  const child = spawn('/bin/sh', ['-c', 'ulimit -c 0; ulimit -f 204800; ulimit -v 4194304; exec "$@"', 'sandbox', programs.bwrap, '--args', '4', '--info-fd', '3', '/bin/sh', '/sandbox/lib/boot'],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'], env: { PATH }, cwd: '/' });
  // Not in its command line, which the inside can read: where our folders are is no business of it.
  const options = child.stdio[4] as Writable;
  options.on('error', () => undefined); // it has ended: said below
  options.end(args.map(a => `${a}\0`).join(''));
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', code => resolve(code));
  });
  const pid = await firstProcess(child, ended);
  return {
    enter: { file: programs.nsenter, args: enter(pid) },
    sshd: { file: programs.nsenter, args: [...enter(pid), sshd, '-i', '-e', '-f', '/etc/ssh/sshd_config'] },
    ended,
    kill: async () => {
      child.kill('SIGKILL'); // --die-with-parent: and with it the first process inside, and with that all the others
      await ended;
      await gone(pid);
    },
  };
};

/** The kernel ends the rest within moments: the first process is the last to go. The disk is not touched before. */
const gone = async (pid: number): Promise<void> => {
  for (let i = 0; i < 500; i++) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (!/\) [^ZX] /.test(stat)) return; // a zombie waits for nothing but its parent's notice
    await pause(10);
  }
};

/** bubblewrap tells the process that the jail hangs on before the jail is whole; what runs in it says when it is. */
const firstProcess = async (child: ChildProcess, ended: Promise<number | null>): Promise<number> => {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-2_000); });
  const early = ended.then((code): never => { throw new Error(`the jail could not be made: ${said.trim().split('\n').at(-1) || `it ended with ${code}`}`); });
  early.catch(() => undefined);
  const [, pid] = await Promise.race([Promise.all([heard(child.stdout, /^up$/m), heard(child.stdio[3] as Readable, /"child-pid": *(\d+)/)]), early]);
  return Number(pid);
};

/** The first group of a pattern, when it has come. */
const heard = (stream: Readable | null, pattern: RegExp): Promise<string> => new Promise((resolve) => {
  let text = '';
  stream?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4_096);
    const found = pattern.exec(text);
    if (found) resolve(found[1] ?? '');
  });
});
