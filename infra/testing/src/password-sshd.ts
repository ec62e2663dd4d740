import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { HostKey } from './sshd.js';
import { tempDir } from './temp-dir.js';
import { sshKeyPair } from './ssh-key-pair.js';

export interface PasswordSshd {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly hostKey: HostKey;
  /** HOME of what is run; keys in its `.ssh/authorized_keys` log in, unless `takeKeys(false)`. */
  readonly home: string;
  takeKeys(take: boolean): void;
  /** How each log-in that succeeded was made, in order. */
  readonly logins: readonly ('password' | 'publickey')[];
  stop(): Promise<void>;
}

/** OpenSSH checks passwords of real accounts only, so the SSH library's own server stands in: one user with a password and an authorized_keys, real programs behind it. */
export const startPasswordSshd = async (password = 'right horse'): Promise<PasswordSshd> => {
  const folder = await tempDir('xanthus-password-sshd-');
  const home = join(folder.path, 'home');
  await mkdir(home, { mode: 0o700 });
  const host = sshKeyPair();
  const logins: ('password' | 'publickey')[] = [];
  const clients = new Set<ssh2.Connection>();
  let takes = true;

  const isAuthorized = async (data: Buffer): Promise<boolean> => takes && (await readFile(join(home, '.ssh', 'authorized_keys'), 'utf8').catch(() => '')).includes(data.toString('base64'));
  const logIn = async (context: ssh2.AuthContext): Promise<boolean> => {
    if (context.method === 'password') return context.password === password;
    if (context.method !== 'publickey' || !await isAuthorized(context.key.data)) return false;
    const key = ssh2.utils.parseKey(`${context.key.algo} ${context.key.data.toString('base64')}`);
    if (context.signature === undefined || context.blob === undefined) return true;
    return !(key instanceof Error) && (Array.isArray(key) ? key[0] : key)?.verify(context.blob, context.signature, context.hashAlgo) === true;
  };
  const server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
    clients.add(client);
    client.on('error', () => undefined).on('close', () => clients.delete(client));
    client.on('authentication', (context) => {
      void logIn(context).then((ok) => {
        if (!ok) return context.reject(['password', 'publickey']);
        if (context.method === 'password' || (context.method === 'publickey' && context.signature !== undefined)) logins.push(context.method);
        return context.accept();
      });
    });
    client.on('session', (accept) => {
      accept().on('exec', (take, _refuse, { command }) => {
        const stream = take();
        // As every SSH server: the user's shell reads what the client sent.
        const child = spawn('/bin/sh', ['-c', 'eval "$ASKED"'], { env: { PATH: process.env['PATH'], HOME: home, ASKED: command } });
        stream.pipe(child.stdin).on('error', () => undefined);
        child.stdout.pipe(stream, { end: false });
        child.stderr.pipe(stream.stderr, { end: false });
        child.on('close', (code) => { stream.exit(code ?? 1); stream.end(); });
      });
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const [type = '', blob = ''] = host.public.split(' ');
  return {
    port: (server.address() as AddressInfo).port, user: 'ada', password, home, logins,
    hostKey: { type, fingerprint: `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}` },
    takeKeys: (take) => { takes = take; },
    stop: async () => {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => { server.close(() => resolve()); });
      await folder.remove();
    },
  };
};
