import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { atExit } from './at-exit.js';

/** A server under test: its process, what it wrote, and how to end it. */
export interface ServerProcess {
  pid: number;
  output(): string;
  /** Sends the signal and waits for the end; after 20 s SIGKILL. Harmless when it has ended already. */
  end(signal: NodeJS.Signals): Promise<void>;
  ended(): boolean;
}

/** Starts a server and waits until a line of its output matches `ready`; an early end or a minute of silence throw with the output. */
export async function startServer(file: string, args: string[], ready: RegExp, env?: NodeJS.ProcessEnv): Promise<ServerProcess> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: env ?? process.env });
  const forget = atExit(() => child.kill('SIGKILL'));
  child.once('exit', forget);
  let output = '';
  const closed = new Promise<void>((resolve) => { child.once('exit', () => resolve()); child.once('error', () => resolve()); });
  const isReady = new Promise<void>((resolve) => {
    const take = (chunk: Buffer): void => {
      output = `${output}${chunk.toString()}`.slice(-64_000);
      if (ready.test(output)) resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, 60_000); });
  await Promise.race([isReady, closed, late]);
  clearTimeout(timer);
  if (!ready.test(output) || child.pid === undefined) {
    child.kill('SIGKILL');
    throw new Error(`${file} did not start:\n${output.slice(-2_000)}`);
  }
  return { pid: child.pid, output: () => output, end: signal => end(child, signal), ended: () => gone(child) };
}

const gone = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (gone(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGCONT'); // a paused process would never see the signal
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await exited;
  clearTimeout(timer);
}
