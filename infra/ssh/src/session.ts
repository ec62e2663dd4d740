import type { Duplex } from 'node:stream';
import type { HostKey } from '@xanthus/proto/vps';
import type ssh2 from 'ssh2';
import { quoteArgv } from './argv.js';
import { channelRefused, openShell, type ShellOptions, type SshShell } from './shell.js';
import { openSftp, type Sftp } from './sftp.js';
import { SshError } from './ssh-error.js';

export interface ExecOptions {
  /** Written to the program, then its input is closed. */
  readonly stdin?: string | Uint8Array;
  /** ms; 10 s unless told. The program is ended and `SERVER.TIMEOUT` thrown. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Bytes kept of each of stdout and stderr; the rest is read and dropped. 1 MiB unless told. */
  readonly maxOutput?: number;
  /** What comes, as it comes, beside being kept; all of it, however much. */
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onStderr?: (chunk: Buffer) => void;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly onData: (chunk: Buffer) => void | Promise<void>;
}

export interface ExecResult {
  /** Exit status; `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Output was longer than `maxOutput`. */
  readonly truncated: boolean;
}

/** One connection for any number of commands at a time. */
export interface SshConnection {
  readonly address: string;
  /** Who is logged in. */
  readonly user: string;
  readonly hostKey: HostKey;
  /** Of the machine that it goes through. */
  readonly jumpKey?: HostKey;
  /** Runs a program by argv. A status other than 0 is a result, not an error. @throws SshError SERVER.TIMEOUT, SERVER.DISCONNECTED, SERVER.CANCELLED */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Runs a fixed POSIX script (from our source, never built from data) with parameters as `$1`, `$2`, … */
  script(text: string, parameters?: readonly string[], options?: Omit<ExecOptions, 'stdin'>): Promise<ExecResult>;
  /**
   * Runs a program and hands over its output as it comes, until it ends or the signal does. `onData` may say no more for a while by a promise: the program is
   * not read on until it resolves. @throws SshError SERVER.DISCONNECTED; an abort is an end like another
   */
  follow(argv: readonly string[], options: FollowOptions): Promise<{ readonly code: number | null; readonly stderr: string }>;
  /** A program on a terminal: the user's log-in shell unless another is told. @throws SshError SERVER.NO_TERMINAL, SERVER.NO_SHELL, SERVER.CHANNELS_FULL, SERVER.CHANNEL_PROHIBITED, SERVER.DISCONNECTED */
  shell(options: ShellOptions): Promise<SshShell>;
  /** Files over a channel of its own; whoever opens it closes it. @throws SftpError FILES.NO_SFTP; SshError SERVER.CHANNELS_FULL, SERVER.DISCONNECTED */
  sftp(): Promise<Sftp>;
  /** A channel from there to another address, for a connection through this machine. @throws Error with the machine's reason */
  forward(address: string, port: number): Promise<Duplex>;
  /** Commands, shells and forwarded connections of now. */
  readonly busy: number;
  readonly open: boolean;
  /** Resolves once, when the connection is gone, with the reason unless `close` was called. */
  readonly closed: Promise<SshError | undefined>;
  close(): void;
}

const EXEC_TIMEOUT = 10_000;
const MAX_OUTPUT = 1024 * 1024;
const FAREWELL = 1_000;
/** What `END` takes at most, ms: a connection that is closed still ends the programs that were given up. */
const ENDING = 3_000;

/** Tells its process id on stderr before it becomes the program: sshd takes no signal for a log-in of root, so we end programs ourselves. */
const ANNOUNCE = 'echo "xanthus-pid $$" >&2; exec "$@"';
const ANNOUNCED = /^xanthus-pid (\d+)\n/m;
/** Ends the process group of a program (sshd gives each command its own): TERM, after 2 s KILL. */
const END = `
group=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 3)
target=\${group:+-$group}
target=\${target:-$1}
kill -s TERM -- "$target" 2>/dev/null || exit 0
i=0
while [ $i -lt 20 ]; do sleep 0.1; kill -s 0 -- "$target" 2>/dev/null || exit 0; i=$((i + 1)); done
kill -s KILL -- "$target"
`;

/** Hands on what is behind our own first line. */
const afterAnnouncement = (chunk: Buffer, onStderr: ExecOptions['onStderr']): boolean => {
  const end = chunk.indexOf(0x0a);
  if (end < 0) return false;
  if (end + 1 < chunk.length) onStderr?.(chunk.subarray(end + 1));
  return true;
};

