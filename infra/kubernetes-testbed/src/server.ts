import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { executable, onPath, run } from '@xanthus/binaries';
import { cacheFolder, Unavailable } from './cache.js';

/** Version of Kubernetes in go/go.mod, as the API server tells it. */
export const VERSION = 'v1.36.3';

/** Without inlining it compiles in two thirds of the time and is as quick where it counts: most of its time it waits. */
const FLAGS = ['-trimpath', '-gcflags=all=-l -dwarf=false', '-ldflags', `-s -w -X k8s.io/component-base/version.gitVersion=${VERSION}+simulated -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36`];
/** A build takes minutes; one that has said nothing for so long was killed with its machine. */
const LOCK_AGE_MS = 60 * 60_000;

/** The folder of the Go sources, seen from the source as from the bundle of the launcher. */
const sources = (): string => {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const found = join(at, 'infra', 'kubernetes-testbed', 'go');
    if (existsSync(join(found, 'go.mod'))) return found;
    if (dirname(at) === at) throw new Unavailable('The sources of the testbed are not here.');
  }
};

/** Where the program of these very sources is kept. */
const place = async (): Promise<{ folder: string; program: string }> => {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${FLAGS.join(' ')}`);
  for (const name of (await readdir(sources())).filter(n => /^go\.(mod|sum)$|\.go$/.test(n)).sort()) hash.update(name).update(await readFile(join(sources(), name)));
  const folder = join(cacheFolder(), `server-${VERSION}-${hash.digest('hex').slice(0, 12)}`);
  return { folder, program: join(folder, 'kubernetes') };
};

/** What is there now: the program, a build that goes on, or nothing. Starts nothing. */
export const serverState = async (): Promise<{ ready: string } | { building: true } | { missing: true }> => {
  const { folder, program } = await place();
  if (await executable(program)) return { ready: program };
  return await held(`${folder}.lock`) ? { building: true } : { missing: true };
};

/** The program, built when there is none yet (minutes). Two who want it at once build it once. @throws Unavailable */
export const buildServer = async (o: { readonly say?: (line: string) => void; readonly low?: boolean } = {}): Promise<string> => {
  const { folder, program } = await place();
  if (await executable(program)) return program;
  await mkdir(cacheFolder(), { recursive: true });
  const unlock = await lock(`${folder}.lock`);
  try {
    if (await executable(program)) return program;
    const go = await onPath(['go']) ?? (await executable('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : undefined);
    if (go === undefined) throw new Unavailable('There is no Go here to build a Kubernetes with; install Go 1.26 or newer.');
    o.say?.(`building Kubernetes ${VERSION} from its Go modules (once for this machine, some minutes) …`);
    const work = `${folder}.${process.pid}`;
    await mkdir(work, { recursive: true });
    const built = await run(o.low && await executable('/usr/bin/nice') ? '/usr/bin/nice' : go, [...(o.low && await executable('/usr/bin/nice') ? ['-n', '19', go] : []), 'build', ...FLAGS, '-o', join(work, 'kubernetes'), '.'],
      { cwd: sources(), more: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' }, timeoutMs: 60 * 60_000 });
    if (built.code !== 0) {
      await rm(work, { recursive: true, force: true });
      throw new Unavailable(`Go could not build Kubernetes: ${built.output.trim().split('\n').slice(-2).join(' ')}`);
    }
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
    await removeOld();
    return program;
  } finally {
    await unlock();
  }
};

/** Programs of other sources, 110 MB each, go when nobody has built them for a month. */
const removeOld = async (): Promise<void> => {
  for (const name of (await readdir(cacheFolder())).filter(n => n.startsWith('server-'))) {
    const path = join(cacheFolder(), name);
    const made = await stat(path).catch(() => undefined); // another process removes them too
    if (made && Date.now() - made.mtimeMs > 30 * 24 * 60 * 60_000) await rm(path, { recursive: true, force: true });
  }
};

/** Is somebody building, and does their process still run? */
const held = async (file: string): Promise<boolean> => {
  try {
    if (Date.now() - (await stat(file)).mtimeMs > LOCK_AGE_MS) return false;
    process.kill(Number(await readFile(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const lock = async (file: string): Promise<() => Promise<void>> => {
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (await held(file)) await pause(500);
    else await rm(file, { force: true });
  }
};
