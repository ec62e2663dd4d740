import { connect as tcpConnect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HostKey } from '@xanthus/proto/vps';
import ssh2 from 'ssh2';
import { AddressError, resolveAddresses, type AddressPolicy, type Lookup } from '@xanthus/net';
import { libraryAgent, type SshAgent } from './agent.js';
import { acceptsHostKey, describeHostKey, hostKeyAlgorithms, verifierOf, type HostKeyPolicy } from './host-key.js';
import { readPrivateKey } from './key-pair.js';
import { openSession, type SshConnection } from './session.js';
import { SshError, type SshErrorCode, type SshStage } from './ssh-error.js';

export type SecretAuth = { readonly password: string } | { readonly privateKey: string; readonly passphrase?: string | undefined };
/** With an agent the secret stays where it is. */
export type SshAuth = SecretAuth | { readonly agent: SshAgent };
export interface SshTarget { readonly host: string; readonly port: number; readonly user: string }

/** The longest time of each stage, ms. */
export interface SshTimeouts { readonly resolve: number; readonly connect: number; readonly host_key: number; readonly auth: number }
export const DEFAULT_TIMEOUTS: SshTimeouts = { resolve: 4_000, connect: 6_000, host_key: 6_000, auth: 8_000 };

/** A stage that was passed, with the time that it took. */
export interface StageReport { readonly name: Exclude<SshStage, 'session'>; readonly ms: number; readonly detail: string }

export interface ConnectOptions {
  readonly target: SshTarget;
  readonly auth: SshAuth;
  readonly hostKey: HostKeyPolicy;
  readonly addresses: AddressPolicy;
  readonly timeouts?: Partial<SshTimeouts>;
  readonly signal?: AbortSignal;
  /** Called once per passed stage, in order; a failed one is the error's `stage`. */
  readonly onStage?: (stage: StageReport) => void;
  readonly lookup?: Lookup;
  /** Through this machine (ProxyJump). Its key is checked and its address ruled as those of the target, which is resolved here and dialled from there. */
  readonly jump?: Jump | undefined;
}

/** A machine on the way. It logs in by itself and sees nothing of what is said to the target. */
export interface Jump { readonly target: SshTarget; readonly auth: SshAuth; readonly hostKey: HostKeyPolicy }

const KEEPALIVE_MS = 10_000;
/** Nothing with SHA-1 and no compression. */
const ALGORITHMS = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256', 'ecdh-sha2-nistp384', 'ecdh-sha2-nistp521', 'diffie-hellman-group16-sha512', 'diffie-hellman-group18-sha512', 'diffie-hellman-group14-sha256'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} satisfies ssh2.Algorithms;

/** Runs one stage with its own time-out; the signal and the time-out both end it at once, `stop` frees what it held. */
const stage = async <T>(o: { name: SshStage; ms: number; signal: AbortSignal | undefined; late: () => SshError; stop?: () => void }, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  let aborted: (() => void) | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(o.late()), o.ms);
    aborted = () => reject(cancelled(o.name));
    if (o.signal?.aborted) aborted();
    else o.signal?.addEventListener('abort', aborted, { once: true });
  });
  try {
    return await Promise.race([work, limit]);
  } catch (error) {
    o.stop?.();
    throw error;
  } finally {
    clearTimeout(timer);
    if (aborted) o.signal?.removeEventListener('abort', aborted);
    // The loser of the race may still reject; nobody listens then.
    work.catch(() => undefined);
  }
};

const cancelled = (name: SshStage): SshError => new SshError(name, 'SERVER.CANCELLED', 'The connection was cancelled before it was ready.');

interface Dialled { readonly socket: Duplex; readonly connected: Promise<void> }

const dial = (address: string, port: number): Dialled => {
  const socket = tcpConnect({ host: address, port, noDelay: true });
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (error: NodeJS.ErrnoException) => reject(dialError(error, address, port)));
  });
  return { socket, connected };
};

const dialError = (error: NodeJS.ErrnoException, address: string, port: number): SshError => {
  switch (error.code) {
    case 'ECONNREFUSED': return new SshError('connect', 'SERVER.REFUSED', `${address} refused port ${port}. Is sshd running there, on this port?`);
    case 'EHOSTUNREACH': case 'ENETUNREACH': return new SshError('connect', 'SERVER.REFUSED', `There is no route to ${address} (${error.code}). Check the address and the network.`);
    case 'ETIMEDOUT': return noAnswer(address, port, 'the system\'s time-out');
    default: return new SshError('connect', 'SERVER.REFUSED', `${address}:${port} cannot be connected to (${error.code ?? error.message}).`);
  }
};

const noAnswer = (address: string, port: number, within: string): SshError =>
  new SshError('connect', 'SERVER.TIMEOUT', `No answer from ${address}:${port} within ${within}. Check that the machine is on and that no firewall drops the port.`);

