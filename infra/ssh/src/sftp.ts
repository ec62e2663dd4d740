/** Files over one channel of a connection: SFTP version 3 with what OpenSSH adds. Paths go as data; no shell is near. */
import type ssh2 from 'ssh2';
import { SftpError, sftpErrorOf } from './sftp-error.js';
import { SshError } from './ssh-error.js';

export type SftpKind = 'file' | 'folder' | 'link' | 'other';
export interface SftpAttributes {
  readonly kind: SftpKind;
  readonly size: number;
  /** Permission bits, 0–0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970; the protocol tells no finer. */
  readonly modified: number;
}
export interface SftpEntry extends SftpAttributes {
  readonly name: string;
  /** As the host writes them in a long listing; undefined where it tells numbers only. */
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** A file that is open on the host. Errors are `SftpError`. */
export interface SftpFile {
  readonly path: string;
  stat(): Promise<SftpAttributes>;
  /** Up to `length` bytes from `offset`; fewer only at the end. Asked for in pieces, side by side. */
  read(offset: number, length: number): Promise<Buffer>;
  write(offset: number, bytes: Uint8Array): Promise<void>;
  truncate(size: number): Promise<void>;
  /** To the disk, where the host offers it; false where it does not. */
  sync(): Promise<boolean>;
  close(): Promise<void>;
}

export interface SftpOpen {
  /** `write`: it is there. `create`: it must not be there yet. `replace`: emptied if it is there. */
  readonly for: 'read' | 'write' | 'create' | 'replace';
  readonly mode?: number;
}

/** @throws SftpError from each of its methods */
export interface Sftp {
  /** Links resolved; the last name need not be there. */
  realpath(path: string): Promise<string>;
  stat(path: string): Promise<SftpAttributes>;
  /** Of a link itself. */
  lstat(path: string): Promise<SftpAttributes>;
  /** Without `.` and `..`, in the order of the host; no more than `most`. */
  list(path: string, most?: number): Promise<SftpEntry[]>;
  readlink(path: string): Promise<string>;
  /** Looks first that it is a file: opening a pipe would hold up everything on the channel. */
  open(path: string, how: SftpOpen): Promise<SftpFile>;
  mkdir(path: string, mode?: number): Promise<void>;
  /** In one step. `overwrite`: what stands there goes; where the host knows no such thing it is removed first. Else a taken name is FILES.FAILED. */
  rename(from: string, to: string, overwrite?: boolean): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  /** Only root may give files away. */
  chown(path: string, uid: number, gid: number): Promise<void>;
  setModified(path: string, seconds: number): Promise<void>;
  /** Bytes that the account may still write where `path` is; undefined where the host does not tell. */
  free(path: string): Promise<number | undefined>;
  readonly alive: boolean;
  /** Resolves once, when the channel is gone. */
  readonly ended: Promise<void>;
  readonly busy: number;
  close(): void;
}

/** Of what is read or written at once, bytes: OpenSSH takes 255 KiB, others 32. */
const PIECE = 32 * 1024;
/** Requests on the way, at most. */
const MOST_ON_THE_WAY = 64;
/** Folder pages asked for side by side. */
const PAGES = 4;
/** Nothing at all came for so long while something was asked: the host hangs. ms */
const SILENCE = 30_000;

const KINDS: Readonly<Record<number, SftpKind>> = { 0o100000: 'file', 0o040000: 'folder', 0o120000: 'link' };
const attributesOf = ({ mode = 0, size = 0, uid = 0, gid = 0, mtime = 0 }: Partial<ssh2.Attributes>): SftpAttributes => ({ kind: KINDS[mode & 0o170000] ?? 'other', size, mode: mode & 0o7777, uid, gid, modified: mtime });

/** `-rw-r--r--    1 root     adm   220 Mar 27 2022 name`: the third and fourth words, where they are no numbers. */
const namesIn = (long: string): { owner?: string; group?: string } => {
  const [, owner = '', group = ''] = /^\S{10,11}\s+\S+\s+(\S+)\s+(\S+)\s+\d/.exec(long) ?? [];
  const named = (text: string): boolean => text !== '' && !/^\d+$/.test(text) && text !== '?';
  return { ...(named(owner) ? { owner } : {}), ...(named(group) ? { group } : {}) };
};

type Callback<T> = (error: Error | undefined | null, value: T) => void;

/** At most so many at a time; the others wait their turn. */
const turns = (most: number) => {
  let free = most;
  const waiting: (() => void)[] = [];
  return {
    take: (): Promise<void> | undefined => (free > 0 ? void free-- : new Promise(resolve => { waiting.push(resolve); })),
    give: (): void => {
      const next = waiting.shift();
      if (next) next();
      else free++;
    },
  };
};

/** @internal @throws SftpError FILES.NO_SFTP; SshError SERVER.CHANNELS_FULL, SERVER.DISCONNECTED */
export const openSftp = (client: ssh2.Client, lost: () => SshError): Promise<Sftp> => new Promise((resolve, reject) => {
  const refuse = (error: Error): void => {
    const full = /channel open failure|open failed/i.test(error.message);
    reject(full ? new SshError('session', 'SERVER.CHANNELS_FULL', 'The server opens no further channel on this connection.')
      : /not connected|no response/i.test(error.message) ? lost()
        : new SftpError('FILES.NO_SFTP', `The server offers no SFTP (${error.message}). Its sshd_config needs: Subsystem sftp internal-sftp`));
  };
  try {
    client.sftp((error, channel) => (error ? refuse(error) : resolve(overChannel(channel, lost))));
  } catch (error) {
    refuse(error as Error);
  }
});

const overChannel = (channel: ssh2.SFTPWrapper, lost: () => SshError): Sftp => {
  let open = true;
  let tell = (): void => undefined;
  const ended = new Promise<void>(resolve => { tell = resolve; });
  const gone = (): SftpError => new SftpError('SERVER.DISCONNECTED', lost().message);
  let asked = 0;
  let heard = 0;
  let watch: NodeJS.Timeout | undefined;
  const inTurn = turns(MOST_ON_THE_WAY);
  const failing = new Set<(error: SftpError) => void>();
  const end = (error: SftpError): void => {
    open = false;
    clearInterval(watch);
    for (const fail of failing) fail(error);
    tell();
  };
  channel.on('close', () => end(gone()));
  channel.on('error', () => undefined);

  const listen = (): void => {
    heard = performance.now();
    watch ??= setInterval(() => {
      if (asked === 0 || performance.now() - heard < SILENCE) return;
      end(new SftpError('SERVER.TIMEOUT', `The server has not answered about files for ${SILENCE / 1_000} s.`));
      channel.end();
    }, SILENCE / 6).unref();
  };

  const ask = async <T>(what: string, path: string, send: (done: Callback<T>) => void): Promise<T> => {
    await inTurn.take();
    try {
      if (!open) throw gone();
      if (asked++ === 0) listen();
      return await new Promise<T>((resolve, reject) => {
        failing.add(reject);
        send((error, value) => {
          failing.delete(reject);
          heard = performance.now();
          if (error) reject(sftpErrorOf(error, what, path));
          else resolve(value);
        });
      }).finally(() => asked--);
    } finally {
      inTurn.give();
    }
  };
  /** What a host may not offer; undefined then. */
  const offered = async <T>(run: () => Promise<T>): Promise<T | undefined> => run().catch((error: unknown) => {
    if (error instanceof SftpError && !/does not support/.test(error.message)) throw error;
    return undefined;
  });

  const readPiece = async (handle: Buffer, path: string, into: Buffer, at: number, offset: number): Promise<number> => {
    let got = 0;
    while (got < into.length - at && got < PIECE) {
      const want = Math.min(PIECE - got, into.length - at - got);
      const count = await ask<number>('read', path, done => channel.read(handle, into, at + got, want, offset + got, (error, bytes) => done(error, bytes)));
      if (count === 0) break;
      got += count;
    }
    return got;
  };

  const fileOver = (handle: Buffer, path: string): SftpFile => ({
    path,
    stat: async () => attributesOf(await ask<ssh2.Stats>('look at', path, done => channel.fstat(handle, done))),
    async read(offset, length) {
      const into = Buffer.allocUnsafe(length);
      const starts = Array.from({ length: Math.ceil(length / PIECE) }, (_, i) => i * PIECE);
      const got = await Promise.all(starts.map(at => readPiece(handle, path, into, at, offset + at)));
      // The first piece that came short is the end, whatever those behind it brought.
      const short = got.findIndex((count, i) => count < Math.min(PIECE, length - i * PIECE));
      return short < 0 ? into : into.subarray(0, short * PIECE + (got[short] ?? 0));
    },
    async write(offset, bytes) {
      const from = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const starts = Array.from({ length: Math.ceil(from.length / PIECE) }, (_, i) => i * PIECE);
      await Promise.all(starts.map(at => ask<unknown>('write', path, done => channel.write(handle, from, at, Math.min(PIECE, from.length - at), offset + at, error => done(error, undefined)))));
    },
    truncate: size => ask('change', path, done => channel.fsetstat(handle, { size } as ssh2.InputAttributes, error => done(error, undefined))),
    sync: async () => await offered(async () => {
      await ask<void>('write', path, done => extension(done, () => channel.ext_openssh_fsync(handle, error => done(error, undefined))));
      return true;
    }) ?? false,
    close: () => ask('close', path, done => channel.close(handle, error => done(error, undefined))),
  });
  const extension = <T>(done: Callback<T>, send: () => void): void => {
    try {
      send();
    } catch {
      done(new SftpError('FILES.FAILED', 'The server does not support this.'), undefined as T);
    }
  };

  const sftp: Sftp = {
    realpath: path => ask('find', path, done => channel.realpath(path, done)),
    stat: async path => attributesOf(await ask<ssh2.Stats>('look at', path, done => channel.stat(path, done))),
    lstat: async path => attributesOf(await ask<ssh2.Stats>('look at', path, done => channel.lstat(path, done))),
    async list(path, most = Number.POSITIVE_INFINITY) {
      const handle = await ask<Buffer>('list', path, done => channel.opendir(path, done));
      const entries: SftpEntry[] = [];
      let over = false;
      const page = async (): Promise<void> => {
        while (!over) {
          const rows = await ask<ssh2.FileEntryWithStats[] | false>('list', path, done => channel.readdir(handle, (error, list) => ((error as { code?: unknown } | undefined)?.code === 1 ? done(undefined, false) : done(error, list))));
          if (rows === false || rows.length === 0) over = true;
          else for (const { filename, longname, attrs } of rows) if (filename !== '.' && filename !== '..') entries.push({ name: filename, ...attributesOf(attrs), ...namesIn(longname) });
          if (entries.length >= most) over = true;
        }
      };
      try {
        await Promise.all(Array.from({ length: PAGES }, page));
      } finally {
        void ask<void>('close', path, done => channel.close(handle, error => done(error, undefined))).catch(() => undefined);
      }
      return entries.length > most ? entries.slice(0, most) : entries;
    },
    readlink: path => ask('read', path, done => channel.readlink(path, done)),
    async open(path, how) {
      if (how.for !== 'create') {
        const there = await sftp.stat(path).catch((error: unknown) => {
          if (how.for === 'replace' && error instanceof SftpError && error.code === 'FILES.NOT_FOUND') return undefined;
          throw error;
        });
        if (there !== undefined && there.kind !== 'file') throw new SftpError('FILES.FAILED', `${JSON.stringify(path)} is no file: only content of files is read and written.`);
      }
      const flags = { read: 'r', write: 'r+', create: 'wx', replace: 'w' } as const;
      const handle = await ask<Buffer>(how.for === 'read' ? 'read' : 'write', path, done => channel.open(path, flags[how.for], how.mode === undefined ? {} : { mode: how.mode }, done));
      return fileOver(handle, path);
    },
    mkdir: (path, mode) => ask('make', path, done => channel.mkdir(path, mode === undefined ? {} : { mode } as ssh2.InputAttributes, error => done(error, undefined))),
    async rename(from, to, overwrite = false) {
      const plain = (): Promise<void> => ask('rename', from, done => channel.rename(from, to, error => done(error, undefined)));
      if (!overwrite) return plain();
      const done = await offered(async () => {
        await ask<void>('rename', from, d => extension(d, () => channel.ext_openssh_rename(from, to, error => d(error, undefined))));
        return true;
      });
      if (done) return;
      await sftp.unlink(to).catch((error: unknown) => {
        if (!(error instanceof SftpError) || error.code !== 'FILES.NOT_FOUND') throw error;
      });
      await plain();
    },
    unlink: path => ask('remove', path, done => channel.unlink(path, error => done(error, undefined))),
    rmdir: path => ask('remove', path, done => channel.rmdir(path, error => done(error, undefined))),
    chmod: (path, mode) => ask('set permissions of', path, done => channel.chmod(path, mode, error => done(error, undefined))),
    chown: (path, uid, gid) => ask('give away', path, done => channel.chown(path, uid, gid, error => done(error, undefined))),
    setModified: (path, seconds) => ask('set the time of', path, done => channel.utimes(path, seconds, seconds, error => done(error, undefined))),
    free: path => offered(async () => {
      const { f_frsize = 0, f_bavail = 0 } = await ask<{ f_frsize?: number; f_bavail?: number }>('look at', path, done => extension(done, () => channel.ext_openssh_statvfs(path, done)));
      return Number(f_frsize) * Number(f_bavail);
    }),
    get alive() { return open; },
    ended,
    get busy() { return asked; },
    close() {
      if (!open) return;
      end(new SftpError('SERVER.DISCONNECTED', 'It was closed.'));
      channel.end();
    },
  };
  return sftp;
};
