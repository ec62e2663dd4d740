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

const inMode = (sync: 'always' | undefined, { quick, profile }: RunOptions): Promise<{ row: Row; profile: string | undefined }> => withStack(sync, async stack => {
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
  await rateOf(pairs / 4, IN_FLIGHT, pair);
  const found = await compareRate(quick ? 1 : 3, async () => 2 * (await rateOf(pairs, IN_FLIGHT, pair)), () => rateOf(pairs * 4, IN_FLIGHT, append));
  const goal = sync === undefined && found.ours < GOAL ? ` (goal ${GOAL.toLocaleString('en')}/s)` : '';
  const where = profile ? await stack.profile(() => rateOf(pairs, IN_FLIGHT, pair)) : undefined;
  const row: Row = {
    what: sync === 'always' ? 'each write synced' : 'default sync interval', unit: '/s', ours: found.ours, raw: found.raw, ratio: found.ratio, spread: found.spread,
    budget: `≥ 0.5 × raw${goal}`, met: found.ratio >= 0.5,
  };
  return { row, profile: where?.text };
});

export const p2: Benchmark = {
  id: 'p2',
  title: 'commands per second, create + delete',
  run: async options => {
    const rows: Row[] = [];
    let where: string | undefined;
    for (const sync of [undefined, 'always'] as const) {
      options.progress(sync === 'always' ? 'each write synced' : 'default sync interval');
      const { row, profile } = await inMode(sync, options);
      rows.push(row);
      where ??= profile;
    }
    return {
      rows,
      ...(where === undefined ? {} : { profile: where }),
      notes: [
        `${CONNECTIONS} connections of the SDK, ${IN_FLIGHT} commands in flight; gateway and service share one process. Each aggregate is made, then deleted; both answers are awaited.`,
        `Raw: \`js.publish\` with the expected last sequence, ${IN_FLIGHT} in flight, straight from this process to nats-server.`,
      ],
    };
  },
};
