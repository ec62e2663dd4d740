/** When a shell is read. By the credit of who looks, and in any case so fast that nobody can hold a shell up; at full speed after an interrupt. */

export interface PumpSource { pause(): void; resume(): void }
export interface PumpOptions {
  /** Up to which offset somebody can take. */
  readonly window: () => number;
  /** Mirror, recorder or the way out have enough for now; who says so calls `check` when it is over. */
  readonly held: () => boolean;
}
export interface Pump {
  /** Bytes came; `end` is the offset behind them. */
  took(bytes: number, end: number): void;
  /** Something has changed: credit, or who held it. */
  check(): void;
  /** An interrupt was typed: what is under way before its echo is of no use to anybody. */
  hurry(): void;
  stop(): void;
}

/** Bytes a second that are read whoever looks, and how. */
const FLOOR = 8_000_000;
const BURST = 256 * 1024;
const LEAST = 64 * 1024;
const HURRY = 1_000;

export const createPump = (source: PumpSource, { window, held }: PumpOptions): Pump => {
  let end = 0;
  let budget = BURST;
  let at = performance.now();
  let hurryUntil = 0;
  let paused = false;
  let timer: NodeJS.Timeout | undefined;
  const refill = (): number => {
    const now = performance.now();
    budget = Math.min(BURST, budget + ((now - at) * FLOOR) / 1_000);
    at = now;
    return now;
  };
  const look = (): void => {
    const now = refill();
    const may = !held() && (end < window() || now < hurryUntil || budget >= (paused ? LEAST : 1));
    if (may === !paused) return;
    paused = !may;
    clearTimeout(timer);
    timer = undefined;
    if (may) return source.resume();
    source.pause();
    if (!held()) again();
  };
  // While something waits only: an idle shell has no timer.
  const again = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      look();
      if (paused && !held()) again();
    }, 5 + ((LEAST - Math.min(LEAST, budget)) * 1_000) / FLOOR).unref();
  };
  return {
    took(bytes, behind) {
      end = behind;
      // What credit pays for costs the floor nothing.
      if (end > window()) budget -= Math.min(bytes, end - window());
      look();
    },
    check() {
      look();
      if (paused && !held()) again();
    },
    hurry() {
      hurryUntil = performance.now() + HURRY;
      look();
    },
    stop() {
      clearTimeout(timer);
      source.resume();
    },
  };
};
