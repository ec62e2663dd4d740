/** The running product, each service a process of its own, and what its processes cost. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readFile } from 'node:fs/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { inboxPrefixOf, operatorFiles, type NatsUser } from '@xanthus/deploy';
import { connectNats } from '@xanthus/jetstream';
import type { Platform } from '@xanthus/launch';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Of the clock that the kernel counts processor time with. */
const TICKS = 100;

export interface World {
  readonly platform: Platform;
  readonly tenant: string;
  /** Of the owner. */
  readonly token: string;
  /** A request of the owner; throws on anything but 2xx. */
  ask<T = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T>;
  /** As a program of the product. */
  as(user: NatsUser): Promise<NatsConnection>;
  /** The process that runs a program, without what guards it. */
  pidOf(program: 'vps' | 'auth' | 'dns' | 'nats-server'): number;
}

const statOf = (pid: number | string): string[] => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};
/** Seconds of processor time that a process has had, in user and kernel mode. */
export const cpuOf = (pid: number): number => { const stat = statOf(pid); return (Number(stat[11]) + Number(stat[12])) / TICKS; };
/** Resident memory, MB. */
export const memoryOf = (pid: number): number => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;

const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};

const below = (root: number): string[] => {
  const parents = new Map<string, string>();
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      parents.set(pid, statOf(pid)[1] ?? '');
    } catch { /* it has just ended */ }
  }
  const isBelow = (pid: string | undefined): boolean => pid !== undefined && (pid === String(root) || isBelow(parents.get(pid)));
  return [...parents.keys()].filter(pid => pid !== String(root) && isBelow(pid));
};

/** Starts the product with an owner, runs, and ends it whatever happens. */
export const withPlatform = async <T>(env: Record<string, string>, run: (world: World) => Promise<T>): Promise<T> => {
  // The launcher looks for itself below the working directory.
  process.chdir(ROOT);
  const { startPlatform } = await import('@xanthus/launch');
  const platform = await startPlatform({ processes: true, env });
  const connections: NatsConnection[] = [];
  try {
    const { access_token, tenant } = await platform.setUp();
    return await run({
      platform, tenant: tenant.slug, token: access_token,
      ask: async (method, path, body) => {
        const answer = await fetch(`${platform.url}${path}`, {
          method, headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
        return (JSON.parse(text) as { data: never }).data;
      },
      as: async user => {
        const nc = await connectNats({ servers: platform.natsUrl, name: `bench-${user}`, inboxPrefix: inboxPrefixOf(user), credentials: await readFile(operatorFiles(platform.dataDir).creds(user), 'utf8') });
        connections.push(nc);
        return nc;
      },
      pidOf: program => {
        // What guards a child has the same words in its command line.
        const isIt = ([name = '', ...words]: readonly string[]): boolean => (program === 'nats-server' ? name.endsWith(program) : name.endsWith('node') && words.some(w => w.endsWith(`services/${program}/dist/main.js`)));
        const pid = below(platform.pid).find(p => isIt(commandOf(p).split('\0')));
        if (pid === undefined) throw new Error(`no process runs ${program}`);
        return Number(pid);
      },
    });
  } finally {
    for (const nc of connections) await nc.close();
    await platform.stop();
  }
};
