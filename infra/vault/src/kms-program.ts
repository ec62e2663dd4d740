/**
 * A master key that lies elsewhere (KMS, HSM, Vault transit): a program of the operator's that wraps and unwraps. It is started by argv, never by a
 * shell, and asked one JSON line at a time on its standard input; each answer is one line with the same `id` on its standard output. `docs/vault.md`
 *
 *     {"id":1,"op":"describe"}                                      {"id":1,"key":"alias/xanthus"}
 *     {"id":2,"op":"wrap","context":["…"],"data":"<base64>"}        {"id":2,"data":"<base64>"}
 *     {"id":3,"op":"unwrap","context":["…"],"data":"<base64>"}      {"id":3,"data":"<base64>"}  or  {"id":3,"error":"why"}
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { MasterKey } from './master-keys.js';

export interface KmsProgram extends MasterKey { stop(): Promise<void> }

type Child = ChildProcessByStdio<Writable, Readable, null>;
interface Answer { readonly id?: unknown; readonly key?: unknown; readonly data?: unknown; readonly error?: unknown }
interface Waiting { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void; readonly timer: NodeJS.Timeout }

const TIMEOUT = 15_000;

/** Its own credentials come from the environment; ours are not its business. */
const environment = (): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('XANTHUS_')));

/** @throws Error with a sentence if it cannot be started or does not say which key it stands for */
export const startKmsProgram = async (argv: readonly string[], o: { timeout?: number } = {}): Promise<KmsProgram> => {
  const [file = '', ...args] = argv;
  if (!isAbsolute(file)) throw new Error('XANTHUS_MASTER_KEY_COMMAND must be a JSON list whose first entry is the absolute path of a program, such as ["/usr/local/bin/wrap-key", "--key", "alias/xanthus"].');
  const waiting = new Map<number, Waiting>();
  let child: Child | undefined;
  let last = 0;

  const fail = (why: string): void => {
    child = undefined;
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer);
      reject(new Error(`The program of the master key (${file}) ${why}.`));
    }
    waiting.clear();
  };

  const heard = (line: string): void => {
    const answer = parse(line);
    const found = typeof answer?.id === 'number' ? waiting.get(answer.id) : undefined;
    if (answer === undefined || found === undefined) return;
    waiting.delete(answer.id as number);
    clearTimeout(found.timer);
    if (typeof answer.error === 'string') found.reject(new Error(`The program of the master key (${file}) refused: ${answer.error.slice(0, 200)}`));
    else found.resolve(answer);
  };

  const running = (): Child => {
    if (child) return child;
    const started = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], env: environment() });
    child = started;
    createInterface({ input: started.stdout }).on('line', heard);
    started.stdin.on('error', () => undefined);
    started.once('error', error => { if (child === started) fail(`could not be started: ${error.message}`); });
    started.once('exit', code => { if (child === started) fail(`ended (${code ?? 'by a signal'})`); });
    return started;
  };

  const ask = (op: 'describe' | 'wrap' | 'unwrap', body: object = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      const timer = setTimeout(() => {
        waiting.delete(id);
        reject(new Error(`The program of the master key (${file}) did not answer in time.`));
      }, o.timeout ?? TIMEOUT);
      waiting.set(id, { resolve, reject, timer });
      running().stdin.write(`${JSON.stringify({ id, op, ...body })}\n`);
    });

  const bytes = async (op: 'wrap' | 'unwrap', context: readonly string[], data: Uint8Array): Promise<Buffer> => {
    const answer = await ask(op, { context, data: Buffer.from(data).toString('base64') });
    if (typeof answer.data !== 'string' || answer.data === '') throw new Error(`The program of the master key (${file}) answered without data.`);
    return Buffer.from(answer.data, 'base64');
  };

  const stop = async (): Promise<void> => {
    const ending = child;
    fail('was stopped');
    if (ending === undefined || ending.exitCode !== null) return;
    await new Promise<void>(resolve => {
      const hard = setTimeout(() => ending.kill('SIGKILL'), 2_000);
      ending.once('exit', () => { clearTimeout(hard); resolve(); });
      ending.stdin.end();
      ending.kill('SIGTERM');
    });
  };

  try {
    const { key } = await ask('describe');
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key)) throw new Error(`The program of the master key (${file}) did not name its key.`);
    return {
      name: `kms:${key}`,
      wrap: async (context, clear) => {
        const wrapped = await bytes('wrap', context, clear);
        if (wrapped.includes(Buffer.from(clear))) throw new Error(`The program of the master key (${file}) did not wrap anything.`);
        return wrapped;
      },
      unwrap: (context, wrapped) => bytes('unwrap', context, wrapped),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const parse = (line: string): Answer | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};
