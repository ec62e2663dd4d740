import { access, constants, link, mkdir, readdir, readFile, rename, stat, statfs, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Sentence } from './sentence.js';

/** Who holds a data folder. Written into `<data>/lock`. */
export interface Holder {
  pid: number;
  /** When that process started, as the system tells it: a process id alone is soon somebody else's. */
  started: string;
  url?: string;
  nats_url?: string;
  /** Folder of the `.creds` files, if NATS is not our own. */
  nats_credentials?: string | undefined;
}

const MEBIBYTE = 1 << 20;
/** Below this JetStream refuses to write at some point and everything stops. */
const NEEDED = 200 * MEBIBYTE;

/** Makes the folder private to this user and checks that it can be written and has room. @throws Sentence */
export async function openDataFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    // what a recursive mkdir says on a read-only file system
    throw error.code === 'ENOENT' ? Object.assign(new Error(error.message), { code: 'EROFS', path }) : error;
  });
  await access(path, constants.W_OK | constants.X_OK);
  const probe = join(path, `.probe-${process.pid}`);
  await writeFile(probe, 'x'); // root passes `access` on a read-only file system
  await unlink(probe);
  checkSpace(path, await statfs(path));
}

const LOG_LIMIT = 16 * MEBIBYTE;

/** Keeps the programs' logs from growing for ever: at a start a long one becomes `<name>.old`, in the place of the last one. */
export async function turnLogs(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    if (name.endsWith('.log') && (await stat(file)).size > LOG_LIMIT) await rename(file, `${file}.old`);
  }
}

export function checkSpace(path: string, disk: { bavail: number; bsize: number }): void {
  const free = disk.bavail * disk.bsize;
  if (free < NEEDED) throw new Sentence(`The disk is almost full: ${Math.floor(free / MEBIBYTE)} MiB are free for ${path}, and ${NEEDED / MEBIBYTE} are needed. Free some space, or choose a folder on another disk with --data.`);
}

export interface Lock {
  /** Completes what the file says about us. */
  describe(more: Pick<Holder, 'url' | 'nats_url' | 'nats_credentials'>): Promise<void>;
  release(): Promise<void>;
}

/** Takes the data folder for this process; a lock whose process has ended is taken over. @throws Sentence naming the holder. */
export async function lockDataFolder(path: string): Promise<Lock> {
  const file = join(path, 'lock');
  const me: Holder = { pid: process.pid, started: (await startOf(process.pid)) ?? '' };
  const fresh = `${file}.${process.pid}.${randomUUID()}`;
  await writeFile(fresh, `${JSON.stringify(me)}\n`, { mode: 0o600 });
  try {
    for (let attempt = 1; !(await placed(fresh, file)); attempt++) {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      const holder = text === undefined ? undefined : await livingHolder(text);
      if (holder || attempt === 5) throw new Sentence(alreadyRunning(path, holder));
      if (text !== undefined) await removeStale(file, text);
    }
  } finally {
    await unlink(fresh).catch(() => undefined);
  }
  return {
    describe: async (more) => {
      Object.assign(me, more);
      await writeFile(`${file}.new`, `${JSON.stringify(me)}\n`, { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
    release: () => unlink(file).catch(() => undefined),
  };
}

/** Appears whole or not at all, and only if there was none. */
const placed = (fresh: string, file: string): Promise<boolean> => link(fresh, file).then(() => true, (error: NodeJS.ErrnoException) => {
  if (error.code === 'EEXIST') return false;
  throw error;
});

/** Takes away the lock that says `text`; if somebody has replaced it meanwhile, theirs is put back. */
async function removeStale(file: string, text: string): Promise<void> {
  const aside = `${file}.${process.pid}.${randomUUID()}`;
  if (!(await rename(file, aside).then(() => true, () => false))) return;
  if ((await readFile(aside, 'utf8')) !== text) await placed(aside, file);
  await unlink(aside);
}

const alreadyRunning = (path: string, holder: Holder | undefined): string =>
  `Xanthus already runs on ${path}: process ${holder?.pid ?? 'unknown'}${holder?.url ? `, ${holder.url}` : ''}. Stop it first, or choose another folder with --data.`;

/** The living process that holds the folder. */
export async function holderOf(path: string): Promise<Holder | undefined> {
  const text = await readFile(join(path, 'lock'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : livingHolder(text);
}

async function livingHolder(text: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(text) as Holder;
    const started = await startOf(holder.pid);
    return started !== undefined && started === holder.started ? holder : undefined;
  } catch {
    return undefined; // not one of ours, or damaged
  }
}

/** When a process started, in whatever form this system has; undefined when there is none. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    if (process.platform === 'linux') return undefined;
    return new Promise((resolve) => {
      execFile('ps', ['-o', 'lstart=', '-p', String(pid)], (error, stdout) => resolve(error ? undefined : stdout.trim() || undefined));
    });
  }
}
