/** A cluster whose programs run here, as children: for specs and measurements against a test bed, without SSH. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Refusal } from '@xanthus/kernel';
import { lineReader } from './lines.js';
import { MAX_OUTPUT, type Cluster, type ClusterFacts, type Program, type RunResult } from './cluster.js';

export interface LocalPrograms {
  /** Absolute paths. */
  readonly helm: string;
  readonly kubectl: string;
  /** File. */
  readonly kubeconfig: string;
  readonly facts: ClusterFacts;
}

const KILL_AFTER = 2_000;
/** Its whole group: helm may have made children. */
const end = (child: ChildProcess): void => {
  const kill = (signal: NodeJS.Signals): void => { try { if (child.pid !== undefined) process.kill(-child.pid, signal); } catch { /* it has ended */ } };
  kill('SIGTERM');
  setTimeout(() => { if (child.exitCode === null && child.signalCode === null) kill('SIGKILL'); }, KILL_AFTER).unref();
};

const collector = () => {
  const chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  return {
    push(chunk: Buffer): void {
      const part = chunk.subarray(0, MAX_OUTPUT - size);
      truncated ||= part.length < chunk.length;
      size += part.length;
      if (part.length > 0) chunks.push(part);
    },
    text: (): string => Buffer.concat(chunks).toString('utf8'),
    truncated: (): boolean => truncated,
  };
};

export const localCluster = (programs: LocalPrograms): Cluster => {
  const start = (program: Program, argv: readonly string[]): ChildProcess => spawn(programs[program], [...argv], { detached: true, stdio: 'pipe', env: { PATH: process.env['PATH'], HOME: dirname(programs.kubeconfig), KUBECACHEDIR: join(dirname(programs.kubeconfig), 'cache'), KUBECONFIG: programs.kubeconfig } });
  const gone = (error: Error): Refusal => new Refusal('CLUSTER.UNREACHABLE', `The program could not be started (${error.message}).`, undefined, true);
  return {
    facts: programs.facts,
    run: (program, argv, { stdin, signal, timeout_ms, onLine }) => new Promise<RunResult>((resolve, reject) => {
      if (signal.aborted) return reject(new Refusal('CLUSTER.CANCELLED', 'It was cancelled.', undefined, true));
      const child = start(program, argv);
      const [out, err] = [collector(), collector()];
      const [outLines, errLines] = onLine ? [lineReader(onLine), lineReader(onLine)] : [];
      let ended: Refusal | undefined;
      const stop = (why: Refusal): void => {
        ended ??= why;
        end(child);
      };
      const onAbort = (): void => stop(new Refusal('CLUSTER.CANCELLED', 'It was cancelled.', undefined, true));
      const timer = setTimeout(() => stop(new Refusal('CLUSTER.TIMED_OUT', `${program} ${argv[0] ?? ''} did not end within ${Math.round(timeout_ms / 1_000)} s.`, undefined, true)), timeout_ms);
      signal.addEventListener('abort', onAbort, { once: true });
      const over = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      child.stdout?.on('data', (chunk: Buffer) => { out.push(chunk); outLines?.push(chunk); });
      child.stderr?.on('data', (chunk: Buffer) => { err.push(chunk); errLines?.push(chunk); });
      child.stdin?.on('error', () => undefined).end(stdin);
      child.on('error', error => { over(); reject(gone(error)); });
      child.on('close', (code) => {
        over();
        outLines?.end();
        errLines?.end();
        if (ended) return reject(ended);
        resolve({ code: code ?? 137, stdout: out.text(), stderr: err.text(), truncated: out.truncated() || err.truncated() });
      });
    }),
    follow: (program, argv, { signal, onData }) => new Promise((resolve, reject) => {
      if (signal.aborted) return resolve({ code: null, stderr: '' });
      const child = start(program, argv);
      const err = collector();
      const onAbort = (): void => end(child);
      signal.addEventListener('abort', onAbort, { once: true });
      child.stdin?.on('error', () => undefined).end();
      child.stdout?.on('data', (chunk: Buffer) => {
        const wait = signal.aborted ? undefined : onData(chunk);
        if (!wait) return;
        child.stdout?.pause();
        void wait.catch(() => undefined).then(() => child.stdout?.resume());
      });
      child.stderr?.on('data', err.push);
      child.on('error', error => reject(gone(error)));
      child.on('close', (code) => {
        signal.removeEventListener('abort', onAbort);
        resolve({ code: signal.aborted ? null : code, stderr: err.text() });
      });
    }),
    async putFile(bytes, suffix) {
      const folder = await mkdtemp(join(tmpdir(), 'xanthus-chart-'));
      const path = join(folder, `file${suffix}`);
      await writeFile(path, bytes, { mode: 0o600 });
      return { path, remove: () => rm(folder, { recursive: true, force: true }) };
    },
  };
};
