import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { findBinary } from '@xanthus/binaries';
import { natsServerConfig, operatorFiles } from '@xanthus/deploy';
import { startGuarded } from './guarded-child.js';
import type { GuardedChild } from './guarded-child.js';
import { keepRunning } from './keep-running.js';
import { tryPort } from './ports.js';
import { Sentence } from './sentence.js';
import { watchStore } from './store-watch.js';

export interface EmbeddedNats {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * nats-server on loopback with its store in `<data>/nats`; started again when it dies. Keeps its port over restarts while that is free, so that
 * the services that follow with a credential of their own find it again.
 */
export async function startEmbeddedNats(data: string, say: (line: string) => void): Promise<EmbeddedNats> {
  const binary = await findBinary('nats-server', { progress: say }).catch((error: unknown) => { throw new Sentence((error as Error).message); });
  await checkStore(data);
  await endLeftOver(data);
  const port = await portOf(data);
  const config = join(data, 'nats-server.conf');
  const log = join(data, 'logs', 'nats-server.log');
  await writeFile(config, natsServerConfig({ dir: data, host: '127.0.0.1', port, storeDir: join(data, 'nats'), sync: 'always' }), { mode: 0o600 });

  const start = async (): Promise<GuardedChild> => {
    const child = startGuarded(binary, ['-c', config, '-P', join(data, 'nats-server.pid')], { output: log });
    const ended = child.ended.then(() => true);
    for (let waited = 0; waited < 60_000; waited += 25) {
      if (await listening(port)) return child;
      if (await Promise.race([ended, pause(25, false)])) break;
    }
    await child.stop();
    throw new Sentence(await whyNot(log));
  };
  const kept = await keepRunning(start, (code, wait) => { say(`nats-server ended (code ${code}); starting it again in ${wait} ms. Its log: ${log}`); });
  const watch = watchStore({ log, folder: data, say, restart: () => kept.restart() });
  return {
    url: `nats://127.0.0.1:${port}`,
    stop: async () => {
      await watch.stop();
      await kept.stop();
    },
  };
}

/**
 * A launcher that was killed may have left a nats-server that hangs or still ends; two on one store would ruin it. The data folder is ours by now, so
 * whatever still runs with its configuration ends.
 */
async function endLeftOver(data: string): Promise<void> {
  const pid = Number(await readFile(join(data, 'nats-server.pid'), 'utf8').catch(() => ''));
  const runs = async (): Promise<boolean> => pid > 0 && (await commandOf(pid)).includes(join(data, 'nats-server.conf'));
  for (let waited = 0; await runs(); waited += 25) {
    if (waited === 0) signal(pid, 'SIGTERM');
    if (waited === 2_000) signal(pid, 'SIGKILL'); // what was acknowledged is on disk
    if (waited > 10_000) throw new Sentence(`A nats-server of an earlier start still runs on ${data}: process ${pid}. End it, then start again.`);
    await pause(25);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch { /* it has just ended */ }
}

/** The command line of a process; empty if there is none. */
const commandOf = (pid: number): Promise<string> => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => new Promise((resolve) => {
  execFile('ps', ['-o', 'command=', '-p', String(pid)], (_, stdout) => resolve(stdout));
}));

/** nats-server keeps an account's data under the account's key. With another key everything would look empty, as at a first start. @throws Sentence */
async function checkStore(data: string): Promise<void> {
  const stored = (await readdir(join(data, 'nats', 'jetstream')).catch(() => [])).filter(name => /^A[A-Z2-7]{55}$/.test(name));
  const { operatorDir } = operatorFiles(data);
  const [, claims = ''] = (await readFile(join(operatorDir, 'xanthus.jwt'), 'utf8')).split('.');
  const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { sub: string };
  if (stored.length === 0 || stored.includes(sub)) return;
  throw new Sentence(`The data in ${join(data, 'nats')} belongs to other keys than those in ${operatorDir}, and can't be read with these. Put back the folder operator that was there before, or choose another folder with --data.`);
}

async function portOf(data: string): Promise<number> {
  const file = join(data, 'nats-server.port');
  const kept = Number(await readFile(file, 'utf8').catch(() => '0'));
  const port = await tryPort(kept, '127.0.0.1').catch(() => tryPort(0, '127.0.0.1'));
  await writeFile(file, `${port}\n`, { mode: 0o600 });
  return port;
}

/** Has it sent its greeting? A listening port alone may be somebody else's. */
const listening = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = connect({ host: '127.0.0.1', port });
  const done = (answer: boolean): void => {
    socket.destroy();
    resolve(answer);
  };
  socket.setTimeout(1_000, () => done(false));
  socket.once('error', () => done(false));
  socket.once('data', chunk => done(chunk.toString().startsWith('INFO ')));
});

async function whyNot(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');
  const said = lines.findLast(l => /\[(FTL|ERR)\]|nats-server:/.test(l))?.replace(/^.*\[(FTL|ERR)\]\s*/, '') ?? lines.at(-1) ?? '';
  if (/no space left/i.test(said)) return 'The disk is full: nats-server could not write its store. Free some space, or choose a folder on another disk with --data.';
  return `nats-server did not start${said ? `: ${said}` : ''}. Its log is ${log}.`;
}
