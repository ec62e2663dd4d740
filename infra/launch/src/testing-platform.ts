import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDir } from '@xanthus/testing';

export interface PlatformOptions {
  /** Default: a new one, removed by `stop`. */
  dataDir?: string;
  /** Default off: sshd and bubblewrap are not needed by most specs. */
  sandbox?: boolean;
  processes?: boolean;
  env?: Record<string, string>;
  /** Further options of the command line. */
  args?: string[];
}

export interface SetUp { email: string; password: string; name: string; tenant: { slug: string; name: string } }

export interface Platform {
  readonly url: string;
  readonly natsUrl: string;
  readonly dataDir: string;
  /** Undefined once there is an owner. */
  readonly setupLink: string | undefined;
  readonly pid: number;
  /** Everything it printed. */
  output(): string;
  /** Uses the set-up link over HTTP; answers the owner's access token. */
  setUp(owner?: Partial<SetUp>): Promise<SetUp & { access_token: string }>;
  /** Ends the launcher as a power cut would; resolves when it and its children are gone. */
  kill9(): Promise<void>;
  kill9Nats(): Promise<void>;
  /** Ctrl-C; keeps the data folder. Resolves the exit code. */
  interrupt(): Promise<number>;
  /** Starts again on the same data folder and the same ports. */
  restart(): Promise<Platform>;
  stop(): Promise<void>;
}

const root = process.cwd();

/** The whole product as `npm start` runs it, in a process of its own on a free port and a temporary data folder; resolves when it is ready. */
export async function startPlatform(o: PlatformOptions = {}): Promise<Platform> {
  const folder = o.dataDir === undefined ? await tempDir('xanthus-data-') : undefined;
  const dataDir = o.dataDir ?? folder?.path ?? '';
  try {
    return await launch({ ...o, dataDir }, 0, async () => { await folder?.remove(); });
  } catch (error) {
    await folder?.remove();
    throw error;
  }
}

export interface Launcher {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves when the output matches; rejects with the output when the launcher ends first. */
  until(pattern: RegExp): Promise<void>;
  readonly ended: Promise<number>;
}

/** Nothing of a spec goes to a real provider: this is no address of anybody, and refused before a packet leaves. */
const NO_PROVIDERS = { XANTHUS_HETZNER_URL: 'http://192.0.0.1/v1', XANTHUS_OCI_URL: 'http://192.0.0.1' };

/** `npm start -- args` without npm. */
export function spawnLauncher(args: string[], env: Record<string, string> = {}): Launcher {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('XANTHUS_')));
  const child = spawn(process.execPath, [join(root, 'infra/launch/bin/start.mjs'), ...args], { cwd: root, env: { ...inherited, NODE_OPTIONS: '', LOG_FORMAT: 'json', ...NO_PROVIDERS, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const onExit = (): void => { child.kill('SIGTERM'); };
  process.once('exit', onExit);
  let output = '';
  const heard = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
    for (const fn of heard) fn();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = once(child, 'close').then(([code]) => {
    process.off('exit', onExit);
    return (code as number | null) ?? 137;
  });
  return {
    child, ended,
    output: () => output,
    until: pattern => new Promise((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(output)) return;
        heard.delete(look);
        resolve();
      };
      heard.add(look);
      look();
      const early = async (): Promise<void> => {
        const code = await ended;
        reject(new Error(`the launcher ended with code ${code} before ${pattern} came:\n${output.slice(-4_000)}`));
      };
      void early();
    }),
  };
}

/** Longer than any start, a build of everything on a busy machine included, and shorter than the patience of specs (infra/testing/jest/e2e.mjs), ms. */
const READY_WITHIN = 180_000;

/** A start that hangs says where: what it printed, and what it and its children are doing. */
async function inTime(launcher: Launcher, ready: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const { pid } = launcher.child;
      const doing = spawnSync('ps', ['-o', 'pid,ppid,stat,wchan:24,etime,time,args', '--pid', String(pid), '--ppid', String(pid)], { encoding: 'utf8' }).stdout;
      launcher.child.kill('SIGTERM');
      reject(new Error(`not ready after ${READY_WITHIN / 1_000} s; it printed:\n${launcher.output().slice(-4_000) || '(nothing)'}\nand it is doing:\n${doing}`));
    }, READY_WITHIN);
  });
  try {
    await Promise.race([ready, late]);
  } finally {
    clearTimeout(timer);
    ready.catch(() => {});
  }
}

async function launch(o: PlatformOptions & { dataDir: string }, port: number, dispose: () => Promise<void>): Promise<Platform> {
  const args = ['--port', String(port), '--data', o.dataDir, ...(o.sandbox ? [] : ['--no-sandbox']), ...(o.processes ? ['--processes'] : []), ...(o.args ?? [])];
  const launcher = spawnLauncher(args, o.env);
  await inTime(launcher, launcher.until(/is ready {3}\S+\n(First time.*\n)?/));
  const url = /is ready {3}(\S+)/.exec(launcher.output())?.[1] ?? '';
  await new Promise((resolve) => { setImmediate(resolve); });
  const setupLink = /Open {4}(\S+)/.exec(launcher.output())?.[1];
  const lock = JSON.parse(await readFile(join(o.dataDir, 'lock'), 'utf8')) as { nats_url: string };
  const end = async (signal: NodeJS.Signals): Promise<number> => {
    launcher.child.kill(signal);
    return launcher.ended;
  };
  const platform: Platform = {
    url,
    setupLink,
    natsUrl: lock.nats_url,
    dataDir: o.dataDir,
    pid: launcher.child.pid ?? 0,
    output: launcher.output,
    setUp: async (given) => {
      const owner = { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada', tenant: { slug: 'acme', name: 'Acme Ltd' }, ...given };
      const answer = await fetch(`${url}/api/auth/setup`, {
        method: 'POST', headers: { 'content-type': 'application/json', origin: url }, body: JSON.stringify({ token: setupLink?.split('#')[1], ...owner }),
      });
      const body = await answer.json() as { data?: { access_token: string }; message?: string };
      if (!body.data) throw new Error(`set-up was refused: ${answer.status} ${JSON.stringify(body)}`);
      return { ...owner, access_token: body.data.access_token };
    },
    kill9: async () => {
      const children = await natsPid(o.dataDir);
      await end('SIGKILL');
      await gone(children);
    },
    kill9Nats: async () => {
      const pid = await natsPid(o.dataDir);
      process.kill(pid, 'SIGKILL');
      await gone(pid);
    },
    interrupt: () => end('SIGINT'),
    restart: async () => {
      if (launcher.child.exitCode === null && launcher.child.signalCode === null) await end('SIGTERM');
      return launch(o, Number(new URL(url).port), dispose);
    },
    stop: async () => {
      if (launcher.child.exitCode === null && launcher.child.signalCode === null) await end('SIGTERM');
      await dispose();
    },
  };
  return platform;
}

export const natsPid = async (dataDir: string): Promise<number> => Number(await readFile(join(dataDir, 'nats-server.pid'), 'utf8'));

async function gone(pid: number): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  throw new Error(`process ${pid} still runs`);
}
