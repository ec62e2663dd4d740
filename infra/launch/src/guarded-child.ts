import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/**
 * Runs a program under a small shell that reads a pipe from us. When the pipe ends – however this process ended, kill -9 included – the shell
 * ends the program. The program is in a process group of its own, so that Ctrl-C reaches only us and we shut down in order.
 */
const GUARD = `
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
( IFS= read -r _ <&3; kill -TERM $child 2>/dev/null
  n=0; while kill -0 $child 2>/dev/null && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done
  kill -KILL $child 2>/dev/null ) >/dev/null 2>&1 &
guard=$!
exec 3<&- 2>/dev/null
trap 'kill -TERM $child 2>/dev/null' TERM INT
while :; do
  wait $child; code=$?
  kill -0 $child 2>/dev/null || break
done
kill -KILL $guard 2>/dev/null
exit $code
`;

/** Ours is what nobody else shall see: a master key or a first password may be in it. */
const withoutOurs = (): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('XANTHUS_')));

export interface GuardedOptions {
  /** Default: ours without the variables of Xanthus. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Where its output goes: appended to a file, or to our own output. */
  output: string | 'inherit';
}

export interface GuardedChild {
  /** Resolves when it has ended, with its exit code (128 + signal when it was killed). */
  readonly ended: Promise<number>;
  /** SIGTERM, and SIGKILL to all of its group after `graceMs`. Resolves when it is gone. */
  stop(graceMs?: number): Promise<void>;
}

export function startGuarded(file: string, args: string[], o: GuardedOptions): GuardedChild {
  const log = o.output === 'inherit' ? 'inherit' as const : openSync(o.output, 'a', 0o600);
  const child = spawn('/bin/sh', ['-c', GUARD, 'xanthus-guard', file, ...args], { env: o.env ?? withoutOurs(), cwd: o.cwd, detached: true, stdio: ['pipe', log, log] });
  if (typeof log === 'number') closeSync(log);
  child.stdin?.on('error', () => undefined); // the guard has gone
  const last = (): void => killGroup(child); // a shutdown that ran out of time: the guard would leave it five seconds
  process.once('exit', last);
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => {
      process.off('exit', last);
      killGroup(child); // if somebody killed the shell, what it guarded must not stay
      resolve(code ?? (signal === 'SIGKILL' ? 137 : 143));
    });
  });
  return {
    ended,
    stop: async (graceMs = 10_000) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => killGroup(child), graceMs);
      await gone;
      clearTimeout(timer);
    },
  };
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch { /* nobody left in it */ }
}
