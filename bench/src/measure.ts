/** Times and rates. Ours and raw alternate within one run, so that a noisy machine is noisy for both. */

export interface Latency { readonly p50: number; readonly p99: number }

/** Nearest rank; `of` is a share, 0.5 for the median. */
export const quantile = (values: readonly number[], of: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * of) - 1))] ?? Number.NaN;
};
export const median = (values: readonly number[]): number => quantile(values, 0.5);
export const latencyOf = (values: readonly number[]): Latency => ({ p50: median(values), p99: quantile(values, 0.99) });

/** Milliseconds of each of `count` calls with `inFlight` at a time. Stops early after `budgetMs`. */
export const timeEach = async (count: number, inFlight: number, call: (i: number) => Promise<unknown>, budgetMs = 10_000): Promise<number[]> => {
  const times: number[] = [];
  const end = performance.now() + budgetMs;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const i = next++;
      const from = performance.now();
      await call(i);
      const to = performance.now();
      times.push(to - from);
      if (to > end) return;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return times;
};

/** Calls per second with `inFlight` at a time; at most 4 s, so that a slow disk makes the sample smaller and not the run longer. */
export const rateOf = async (count: number, inFlight: number, call: (i: number) => Promise<unknown>, budgetMs = 4_000): Promise<number> => {
  const from = performance.now();
  const times = await timeEach(count, inFlight, call, budgetMs);
  return times.length / ((performance.now() - from) / 1_000);
};

export interface Comparison { readonly ours: Latency; readonly raw: Latency; /** Median of the rounds' ratios of p50, and their spread. */ readonly ratio: number; readonly spread: readonly [number, number] }

type Round<T> = (round: number) => Promise<T>;

const alternate = async <T>(rounds: number, ours: Round<T>, raw: Round<T>): Promise<{ ours: T[]; raw: T[] }> => {
  const found: { ours: T[]; raw: T[] } = { ours: [], raw: [] };
  for (let i = 0; i < rounds; i++) {
    // Who goes first changes, so that neither always meets the warmer machine.
    for (const side of i % 2 === 0 ? (['raw', 'ours'] as const) : (['ours', 'raw'] as const)) found[side].push(await (side === 'raw' ? raw : ours)(i));
  }
  return found;
};

/** Milliseconds of single operations; each function answers those of one round. */
export const compareLatency = async (rounds: number, ours: Round<number[]>, raw: Round<number[]>): Promise<Comparison> => {
  const found = await alternate(rounds, ours, raw);
  const ratios = found.ours.map((times, i) => median(times) / median(found.raw[i] ?? []));
  return { ours: latencyOf(found.ours.flat()), raw: latencyOf(found.raw.flat()), ratio: median(ratios), spread: [Math.min(...ratios), Math.max(...ratios)] };
};

export interface RateComparison { readonly ours: number; readonly raw: number; readonly ratio: number; readonly spread: readonly [number, number] }

/** Operations per second. */
export const compareRate = async (rounds: number, ours: Round<number>, raw: Round<number>): Promise<RateComparison> => {
  const found = await alternate(rounds, ours, raw);
  const ratios = found.ours.map((rate, i) => rate / (found.raw[i] ?? Number.NaN));
  return { ours: median(found.ours), raw: median(found.raw), ratio: median(ratios), spread: [Math.min(...ratios), Math.max(...ratios)] };
};
