import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findBinary } from '@xanthus/binaries';
import { startServer } from './child.js';
import type { ServerProcess } from './child.js';
import { freePort } from './free-port.js';
import { tempDir } from './temp-dir.js';
import { sshKeyPair } from './ssh-key-pair.js';

export interface HostKey {
  type: string;
  /** `SHA256:` and base64 without padding, as `ssh-keygen -l` prints it. */
  fingerprint: string;
}

export interface StartSshdOptions {
  /** Lines added to sshd's configuration. */
  config?: string;
  /** Further keys that may log in, as lines of authorized_keys. */
  authorizedKeys?: string[];
  /** Environment of what is run, beside HOME: a PATH with stand-ins of programs, for one. No spaces in it. */
  env?: Record<string, string>;
}

export interface TestSshd {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  /** OpenSSH PEM, ed25519, no passphrase. */
  readonly privateKey: string;
  /** One line, as in authorized_keys. */
  readonly publicKey: string;
  readonly hostKey: HostKey;
  /** HOME of what is run; `.ssh/authorized_keys` in it is read too. */
  readonly home: string;
  log(): string;
  /** Restarts it on the same port with another host key, as an impostor would; open connections are cut. */
  swapHostKey(): Promise<HostKey>;
  /** Cuts the open connections; new ones are served. */
  dropConnections(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A real OpenSSH server on a free loopback port: the current user, key only, host key of its own. Needs no privileges. `HOME` is an empty folder
 * that goes with it, so that neither the user's shell start-up files run nor their own `.ssh` changes.
 */
export async function startSshd(o: StartSshdOptions = {}): Promise<TestSshd> {
  const binary = await findBinary('sshd');
  const user = userInfo().username;
  const folder = await tempDir('xanthus-sshd-');
  const at = (name: string): string => join(folder.path, name);
  if (process.getuid?.() === 0) await prepareForRoot();
  await mkdir(at('home'), { mode: 0o700 });
  const client = sshKeyPair({ comment: 'xanthus-test' });
  await writeFile(at('authorized_keys'), `${[client.public, ...(o.authorizedKeys ?? [])].join('\n')}\n`, { mode: 0o600 });

  let server: ServerProcess;
  let port = await freePort();
  const launch = async (): Promise<HostKey> => {
    const host = sshKeyPair();
    await writeFile(at('host_key'), host.private.endsWith('\n') ? host.private : `${host.private}\n`, { mode: 0o600 });
    await writeFile(at('sshd_config'), configuration(at, port, o));
    server = await startServer(binary, ['-D', '-e', '-f', at('sshd_config')], /Server listening on/);
    const [type = '', blob = ''] = host.public.split(' ');
    return { type, fingerprint: `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}` };
  };
  const dropConnections = async (): Promise<void> => {
    for (const pid of await descendants(server.pid)) try { process.kill(pid, 'SIGKILL'); } catch { /* it ended by itself */ }
  };
  const end = async (): Promise<void> => {
    await dropConnections();
    await server.end('SIGTERM');
  };

  let hostKey: HostKey | undefined;
  for (let attempt = 1; !hostKey; attempt++) {
    try {
      hostKey = await launch();
    } catch (error) {
      if (attempt === 3 || !/Address already in use/.test(String(error))) {
        await folder.remove();
        throw error;
      }
      port = await freePort();
    }
  }
  return {
    host: '127.0.0.1',
    port,
    user,
    privateKey: client.private,
    publicKey: client.public,
    home: at('home'),
    get hostKey() { return hostKey as HostKey; },
    log: () => server.output(),
    swapHostKey: async () => {
      await end();
      hostKey = await launch();
      return hostKey;
    },
    dropConnections,
    stop: async () => {
      await end();
      await folder.remove();
    },
  };
}

/** Started by root, sshd wants a folder and a user for its unprivileged half; the package makes them where it is installed. */
async function prepareForRoot(): Promise<void> {
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  if (/^sshd:/m.test(await readFile('/etc/passwd', 'utf8'))) return;
  await promisify(execFile)('useradd', ['--system', '--no-create-home', '--home-dir', '/run/sshd', '--shell', '/usr/sbin/nologin', 'sshd']);
}

const configuration = (at: (name: string) => string, port: number, { config = '', env = {} }: StartSshdOptions): string => `
ListenAddress 127.0.0.1:${port}
HostKey ${at('host_key')}
PidFile none
AuthorizedKeysFile ${at('authorized_keys')} ${at('home')}/.ssh/authorized_keys
SetEnv ${Object.entries({ HOME: at('home'), ...env }).map(([name, value]) => `${name}=${value}`).join(' ')}
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UsePAM no
StrictModes no
UseDNS no
PrintMotd no
MaxStartups 100
MaxSessions 100
Subsystem sftp internal-sftp
LogLevel VERBOSE
${config}
`;

/** Every process below one, deepest first. Empty where there is no /proc. */
async function descendants(root: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const name of await readdir('/proc').catch(() => [] as string[])) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap(child => [...below(child), child]);
  return below(root);
}
