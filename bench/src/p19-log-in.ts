/** P19: `POST /api/auth/login` on the running product, and how much of it is not the hash of the password. */
import { fileURLToPath } from 'node:url';
import { hash, verify } from '@node-rs/argon2';
import type { Benchmark } from './benchmark.js';
import { latencyOf, median, quantile } from './measure.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** As services/auth/src/adapters/passwords.ts has them. */
const COSTS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export const p19: Benchmark = {
  id: 'p19',
  title: 'log-in with a password over HTTP, beside one argon2id hash',
  run: async ({ quick, progress }) => {
    process.chdir(ROOT);
    const { startPlatform } = await import('@xanthus/launch');
    const platform = await startPlatform();
    try {
      const { email, password } = await platform.setUp();
      const stored = await hash(password, COSTS);
      const count = quick ? 100 : 1_000;
      const timed = async (run: () => Promise<unknown>): Promise<number> => {
        const from = performance.now();
        await run();
        return performance.now() - from;
      };
      const logIn = async (): Promise<void> => {
        const answer = await fetch(`${platform.url}/api/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json', origin: platform.url }, body: JSON.stringify({ email, password }) });
        if (answer.status !== 200) throw new Error(`a log-in was answered with ${answer.status}`);
        await answer.arrayBuffer();
      };
      for (let i = 0; i < 50; i++) await logIn();
      progress(`${count} log-ins, one after the other`);
      const [ours, hashes]: [number[], number[]] = [[], []];
      for (let i = 0; i < count; i++) {
        hashes.push(await timed(() => verify(stored, password)));
        ours.push(await timed(logIn));
      }
      const [total, alone] = [latencyOf(ours), latencyOf(hashes)];
      const apart = ours.map(ms => ms - median(hashes));
      return {
        rows: [
          { what: 'log-in; raw: the hash alone', unit: 'ms', ours: total.p50, ours_p99: total.p99, raw: alone.p50, raw_p99: alone.p99, ratio: total.p50 / alone.p50 },
          { what: 'without the hash', unit: 'ms', ours: median(apart), ours_p99: quantile(apart, 0.99), budget: 'p99 < 10 ms', met: quantile(apart, 0.99) < 10 },
        ],
        notes: [
          `${count} log-ins of one person from one device, one after the other, each after one argon2id verification (19 MiB, 2 passes) in this process; what is left is the log-in less the median of those. It holds: two counters of the back-off written and taken back, address, record and membership read, the session kept in vault, log and view, its tokens signed.`,
        ],
      };
    } finally {
      await platform.stop();
    }
  },
};
