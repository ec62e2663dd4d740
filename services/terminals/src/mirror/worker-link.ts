/** One worker thread of screens: starts it, sends in batches, notices that it died or hangs. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerData } from './worker-messages.js';

export interface LinkOptions {
  readonly scrollback: number;
  /** Of its heap; cells lie outside of it and are bounded by size and scrollback. */
  readonly heapMb: number;
  /** Another program than `mirror.worker.ts`; for specs. */
  readonly program?: URL;
  /** Without a word while it has work. */
  readonly hangsAfterMs: number;
  on(message: FromWorker): void;
  /** Has it anything to do? Then it has to say something in time. */
  owes(): boolean;
  /** It is gone. @param culprit the session that it was busy with; 0: none @param started it ever said anything */
  gone(why: string, culprit: number, started: boolean): void;
}

export interface WorkerLink {
  /** In order; sent together at the end of this tick. */
  send(message: ToWorker): void;
  end(): Promise<void>;
}

const STARTS_WITHIN_MS = 30_000;

export function startWorker(o: LinkOptions): WorkerLink {
  const busyWith = new SharedArrayBuffer(4);
  const worker = spawn({ scrollback: o.scrollback, busyWith }, o.heapMb, o.program);
  worker.unref();
  let batch: ToWorker[] = [];
  let over = false;
  let why = 'the worker ended';
  let watch: NodeJS.Timeout | undefined;
  let started = false;
  let patience = Math.max(STARTS_WITHIN_MS, o.hangsAfterMs);

  const stop = (): void => {
    over = true;
    clearTimeout(watch);
  };
  /** In four steps: where this thread stood still itself, the first one passes before the worker's words are read. */
  const arm = (steps = 4): void => {
    clearTimeout(watch);
    watch = undefined;
    if (over || !o.owes()) return;
    watch = setTimeout(() => {
      if (steps > 1) return arm(steps - 1);
      why = `it did not answer for ${patience} ms`;
      void worker.terminate();
    }, patience / 4).unref();
  };
  worker.on('message', (message: FromWorker) => {
    started = true;
    patience = o.hangsAfterMs;
    o.on(message);
    arm();
  });
  worker.on('error', (error: Error & { code?: string }) => { why = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it was out of memory' : error.message; });
  worker.on('exit', () => {
    if (over) return;
    stop();
    o.gone(why, new Int32Array(busyWith)[0]!, started);
  });
  return {
    send(message) {
      if (over) return;
      batch.push(message);
      if (watch === undefined) arm();
      if (batch.length > 1) return;
      setImmediate(() => {
        const messages = batch;
        batch = [];
        if (!over) worker.postMessage(messages, messages.flatMap(m => (m.op === 'write' ? [m.bytes.buffer as ArrayBuffer] : [])));
      });
    },
    async end() {
      stop();
      await worker.terminate();
    },
  };
}

/**
 * Bundled, the file beside is a chunk of its own (`rolldown.config.mjs` reads this line). From source a worker has none of the hooks that translate
 * TypeScript, so it is started as any program is.
 */
function spawn(workerData: WorkerData, heapMb: number, program?: URL): Worker {
  const options = { workerData, resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32 }, name: 'screens' };
  const file = new URL('./mirror.worker.ts', import.meta.url);
  if (!/\.ts(\?\d+)?$/.test(import.meta.url)) return new Worker(file, options);
  return new Worker(new URL('../../../../infra/launch/bin/run.mjs', import.meta.url), { ...options, argv: [fileURLToPath(program ?? file)] });
}
