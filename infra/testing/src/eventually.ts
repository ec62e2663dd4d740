import { setTimeout as pause } from 'node:timers/promises';

/**
 * Calls `fn` until it neither throws nor answers false, null or undefined, and answers its last result.
 * Times in milliseconds, default 60,000 (a busy machine may stand still for seconds; nothing is gained by giving up early) and 20. At the end of the time the last error is thrown.
 */
export async function eventually<T>(fn: () => T | Promise<T>, o: { timeout?: number; every?: number; message?: string } = {}): Promise<NonNullable<Exclude<T, false>>> {
  const { timeout = 60_000, every = 20 } = o;
  const end = Date.now() + timeout;
  for (;;) {
    let failure: unknown;
    try {
      const value = await fn();
      if (value !== false && value !== null && value !== undefined) return value as NonNullable<Exclude<T, false>>;
    } catch (error) {
      failure = error;
    }
    if (Date.now() >= end) throw failure ?? new Error(o.message ?? `still not so after ${timeout} ms: ${fn.toString().slice(0, 200)}`);
    await pause(every);
  }
}
