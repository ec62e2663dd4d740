import type { Benchmark } from './benchmark.js';
import { p1 } from './p1-command.js';
import { p10 } from './p10-rebuild.js';
import { p11 } from './p11-visible.js';
import { p14 } from './p14-start.js';
import { p17 } from './p17-growth.js';
import { p18 } from './p18-rights.js';
import { p19 } from './p19-log-in.js';
import { p2 } from './p2-throughput.js';
import { p3 } from './p3-idle.js';
import { p4 } from './p4-fan-out.js';
import { p5 } from './p5-variety.js';
import { p6 } from './p6-resume.js';
import { p7 } from './p7-reconnect.js';
import { p8 } from './p8-revocation.js';
import { p9 } from './p9-event-store.js';

export const BENCHMARKS = { p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p14, p17, p18, p19 } as const satisfies Readonly<Record<string, Benchmark>>;
