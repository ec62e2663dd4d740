/** P27: a view as it was, among 100,000 events of a tenant, beside reading and parsing the same events with the plain client. */
import { connectNats, declarationsOf, kvCheckpoints, pastLog, PastViews, provision, sharedDeclarations, startAhead, type Logger, type PastOptions } from '@xanthus/jetstream';
import { keyedProjection, Refusal, type Projection } from '@xanthus/kernel';
import { viewKey } from '@xanthus/proto';
import { startNats } from '@xanthus/testing';
import type { Benchmark, Row } from './benchmark.js';
import { fill, replay } from './counted-events.js';
import { median } from './measure.js';

const EVENTS = 100_000;
/** Rows of the tenant. */
const ROWS = 2_000;
const MOMENTS = 15;
const quiet: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (...args) => console.error(...args) };

interface Total { readonly total: number; readonly events: number; readonly last: string }
/** As a service has them: one that shows rows, and others that hear an event and do little with it. */
const projections: readonly Projection[] = [
  keyedProjection<Total>({ name: 'totals', version: 1, schema: 1, own: { view: 'totals', aggregates: ['counter'] }, evolve: (row, event) => ({ total: (row?.total ?? 0) + (event.data as { by: number }).by, events: (row?.events ?? 0) + 1, last: event.occurred_at }) }),
  keyedProjection<number>({ name: 'seen', version: 1, schema: 1, keys: event => [`_seen.${event.tenant}.${event.aggregate.id}`], evolve: (n = 0) => n + 1 }),
  ...Array.from({ length: 8 }, (_, i) => keyedProjection<number>({ name: `other-${i}`, version: 1, schema: 1, keys: () => [], evolve: n => n })),
];

/** As the running service does it, until there is nothing left to do. Answers how long it took, ms. */
const madeAhead = async (options: PastOptions, count: number): Promise<number> => {
  const from = performance.now();
  const views = new PastViews(options);
  const ahead = startAhead({ ...options, views, position: () => count, active: () => true });
  while ((await views.points('acme', count + 1)).length <= Math.floor(count / 10_000)) await new Promise(resolve => setTimeout(resolve, 50));
  await ahead.stop();
  await views.stop();
  return performance.now() - from;
};

/** For information. */
const withoutBudget = ({ what, unit, ours, raw, ratio, spread }: Row & Required<Pick<Row, 'raw' | 'ratio' | 'spread'>>): Row => ({ what, unit, ours, raw, ratio, spread, budget: '–' });

/** As the console does: asked again where the past is still being read. */
const patiently = async <T>(ask: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refusal && error.retryable)) throw error;
    }
  }
};

const timed = async (views: PastViews, seq: number): Promise<number> => {
  const from = performance.now();
  const { texts } = await patiently(() => views.at('acme', { seq }));
  const ms = performance.now() - from;
  const rows = [...texts].filter(([key]) => key.startsWith(`${viewKey('acme', 'totals', 'x').slice(0, -1)}`)).map(([, text]) => (JSON.parse(text) as { data: Total }).data);
  const sum = rows.reduce((all, row) => all + row.events, 0);
  if (sum !== seq) throw new Error(`${sum} of ${seq} events are in the view`);
  return ms;
};

export const p27: Benchmark = {
  id: 'p27',
  title: 'a view as it was, of 100,000 events',
  run: async ({ quick, progress }) => {
    const count = quick ? 20_000 : EVENTS;
    const nats = await startNats();
    try {
      const plain = await nats.connect();
      const nc = await connectNats({ servers: nats.url, name: 'bench' });
      await provision(nc, [sharedDeclarations(), declarationsOf('vps')], { replicas: 1 });
      progress(`storing ${count} events`);
      await fill(nc, count, ROWS);
      const raw = (): Promise<number> => replay(plain, 'evt.acme.vps.>', count);
      const options = { service: 'vps', projections, past: pastLog(nc, 'vps'), checkpoints: kvCheckpoints(nc, 'vps'), log: quiet };
      const reads = [await raw(), await raw()];
      progress('the first question, nothing kept');
      const first = new PastViews(options);
      const cold = await timed(first, count);
      await first.stop();
      await first.drop('acme');
      progress('checkpoints are made ahead');
      const ahead_ms = await madeAhead(options, count);
      const foretold: number[] = [];
      for (let moment = count - 1; moment > 0; moment -= count / 5) {
        const views = new PastViews(options);
        foretold.push(await timed(views, moment));
        await views.stop();
        reads.push(await raw());
      }
      progress('questions about moments, each by a copy that has just started');
      const warm: number[] = [];
      for (let i = 0; i < MOMENTS; i++) {
        const views = new PastViews(options);
        warm.push(await timed(views, Math.ceil((count * (i + 0.93)) / MOMENTS)));
        await views.stop();
        reads.push(...(i % 5 === 4 ? [await raw()] : []));
      }
      const scrubbed: number[] = [];
      const same = new PastViews(options);
      for (let i = 0; i < MOMENTS; i++) scrubbed.push(await timed(same, Math.ceil((count * (i + 0.41)) / MOMENTS)));
      await same.stop();
      await nc.close();
      const read = median(reads);
      const row = (what: string, values: readonly number[]) => {
        const ratios = values.map(v => v / read);
        return { what, unit: 'ms', ours: median(values), raw: read, ratio: median(ratios), spread: [Math.min(...ratios), Math.max(...ratios)], budget: '≤ 1,000 ms', met: Math.max(...values) <= 1_000 } satisfies Row;
      };
      return {
        rows: [
          row('the very first question, checkpoints made by the running service', foretold),
          row('any moment, from checkpoints, by a copy that has just started', warm),
          row('any moment, by the same copy', scrubbed),
          withoutBudget(row('the very first question, nothing kept at all', [cold])),
        ],
        notes: [
          `One nats-server, file storage; ${count.toLocaleString('en')} events of one tenant in ${ROWS.toLocaleString('en')} rows, ten projections. Moments are spread over all of it; every answer is checked against the number of its events. "Met" is about the slowest.`,
          `The very first question is asked of a copy that has just started, about moments right before the next checkpoint: up to 9,999 events are folded. The running service took ${(ahead_ms / 1_000).toFixed(1)} s of its spare time for all checkpoints.`,
          'Raw: an ordered consumer of the plain client and `JSON.parse` over all events, nothing folded.',
        ],
      };
    } finally {
      await nats.stop();
    }
  },
};
