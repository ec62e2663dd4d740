import type { Benchmark } from './benchmark.js';
import { p10 } from './p10-rebuild.js';
import { p9 } from './p9-event-store.js';

export const BENCHMARKS = { p9, p10 } as const satisfies Readonly<Record<string, Benchmark>>;
