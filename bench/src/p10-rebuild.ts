/** P10: building a view from the first event, beside reading the same stream with the plain client. */
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats, declarationsOf, provision, sharedDeclarations, startProjector, Views, type Logger } from '@xanthus/jetstream';
import { keyedProjection, type Projection } from '@xanthus/kernel';
import { viewKey } from '@xanthus/proto';
import { startNats } from '@xanthus/testing';
import type { Benchmark, Row } from './benchmark.js';
import { fill, replay } from './counted-events.js';
import { median } from './measure.js';

const EVENTS_PER_AGGREGATE = 10;
const MILLION = 1_000_000;
/** No further round begins after this. */
const LONGEST_MS = 40_000;
const quiet: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (...args) => console.error(...args) };

const totals = (version: number): Projection => keyedProjection<number>({
  name: 'totals', version, schema: 1,
  keys: event => [viewKey(event.tenant, 'totals', event.aggregate.id)],
  evolve: (total = 0, event) => total + (event.data as { by: number }).by,
});

const rebuild = async (nc: NatsConnection, count: number, version: number): Promise<number> => {
  const from = performance.now();
  const projector = await startProjector(nc, { service: 'vps', projections: [totals(version)], log: quiet });
  await projector.ready;
  const seconds = (performance.now() - from) / 1_000;
  await projector.stop();
  const values = await new Views(nc, 'vps').list<number>('acme', 'totals');
  const sum = values.reduce((all, { value }) => all + value.data, 0);
  if (sum !== count) throw new Error(`${sum} of ${count} events are in the view`);
  return seconds;
};

export const p10: Benchmark = {
  id: 'p10',
  title: 'projection rebuild of 1,000,000 events into KV',
  run: async ({ quick, progress }) => {
    const count = quick ? 20_000 : MILLION;
    const rounds = quick ? 1 : 3;
    const until = performance.now() + LONGEST_MS;
    const nats = await startNats();
    try {
      const plain = await nats.connect();
      const nc = await connectNats({ servers: nats.url, name: 'bench' });
      await provision(nc, [sharedDeclarations(), declarationsOf('vps')], { replicas: 1 });
      progress(`storing ${count} events`);
      await fill(nc, count, count / EVENTS_PER_AGGREGATE);
      const raw: number[] = [];
      const ours: number[] = [];
      for (let round = 1; round <= rounds && (round === 1 || performance.now() < until); round++) {
        progress(`round ${round} of ${rounds}`);
        raw.push((await replay(plain, 'evt.*.vps.>', count)) / 1_000);
        ours.push(await rebuild(nc, count, round));
      }
      await nc.close();
      const perMillion = (seconds: readonly number[]): number => median(seconds) * (MILLION / count);
      const ratios = ours.map((s, i) => s / (raw[i] ?? Number.NaN));
      const row: Row = {
        what: count === MILLION ? 'rebuild, a million events' : `rebuild, ${count.toLocaleString('en')} events scaled to a million`, unit: 's', ours: perMillion(ours), raw: perMillion(raw), ratio: median(ratios),
        spread: [Math.min(...ratios), Math.max(...ratios)], budget: '≤ 20 s', met: perMillion(ours) <= 20,
      };
      return {
        rows: [row],
        notes: [
          `One nats-server, file storage; ${EVENTS_PER_AGGREGATE} events to an aggregate and key, interleaved. Each round builds the view anew beside the live one and swaps it in; the values are added up and compared.`,
          `Rounds: ${ours.length}.`,
          'Raw: an ordered consumer of the plain client and `JSON.parse`, nothing stored.',
        ],
      };
    } finally {
      await nats.stop();
    }
  },
};