const heldBack = async (stream: ssh2.ClientChannel, until: Promise<void>): Promise<void> => {
  stream.pause();
  await until.catch(() => undefined);
  stream.resume();
};

const collector = (limit: number) => {
  const chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  return {
    push(chunk: Buffer): void {
      const room = limit - size;
      if (chunk.length > room) truncated = true;
      if (room <= 0) return;
      const part = chunk.subarray(0, room);
      chunks.push(part);
      size += part.length;
    },
    text: (): string => Buffer.concat(chunks).toString('utf8'),
    truncated: (): boolean => truncated,
  };
};

/** @internal A logged-in client as a connection. */
export const openSession = (client: ssh2.Client, socket: Duplex, about: { readonly address: string; readonly user: string; readonly hostKey: HostKey; readonly jumpKey?: HostKey }): SshConnection => {
  let open = true;
  let reason: SshError | undefined;
  const gone = (why: string): SshError => new SshError('session', 'SERVER.DISCONNECTED', `The connection to ${about.address} was lost${why === '' ? '' : `: ${why}`}.`);
  client.removeAllListeners('error');
  client.removeAllListeners('close');
  client.on('error', (error: Error) => { reason ??= gone(error.message); });
  /** Commands that wait. A set, not reactions on `closed`: those would pile up on a connection that lives for months. */
  const waiting = new Set<(error: SshError) => void>();
  const closed = new Promise<SshError | undefined>(resolve => {
    client.once('close', () => {
      if (open) reason ??= gone('');
      open = false;
      for (const lost of waiting) lost(reason ?? gone('it was closed'));
      resolve(reason);
    });
  });

  /** Over a channel of its own, and nobody waits for it. */
  const endings = new Set<Promise<void>>();
  const endProgram = (pid: string): void => {
    const ended = new Promise<void>(resolve => {
      if (!open) return resolve();
      client.exec(quoteArgv(['sh', '-s', '--', pid]), (error, stream) => {
        if (error) return resolve();
        stream.on('error', () => undefined).on('close', resolve).resume().stderr.resume();
        stream.end(END);
      });
    });
    endings.add(ended);
    void ended.catch(() => undefined).then(() => endings.delete(ended));
  };

  const exec = (argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> => {
    quoteArgv(argv);
    const line = quoteArgv(['sh', '-c', ANNOUNCE, 'sh', ...argv]);
    if (!open) return Promise.reject(reason ?? gone('it was closed'));
    return new Promise((resolve, reject) => {
      const limit = options.timeout ?? EXEC_TIMEOUT;
      const out = collector(options.maxOutput ?? MAX_OUTPUT);
      const err = collector((options.maxOutput ?? MAX_OUTPUT) + 64);
      let channel: ssh2.ClientChannel | undefined;
      let over = false;
      let abandoned = false;
      const end = (settle: () => void): void => {
        if (over) return;
        over = true;
        clearTimeout(timer);
        waiting.delete(lost);
        options.signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const abandon = (): void => {
        const pid = ANNOUNCED.exec(err.text())?.[1];
        if (pid === undefined || abandoned || !open) return;
        abandoned = true;
        endProgram(pid);
        channel?.close();
      };
      const kill = (error: SshError): void => end(() => {
        abandon();
        reject(error);
      });
      const lost = (error: SshError): void => end(() => reject(error));
      const onAbort = (): void => kill(new SshError('session', 'SERVER.CANCELLED', 'The command was cancelled.'));
      const timer = setTimeout(() => kill(new SshError('session', 'SERVER.TIMEOUT', `The command did not end within ${limit / 1_000} s.`)), limit);
      if (options.signal?.aborted) return onAbort();
      options.signal?.addEventListener('abort', onAbort, { once: true });
      waiting.add(lost);

      client.exec(line, (error, stream) => {
        if (error) return end(() => reject(open ? channelRefused(error, about.address) : gone(error.message)));
        channel = stream;
        let status: { code: number | null; signal: string | null } | undefined;
        stream.on('data', out.push);
        if (options.onStdout) stream.on('data', options.onStdout);
        let announced = false;
        stream.stderr.on('data', (chunk: Buffer) => {
          err.push(chunk);
          // Our own line comes first, in a chunk of its own.
          if (announced) options.onStderr?.(chunk);
          else announced = afterAnnouncement(chunk, options.onStderr);
          // Given up before the program had told who it is.
          if (over) abandon();
        });
        // Writing to a program that has ended already is no fault of the connection.
        stream.on('error', () => undefined);
        stream.on('exit', (code: number | null, signal?: string) => { status = { code, signal: signal ?? null }; });
        stream.on('close', () => end(() => {
          if (!status) return reject(gone('a command ended without a status'));
          resolve({ ...status, stdout: out.text(), stderr: err.text().replace(ANNOUNCED, ''), truncated: out.truncated() || err.truncated() });
        }));
        stream.end(options.stdin);
      });
    });
  };

  const follow = (argv: readonly string[], { signal, onData }: FollowOptions): Promise<{ code: number | null; stderr: string }> => {
    const line = quoteArgv(['sh', '-c', ANNOUNCE, 'sh', ...argv]);
    if (!open) return Promise.reject(reason ?? gone('it was closed'));
    return new Promise((resolve, reject) => {
      const err = collector(64 * 1024);
      let over = false;
      const end = (settle: () => void): void => {
        if (over) return;
        over = true;
        waiting.delete(lost);
        signal.removeEventListener('abort', onAbort);
        settle();
      };
      const lost = (error: SshError): void => end(() => reject(error));
      let channel: ssh2.ClientChannel | undefined;
      const told = (): string => err.text().replace(ANNOUNCED, '');
      const kill = (): void => {
        const pid = ANNOUNCED.exec(err.text())?.[1];
        if (pid === undefined || !open) return;
        endProgram(pid);
        channel?.close();
      };
      const onAbort = (): void => end(() => {
        kill();
        channel?.resume();
        resolve({ code: null, stderr: told() });
      });
      if (signal.aborted) return resolve({ code: null, stderr: '' });
      signal.addEventListener('abort', onAbort, { once: true });
      waiting.add(lost);
      client.exec(line, (error, stream) => {
        if (error) return end(() => reject(open ? channelRefused(error, about.address) : gone(error.message)));
        channel = stream;
        let code: number | null = null;
        stream.on('data', (chunk: Buffer) => {
          if (over) return;
          const wait = onData(chunk);
          if (wait) void heldBack(stream, wait);
        });
        stream.stderr.on('data', (chunk: Buffer) => {
          err.push(chunk);
          // Ended before the program had told who it is.
          if (over) kill();
        });
        stream.on('error', () => undefined);
        stream.on('exit', (status: number | null) => { code = status; });
        stream.on('close', () => end(() => resolve({ code, stderr: told() })));
        stream.end();
      });
    });
  };

  let channels = 0;
  const shell = async (options: ShellOptions): Promise<SshShell> => {
    if (!open) throw reason ?? gone('it was closed');
    let lost: (error: SshError) => void = () => undefined;
    const loss = new Promise<never>((_, reject) => { lost = reject; });
    waiting.add(lost);
    try {
      const made = await Promise.race([openShell({ client, address: about.address, gone: () => (open ? undefined : reason ?? gone('it was closed')), options }), loss]);
      channels += 1;
      void made.ended.finally(() => { channels -= 1; });
      return made;
    } finally {
      waiting.delete(lost);
    }
  };

  const sftp = async (): Promise<Sftp> => {
    const made = await openSftp(client, () => reason ?? gone(open ? '' : 'it was closed'));
    channels += 1;
    void made.ended.finally(() => { channels -= 1; });
    return made;
  };

  const forward = (address: string, port: number): Promise<Duplex> => new Promise((resolve, reject) => {
    if (!open) return reject(reason ?? gone('it was closed'));
    client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
      if (error) return reject(error);
      channels += 1;
      channel.once('close', () => { channels -= 1; });
      resolve(channel);
    });
  });

  return {
    ...about,
    exec,
    follow,
    shell,
    sftp,
    forward,
    get busy() { return waiting.size + channels; },
    script: (text, parameters = [], options = {}) => exec(['sh', '-s', '--', ...parameters], { ...options, stdin: text }),
    get open() { return open; },
    closed,
    close() {
      if (!open) return;
      open = false;
      const leave = (): void => {
        clearTimeout(limit);
        client.end();
        // A machine that went silent never answers the farewell.
        setTimeout(() => socket.destroy(), FAREWELL).unref();
      };
      const limit = setTimeout(leave, ENDING).unref();
      if (endings.size === 0) leave();
      else void Promise.allSettled(endings).then(leave);
    },
  };
};