const notSsh = (address: string, port: number, first: Buffer): SshError => {
  const what = first.toString('latin1').startsWith('HTTP/') ? 'talks HTTP' : first[0] === 0x15 || first[0] === 0x16 ? 'talks TLS' : 'does not talk SSH';
  return new SshError('host_key', 'SERVER.NOT_SSH', `${address}:${port} ${what}. Give the port of its SSH server, usually 22.`);
};

/** Everything from a connected socket to the log-in, told as two promises. */
const handshake = (client: ssh2.Client, socket: Duplex, o: ConnectOptions, address: string, login: ssh2.ConnectConfig) => {
  const { port } = o.target;
  let presented: HostKey | undefined;
  let keyed = false;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => { fail = reject; });
  failed.catch(() => undefined);

  // A server speaks first, and a line other than `SSH-` is for tarpits and other protocols only: said at once instead of after the time-out.
  let first = Buffer.alloc(0);
  const sniff = (chunk: Buffer): void => {
    first = Buffer.concat([first, chunk]).subarray(0, 16);
    if (!'SSH-'.startsWith(first.subarray(0, 4).toString('latin1'))) fail(notSsh(address, port, first));
    if (first.length >= 4) socket.off('data', sniff);
  };
  socket.on('data', sniff);

  const verify = verifierOf(o.hostKey);
  const refuseKey = (key: HostKey): SshError => 'pinned' in o.hostKey
    ? new SshError('host_key', 'SERVER.HOST_KEY_CHANGED', `The machine shows the host key ${key.fingerprint}, not the confirmed one. If it was not reinstalled, someone may be between.`, { presented: key, expected: o.hostKey.pinned })
    : new SshError('host_key', 'SERVER.HOST_KEY_UNCONFIRMED', `The machine shows the host key ${key.fingerprint}. Compare it with the machine's own and confirm it.`, { presented: key });

  client.on('error', (error: Error & { level?: string }) => fail(error.level === 'agent' ? error : sshFailure(error, { keyed, address, port, user: o.target.user, first })));
  client.on('close', () => fail(keyed
    ? new SshError('auth', 'SERVER.DISCONNECTED', `${address}:${port} closed the connection during the log-in.`)
    : first.length === 0 ? new SshError('host_key', 'SERVER.NOT_SSH', `${address}:${port} closed the connection without a word of SSH. Give the port of its SSH server.`)
      : new SshError('host_key', 'SERVER.DISCONNECTED', `${address}:${port} closed the connection before its host key was checked.`)));

  const ready = new Promise<void>(resolve => { client.once('ready', resolve); });
  const hostKeyChecked = new Promise<HostKey>(resolve => {
    client.once('handshake', () => { keyed = true; if (presented) resolve(presented); });
  });
  const secret = o.auth;
  if ('password' in secret) client.on('keyboard-interactive', (_n, _i, _l, prompts, finish) => finish(prompts.map(() => secret.password)));

  client.connect({
    // The library reads and writes it, and asks nothing of it that a channel does not have.
    sock: socket as ssh2.ConnectConfig['sock'] & object,
    username: o.target.user,
    ...login,
    algorithms: { ...ALGORITHMS, serverHostKey: hostKeyAlgorithms(o.hostKey) },
    hostVerifier: (blob: Buffer, answer: (ok: boolean) => void): void => {
      presented = describeHostKey(blob);
      const ok = acceptsHostKey(verify, presented);
      if (!ok) fail(refuseKey(presented));
      answer(ok);
    },
    readyTimeout: 0,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: 3,
  });
  return { hostKeyChecked: Promise.race([hostKeyChecked, failed]), ready: Promise.race([ready, failed]) };
};

const credentials = (auth: SshAuth): ssh2.ConnectConfig => 'agent' in auth ? { agent: libraryAgent(auth.agent) } : 'password' in auth
  ? { password: auth.password, tryKeyboard: true }
  : { privateKey: auth.privateKey, ...(auth.passphrase === undefined ? {} : { passphrase: auth.passphrase }) };

const unreadableKey = (auth: SshAuth): unknown => {
  if (!('privateKey' in auth)) return undefined;
  try {
    readPrivateKey(auth.privateKey, auth.passphrase);
    return undefined;
  } catch (error) {
    return error;
  }
};

const sshFailure = (error: Error & { level?: string }, at: { keyed: boolean; address: string; port: number; user: string; first: Buffer }): SshError => {
  if (error.level === 'client-authentication' || /authentication failures/i.test(error.message)) {
    return new SshError('auth', 'SERVER.AUTH_FAILED', `${at.address}:${at.port} did not let ${at.user} in. Check the user, and that the key is in its authorized_keys (or that the password is right and allowed).`);
  }
  const where = at.keyed ? 'auth' as const : 'host_key' as const;
  if (!at.keyed && at.first.length > 0 && !at.first.toString('latin1').startsWith('SSH-')) return notSsh(at.address, at.port, at.first);
  return new SshError(where, 'SERVER.DISCONNECTED', `The connection to ${at.address}:${at.port} broke before anyone was logged in (${error.message}). Is that its SSH port, and does it take connections from here?`);
};

