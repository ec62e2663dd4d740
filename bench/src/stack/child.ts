import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Child<T> { readonly told: T; readonly process: ChildProcess; stop(): Promise<void> }

const RUN = fileURLToPath(new URL('../../../infra/launch/bin/run.mjs', import.meta.url));

/** Runs a file of this folder and waits for the message that says that it serves. It ends with this process, whatever happens. */
export const startChild = async <T>(name: 'serve-xanthus' | 'serve-raw' | 'serve-terminals' | '../sockets/serve-gateway' | '../sockets/serve-floor' | '../sockets/generate', ...args: readonly string[]): Promise<Child<T>> => {
  const child = fork(RUN, [fileURLToPath(new URL(`${name}.ts`, import.meta.url)), ...args], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' });
  const ended = once(child, 'exit');
  const told = await Promise.race([once(child, 'message').then(([message]) => message as T), ended.then(([code]) => Promise.reject(new Error(`${name} ended with code ${String(code)}`)))]);
  return {
    told,
    process: child,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};
