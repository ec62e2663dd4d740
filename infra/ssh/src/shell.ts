import type ssh2 from 'ssh2';
import { quoteArgv } from './argv.js';
import { SshError } from './ssh-error.js';

export interface ShellOptions {
  readonly cols: number;
  readonly rows: number;
  /** Kind of terminal; `xterm-256color` unless told. */
  readonly term?: string;
  /** Asked for one by one: sshd takes what its AcceptEnv names (usually LANG and LC_*) and leaves the rest out. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs this instead of the user's own log-in shell. Either way a ForceCommand of the machine wins. */
  readonly command?: readonly string[];
  /** Bytes as they come, out of the terminal: stdout and stderr are one there. */
  readonly onData: (chunk: Buffer) => void;
}

export interface ShellEnd {
  /** Exit status; null where a signal ended it or the machine told none. */
  readonly code: number | null;
  readonly signal: string | null;
  /** The connection was lost: what ran there may still run. */
  readonly lost: SshError | undefined;
}

/** A program on a terminal of its own. */
export interface SshShell {
  write(bytes: Uint8Array): void;
  /** Bytes written that the machine has not taken. Whoever writes looks at it: nothing here is dropped. */
  readonly pending: number;
  /** No more is read until `resume`; what was under way, up to 3 MiB, waits here. */
  pause(): void;
  resume(): void;
  readonly paused: boolean;
  resize(cols: number, rows: number): void;
  /** As `INT`, `TERM`. sshd may not take it (it takes none for root before 9.8). */
  signal(name: string): void;
  /**
   * Hangs up: the kernel tells what runs on the terminal, and sshd where it takes signals. sshd closes no terminal while input waits there that the program
   * does not read: then `ended` comes after a second all the same, and the program is left until its connection ends.
   */
  close(): void;
  /** Resolves once, after the last byte was handed over. */
  readonly ended: Promise<ShellEnd>;
}

const SIGNALS: readonly string[] = ['ABRT', 'ALRM', 'FPE', 'HUP', 'ILL', 'INT', 'KILL', 'PIPE', 'QUIT', 'SEGV', 'TERM', 'USR1', 'USR2'];
const FAREWELL = 1_000;
/** RFC 4254 §5.1. */
const REASONS = { PROHIBITED: 1, CONNECT_FAILED: 2, UNKNOWN_TYPE: 3, SHORTAGE: 4 } as const;

/** What the machine said to a channel that it would not open. @internal */
export const channelRefused = (error: Error & { readonly reason?: unknown }, address: string): SshError => {
  const why = error.message.replace(/^\(SSH\) Channel open failure: /, '');
  switch (error.reason) {
    case REASONS.PROHIBITED: return new SshError('session', 'SERVER.CHANNEL_PROHIBITED', `${address} does not allow this (${why}). See the sshd settings of that user: PermitOpen, AllowTcpForwarding, restrictions in authorized_keys.`);
    // OpenSSH says so of MaxSessions: `open failed`.
    case REASONS.CONNECT_FAILED: case REASONS.SHORTAGE: return new SshError('session', 'SERVER.CHANNELS_FULL', `${address} opens no further channel on this connection (${why}): its sshd allows only so many (MaxSessions).`);
    default: return new SshError('session', 'SERVER.DISCONNECTED', `${address} opened no channel (${why}).`);
  }
};

const refused = (error: Error & { readonly reason?: unknown }, address: string): SshError => {
  if (error.message === 'Unable to request a pseudo-terminal') return new SshError('session', 'SERVER.NO_TERMINAL', `${address} gives this user no terminal. See PermitTTY in its sshd_config, and no-pty or restrict in authorized_keys.`);
  if (error.message === 'Unable to open shell' || error.message === 'Unable to exec') return new SshError('session', 'SERVER.NO_SHELL', `${address} starts no shell for this user. See the sshd settings of that user, and that it has a log-in shell.`);
  return channelRefused(error, address);
};

interface Opening {
  readonly client: ssh2.Client;
  readonly address: string;
  /** Why the connection is gone; undefined while it is there or when it was closed. */
  readonly gone: () => SshError | undefined;
  readonly options: ShellOptions;
}

/** @internal @throws SshError SERVER.NO_TERMINAL, SERVER.NO_SHELL, SERVER.CHANNELS_FULL, SERVER.CHANNEL_PROHIBITED, SERVER.DISCONNECTED */
export const openShell = async ({ client, address, gone, options }: Opening): Promise<SshShell> => {
  const { cols, rows, term = 'xterm-256color', env = {}, command, onData } = options;
  const pty = { cols, rows, term, width: 0, height: 0 };
  let status: { readonly code: number | null; readonly signal: string | null } | undefined;
  const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
    const answer = (error: Error | undefined, stream: ssh2.ClientChannel): void => {
      if (error) return reject(refused(error, address));
      // Heard at once: what is over quickly tells how it ended in the same packet that says it has begun.
      stream.on('exit', (code: number | null, signal?: string) => { status = { code, signal: signal?.replace(/^SIG/, '') ?? null }; });
      resolve(stream);
    };
    try {
      if (command === undefined) client.shell(pty, { env: { ...env } }, answer);
      else client.exec(quoteArgv(command), { pty, env: { ...env } }, answer);
    } catch (error) {
      // The library throws where its socket is gone already.
      reject(error instanceof TypeError ? error : refused(error as Error, address));
    }
  });
  let pending = 0;
  let over = false;
  // On a terminal nothing comes here, but unread it would hold back all else.
  channel.stderr.on('data', onData);
  channel.on('data', onData);
  // Writing to what has ended is no fault of the connection.
  channel.on('error', () => undefined);
  let end: () => void = () => undefined;
  const ended = new Promise<ShellEnd>((resolve) => {
    end = () => {
      over = true;
      resolve({ code: status?.code ?? null, signal: status?.signal ?? null, lost: status === undefined ? gone() : undefined });
    };
  });
  channel.once('close', end);
  return {
    write(bytes) {
      if (over || bytes.length === 0) return;
      pending += bytes.length;
      channel.write(bytes, () => { pending -= bytes.length; });
    },
    get pending() { return over ? 0 : pending; },
    pause: () => { channel.pause(); },
    resume: () => { channel.resume(); },
    get paused() { return channel.isPaused(); },
    resize: (toCols, toRows) => { channel.setWindow(toRows, toCols, 0, 0); },
    signal(name) {
      if (!SIGNALS.includes(name)) throw new TypeError(`${JSON.stringify(name)} is no signal`);
      channel.signal(name);
    },
    close() {
      // Unread output would keep the farewell waiting.
      channel.resume();
      if (over) return;
      channel.signal('HUP');
      channel.close();
      setTimeout(end, FAREWELL).unref();
    },
    ended,
  };
};