const resolveTarget = async (...target: Parameters<typeof resolveAddresses>): Promise<string> => {
  try {
    return (await resolveAddresses(...target))[0];
  } catch (error) {
    if (error instanceof AddressError) throw new SshError('resolve', error.code === 'TARGET.UNRESOLVED' ? 'SERVER.UNRESOLVED' : 'SERVER.ADDRESS_FORBIDDEN', error.message);
    throw error;
  }
};

/**
 * Connects and logs in: resolve → connect → host key → auth, each stage with its own time-out. Nothing secret is sent before the host key was accepted.
 * @throws SshError with the stage; on any failure the socket is gone.
 */
export const connectSsh = async (o: ConnectOptions): Promise<SshConnection> => {
  if (o.jump === undefined) return connectTo(o, async (address, port) => dial(address, port));
  const { jump, onStage: _told, ...rest } = o;
  const between = await connectTo({ ...rest, ...jump }, async (address, port) => dial(address, port)).catch((error: unknown) => { throw onTheWay(error, jump.target.host); });
  try {
    const connection = await connectTo(o, (address, port) => dialThrough(between, address, port), between.hostKey);
    void connection.closed.then(() => between.close());
    return connection;
  } catch (error) {
    between.close();
    throw error;
  }
};

/** What failed at the machine between, told as such: its host key says nothing about the target's. */
const onTheWay = (error: unknown, host: string): unknown => {
  if (!(error instanceof SshError)) return error;
  const code = error.code === 'SERVER.HOST_KEY_CHANGED' ? 'SERVER.JUMP_HOST_KEY_CHANGED' : error.code === 'SERVER.HOST_KEY_UNCONFIRMED' ? 'SERVER.JUMP_HOST_KEY_UNCONFIRMED' : error.code as SshErrorCode;
  return new SshError('connect', code, `On the way through ${host}: ${error.message}`, error.details as { presented?: HostKey });
};

/** The connection is asked for when it is needed, and its failure is one of the way, not of the target. */
const dialThrough = async (between: SshConnection, address: string, port: number): Promise<Dialled> => {
  try {
    return { socket: await between.forward(address, port), connected: Promise.resolve() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SshError('connect', 'SERVER.REFUSED', `${between.address} does not get through to ${address}:${port} (${why}). Is sshd running there, and may that machine forward connections (AllowTcpForwarding)?`);
  }
};

const connectTo = async (o: ConnectOptions, dialled: (address: string, port: number) => Promise<Dialled>, jumpKey?: HostKey): Promise<SshConnection> => {
  const { host, port } = o.target;
  const limits = { ...DEFAULT_TIMEOUTS, ...o.timeouts };
  const seconds = (name: keyof SshTimeouts): string => `${limits[name] / 1_000} s`;
  let started = performance.now();
  const passed = (name: StageReport['name'], detail: string): void => {
    const now = performance.now();
    o.onStage?.({ name, ms: Math.round((now - started) * 10) / 10, detail });
    started = now;
  };

  const address = await stage({ name: 'resolve', ms: limits.resolve, signal: o.signal, late: () => new SshError('resolve', 'SERVER.UNRESOLVED', `The name ${host} was not resolved within ${seconds('resolve')}.`) },
    resolveTarget(host, port, o.addresses, o.lookup));
  passed('resolve', address);
  const dialling = dialled(address, port);
  const stop = (): void => { void dialling.then(d => d.socket.destroy(), () => undefined); };
  const socket = await stage({ name: 'connect', ms: limits.connect, signal: o.signal, late: () => noAnswer(address, port, seconds('connect')), stop }, dialling.then(async (d) => {
    await d.connected;
    return d.socket;
  }));
  passed('connect', `${address}:${port}`);

  const client = new ssh2.Client();
  const late = (name: 'host_key' | 'auth') => (): SshError => new SshError(name, 'SERVER.TIMEOUT', `${address}:${port} accepted the connection but said nothing more within ${seconds(name)}. Is this the SSH port of a machine that works?`);
  const unreadable = unreadableKey(o.auth);
  const shake = handshake(client, socket, o, address, unreadable === undefined ? credentials(o.auth) : {});
  shake.ready.catch(() => undefined);
  const key = await stage({ name: 'host_key', ms: limits.host_key, signal: o.signal, late: late('host_key'), stop }, shake.hostKeyChecked);
  passed('host_key', key.fingerprint);
  // Said only now, so that a broken key does not hide what else is wrong on the way.
  if (unreadable) {
    stop();
    throw unreadable;
  }
  await stage({ name: 'auth', ms: limits.auth, signal: o.signal, late: late('auth'), stop }, shake.ready);
  passed('auth', o.target.user);
  return openSession(client, socket, { address, user: o.target.user, hostKey: key, ...(jumpKey ? { jumpKey } : {}) });
};
