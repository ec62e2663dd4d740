/** P17: what doubling costs: sockets, subjects of aggregates, tenants; and a command while the stream grows to a million events. */
import { jetstreamManager } from '@nats-io/jetstream';
import { buildEnvelope, newId } from '@xanthus/kernel';
import { eventSubject } from '@xanthus/proto';
import type { Benchmark, Row, RunOptions } from './benchmark.js';
import { contextFor, counted, refOf } from './counter.js';
import { latencyOf, median, timeEach } from './measure.js';
import { Fleet, percent } from './sockets/fan-out.js';
import { helloFor, TENANT, withWorld } from './sockets/world.js';
import { createCounter } from './stack/contracts.js';
import { withStack, type Stack } from './stack/with-stack.js';

/** Each is twice the one before. */
const doublings = (quick: boolean): readonly number[] => (quick ? [250, 500, 1_000] : [1_000, 2_000, 4_000, 8_000]);

/** CPU of the gateway per delivery, and deliveries grow with the sockets: cost doubles where this stays. */
const sockets = ({ quick, progress }: RunOptions): Promise<{ rows: Row[]; note: string }> => withWorld(async (world) => {
  const gateway = await world.gateway();
  const tokens = (await world.people(200)).map(p => p.token);
  const found: { count: number; micros: number }[] = [];
  let generator = 0;
  for (const count of doublings(quick)) {
    progress(`${count} sockets`);
    const subject = `sig.${TENANT}.grow${count}`;
    const group = `grow ${count}`;
    await world.generator.tell({ do: 'open', group, port: gateway.port, count, tokens, parallel: 64, ...helloFor(gateway, [subject]) });
    const fleet = new Fleet(gateway, group, count, world.generator);
    const rounds = quick ? 40 : 60;
    await fleet.deliver([subject], rounds, 0);
    const each: number[] = [];
    for (let i = 0; i < 5; i++) {
      const d = await fleet.deliver([subject], rounds, 0);
      each.push(1e6 / d.perCore);
      generator = Math.max(generator, d.generator);
    }
    found.push({ count, micros: median(each) });
    await world.generator.tell({ do: 'reset', group });
  }
  return {
    rows: found.slice(1).map(({ count, micros }, i): Row => {
      const before = found[i] as { count: number; micros: number };
      const cost = (count * micros) / (before.count * before.micros);
      return { what: `${before.count.toLocaleString('en')} → ${count.toLocaleString('en')} sockets: CPU of the gateway per message to all`, unit: 'ms', ours: (count * micros) / 1_000, raw: (before.count * before.micros) / 1_000, ratio: cost, budget: '≤ 2 ×, 2.2 with noise', met: cost <= 2.2 };
    }),
    note: `Sockets: bursts of one subject to all, each client reconciled; generator at most ${percent(generator)} of a core.`,
  };
});

/** Events that are not counters', so that only the stream grows. */
const fill = async ({ nats }: Stack, tenants: number, aggregates: number, until: number): Promise<void> => {
  const nc = await nats.connect();
  const { streams } = await jetstreamManager(nc);
  const messages = async (): Promise<number> => (await streams.info('VPS')).state.messages;
  const refs = Array.from({ length: aggregates }, (_, i) => ({ ...refOf(newId()), tenant: i % tenants === 0 ? 'acme' : `t${i % tenants}`, aggregate: 'ballast' }));
  const body = JSON.stringify(buildEnvelope(refOf('x'), counted, contextFor('x')));
  const start = await messages();
  for (let i = 0; start + i < until;) {
    for (const end = Math.min(until - start, i + 5_000); i < end; i++) nc.publish(eventSubject(refs[i % refs.length] as typeof refs[number]), body);
    while ((await messages()) < start + i) await new Promise(resolve => setTimeout(resolve, 5));
  }
  await nc.close();
};

const commands = ({ quick, progress }: RunOptions): Promise<Row[]> => withStack(undefined, async (stack) => {
  const client = await stack.client();
  const call = (): Promise<unknown> => client.command(createCounter, { count: 1 });
  await timeEach(quick ? 300 : 2_000, 20, call);
  const rows: Row[] = [];
  let base: { p50: number; p99: number } | undefined;
  for (const events of quick ? [1_000, 20_000] : [4_000, 10_000, 100_000, MILLION]) {
    progress(`${events.toLocaleString('en')} events in the stream`);
    // Tenants and aggregates double and more with the events.
    await fill(stack, Math.max(1, events / 1_000), Math.max(10, events / 10), events);
    await settled(call);
    const found = latencyOf(await timeEach(quick ? 300 : 1_500, 1, call));
    base ??= found;
    const ratio = found.p50 / base.p50;
    rows.push({ what: `command, ${events.toLocaleString('en')} events of ${(events / 10).toLocaleString('en')} aggregates and ${Math.max(1, events / 1_000)} tenants in the stream, beside the first`, unit: 'ms', ours: found.p50, ours_p99: found.p99, raw: base.p50, raw_p99: base.p99, ratio, budget: 'flat: p50 ≤ 1.5 × the first', met: ratio <= 1.5 });
  }
  return rows;
});
const MILLION = 1_000_000;

/** The projector may still be reading what was poured in: commands are timed when they are steady. */
const settled = async (call: () => Promise<unknown>): Promise<void> => {
  let before = Number.POSITIVE_INFINITY;
  const end = performance.now() + 20_000;
  while (performance.now() < end) {
    const now = median(await timeEach(100, 1, call));
    if (now > before * 0.9 && now < before * 1.1) return;
    before = now;
  }
};

export const p17: Benchmark = {
  id: 'p17',
  title: 'growth: sockets, tenants, aggregates, events',
  run: async (options) => {
    const rows = await commands(options);
    const grown = await sockets(options);
    return {
      rows: [...rows, ...grown.rows],
      notes: [
        '"Raw" is the smaller size of the same run. Commands: SDK → gateway → service → stored → reply, one at a time, each a new aggregate, after the projector has read what was added; the whole way as in P1.', grown.note,
      ],
    };
  },
};
