/** A clock that moves when nothing else does: minutes of waiting pass in no time, and in an order that repeats. */
export interface VirtualTime {
  readonly now: () => number;
  pause(ms: number, signal: AbortSignal): Promise<void>;
  timeout(ms: number): AbortSignal;
  /** Work that the clock waits for. */
  busy<T>(work: () => Promise<T>): Promise<T>;
  /** Never comes back by itself. */
  hang(signal: AbortSignal): Promise<never>;
  /** Until nothing is left to wait for, or `until` says so. @throws when the clock passes `most` ms */
  run(until?: () => boolean, most?: number): Promise<void>;
}

interface Sleeper { readonly at: number; readonly wake: () => void; readonly kind: 'pause' | 'timeout' }

export const virtualTime = (start = Date.UTC(2026, 10, 21)): VirtualTime => {
  let now = start;
  let [working, hanging] = [0, 0];
  const sleepers = new Set<Sleeper>();
  const turn = (): Promise<void> => new Promise(resolve => { setImmediate(resolve); });

  /** Everything that can go on has gone on. */
  const settled = async (): Promise<void> => {
    for (let quiet = 0; quiet < 2; quiet = working === 0 ? quiet + 1 : 0) await turn();
  };

  return {
    now: () => now,
    pause: (ms, signal) => new Promise(resolve => {
      if (signal.aborted) return resolve();
      const wake = (): void => {
        sleepers.delete(sleeper);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { at: now + Math.max(0, ms), wake, kind: 'pause' };
      sleepers.add(sleeper);
      signal.addEventListener('abort', wake, { once: true });
    }),
    timeout(ms) {
      const over = new AbortController();
      const sleeper: Sleeper = { at: now + ms, kind: 'timeout', wake: () => { sleepers.delete(sleeper); over.abort(new DOMException('its time is over', 'TimeoutError')); } };
      sleepers.add(sleeper);
      return over.signal;
    },
    async busy(work) {
      working += 1;
      try {
        return await work();
      } finally {
        working -= 1;
      }
    },
    hang: signal => new Promise((_, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      hanging += 1;
      signal.addEventListener('abort', () => { hanging -= 1; reject(signal.reason as Error); }, { once: true });
    }),
    async run(until = () => false, most = 48 * 3_600_000) {
      const end = now + most;
      for (;;) {
        await settled();
        if (until()) return;
        const waiting = [...sleepers].filter(s => hanging > 0 || s.kind === 'pause');
        if (waiting.length === 0) return;
        // A time-out counts only where somebody waits.
        const next = [...sleepers].reduce((a, b) => (b.at < a.at ? b : a));
        if (next.at > end) throw new Error('the clock stood at nothing that ends');
        now = Math.max(now, next.at);
        next.wake();
      }
    },
  };
};
