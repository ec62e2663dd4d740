/** P2: commands per second through one gateway and one service, beside the bare pipelined append. */
import { jetstream } from '@nats-io/jetstream';
import { buildEnvelope, newId } from '@xanthus/kernel';
import { eventSubject } from '@xanthus/proto';
import type { Benchmark, Row, RunOptions } from './benchmark.js';
import { contextFor, counted, refOf } from './counter.js';
import { compareRate, rateOf } from './measure.js';
import { createCounter, deleteCounter } from './stack/contracts.js';
import { withStack } from './stack/with-stack.js';

const IN_FLIGHT = 256;
const CONNECTIONS = 4;
const GOAL = 10_000;

interface Mode { readonly row: Row; readonly profile: string | undefined; /** Of one core, used by this process while ours ran. */ readonly generator: number }

const inMode = (sync: 'always' | undefined, { quick, profile }: RunOptions): Promise<Mode> => withStack(sync, async stack => {
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => stack.client()));
  const js = jetstream(await stack.nats.connect());
  const body = JSON.stringify(buildEnvelope(refOf('x'), counted, contextFor('x')));
  const pairs = quick ? 500 : 4_000;
  const pair = async (i: number): Promise<void> => {
    const client = clients[i % CONNECTIONS];
    if (!client) throw new Error('no connection');
    const { id } = await client.command(createCounter, { count: 1 }, { timeout: 20_000 });
    await client.command(deleteCounter, {}, { id, timeout: 20_000 });
  };
  const append = (): Promise<unknown> => js.publish(eventSubject(refOf(newId())), body, { expect: { lastSubjectSequence: 0 }, timeout: 20_000 });
  // A service that has run for a while: V8 has compiled what is hot after some thousand commands.
  await rateOf(pairs, IN_FLIGHT, pair);
  let [cpu, wall] = [0, 0];
  const ours = async (): Promise<number> => {
    const [from, used] = [performance.now(), process.cpuUsage()];
    const rate = 2 * (await rateOf(pairs, IN_FLIGHT, pair));
    const { user, system } = process.cpuUsage(used);
    cpu += (user + system) / 1_000;
    wall += performance.now() - from;
    return rate;
  };
  const found = await compareRate(quick ? 1 : 3, ours, () => rateOf(pairs * 4, IN_FLIGHT, append));
  const goal = sync === undefined && found.ours < GOAL ? ` (goal ${GOAL.toLocaleString('en')}/s)` : '';
  const where = profile ? await stack.profile(() => rateOf(pairs, IN_FLIGHT, pair)) : undefined;
  const row: Row = {
    what: sync === 'always' ? 'each write synced' : 'default sync interval', unit: '/s', ours: found.ours, raw: found.raw, ratio: found.ratio, spread: found.spread,
    budget: `≥ 0.5 × raw${goal}`, met: found.ratio >= 0.5,
  };
  return { row, profile: where?.text, generator: cpu / wall };
});

export const p2: Benchmark = {
  id: 'p2',
  title: 'commands per second, create + delete',
  run: async options => {
    const rows: Row[] = [];
    let where: string | undefined;
    let generator = 0;
    for (const sync of [undefined, 'always'] as const) {
      options.progress(sync === 'always' ? 'each write synced' : 'default sync interval');
      const mode = await inMode(sync, options);
      rows.push(mode.row);
      where ??= mode.profile;
      generator = Math.max(generator, mode.generator);
    }
    return {
      rows,
      ...(where === undefined ? {} : { profile: where }),
      notes: [
        `${CONNECTIONS} connections of the SDK, ${IN_FLIGHT} commands in flight; gateway and service share one process. Each aggregate is made, then deleted; both answers are awaited.`,
        `Raw: \`js.publish\` with the expected last sequence, ${IN_FLIGHT} in flight, straight from this process to nats-server.`,
        `This process, which asks, used at most ${Math.round(100 * generator)} % of a core while ours ran.`,
      ],
    };
  },
};
