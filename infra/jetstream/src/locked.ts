import type { NatsConnection } from '@nats-io/transport-node';
import { ConflictError, newId } from '@xanthus/kernel';
import { isDead, isThisProcess, THIS_PROCESS, type ProcessRef } from './process-ref.js';
import { stateBucket } from './declarations.js';
import { kvGet, kvPut } from './kv.js';
import type { LockedOptions, Stoppable } from './types.js';

/** The holder renews every 1.5 s and lets go when it could not for 4 s; another takes over what it saw unrenewed for 5 s. By elapsed time only: clocks need not agree. */
const RENEW = 1_500;
const HOLD = 4_000;
const EXPIRE = 5_000;
const POLL = 1_000;

interface Lock {
  readonly holder: string;
  readonly released?: true;
  /** Process of the holder, where another one on the same machine can tell whether it still lives. */
  readonly process?: ProcessRef | undefined;
}

/** Holders in this process. */
const LIVING = new Set<string>();

/** Nobody needs to wait for a holder that is known to be gone, nor for oneself: after a crash of ours or of NATS the product is back at once. */
const isGone = ({ holder, process }: Lock, me: string): boolean => holder === me || (isThisProcess(process) ? !LIVING.has(holder) : isDead(process));

/**
 * Runs `run` in exactly one copy of the service: a lease in `<service>-state`. After a kill -9 another copy takes over in 5–6 s (at once on the same machine), after a `stop` in about one.
 * A copy whose process was frozen may believe for a moment that it still holds the lock: what must not happen twice needs an expectation of its own.
 */
export const startLocked = async (nc: NatsConnection, { service, name, log, run }: LockedOptions): Promise<Stoppable> => {
  const bucket = stateBucket(service).name;
  const key = `lock.${name}`;
  const me = newId();
  const mine: Lock = { holder: me, process: THIS_PROCESS };
  LIVING.add(me);
  const stopping = new AbortController();

  const hold = async (taken: number): Promise<void> => {
    const lost = new AbortController();
    let revision = taken;
    let deadline = setTimeout(() => lost.abort(), HOLD);
    const renew = async (): Promise<void> => {
      const sent = Date.now();
      try {
        revision = await kvPut(nc, bucket, key, mine, revision);
      } catch (error) {
        if (!(error instanceof ConflictError)) return;
        // Our own renewal whose answer was lost, or another holder.
        const found = await kvGet<Lock>(nc, bucket, key);
        if (found?.value?.holder !== me) return lost.abort();
        revision = found.revision;
      }
      clearTimeout(deadline);
      deadline = setTimeout(() => lost.abort(), Math.max(0, HOLD - (Date.now() - sent)));
    };
    let renewing = Promise.resolve();
    const timer = setInterval(() => void (renewing = renewing.then(renew).catch(() => undefined)), RENEW);
    const signal = AbortSignal.any([stopping.signal, lost.signal]);
    while (!signal.aborted) {
      try {
        await run(signal);
      } catch (error) {
        if (!signal.aborted) log.warn({ service, lock: name, error: String(error) }, 'stopped and will run again');
      }
      await pause(500, signal);
    }
    clearInterval(timer);
    clearTimeout(deadline);
    await renewing;
    if (lost.signal.aborted) log.warn({ service, lock: name }, 'lock lost');
    else await kvPut(nc, bucket, key, { ...mine, released: true } satisfies Lock, revision).catch(() => undefined);
  };

  const compete = async (): Promise<void> => {
    let seen = -1;
    let since = 0;
    while (!stopping.signal.aborted && !nc.isClosed()) {
      try {
        const found = await kvGet<Lock>(nc, bucket, key);
        const revision = found?.revision ?? 0;
        if (revision !== seen) [seen, since] = [revision, performance.now()];
        if (!found?.value || found.value.released || isGone(found.value, me) || performance.now() - since >= EXPIRE) {
          const taken = await kvPut(nc, bucket, key, mine, revision);
          log.debug({ service, lock: name }, 'lock taken');
          await hold(taken);
          continue;
        }
      } catch (error) {
        if (!(error instanceof ConflictError)) log.debug({ service, lock: name, error: String(error) }, 'lock cannot be read');
      }
      await pause(POLL, stopping.signal);
    }
  };

  const competing = compete();
  return {
    async stop() {
      stopping.abort();
      await competing;
      LIVING.delete(me);
    },
  };
};

/** Resolves after `ms`, or at once when aborted. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
