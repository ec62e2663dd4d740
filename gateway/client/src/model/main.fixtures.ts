/**
 * The model test for longer: `npm run model -- --seeds 10000 [--first 1] [--at-once 30]`. A failure ends it with 1 and the smallest trace that shows it.
 * `--seed 63` plays this one alone, twenty times; `--trace '{"seed":…,"steps":[…]}'` plays what a failure printed.
 * `--wire <file>` keeps the last frames of who failed.
 */
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { check } from './check.fixtures.js';
import { scenarioOf, type Scenario } from './scenario.fixtures.js';
import { startWorld } from './world.fixtures.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' }, first: { type: 'string', default: '1' }, 'at-once': { type: 'string', default: '30' },
    seed: { type: 'string' }, trace: { type: 'string' }, times: { type: 'string', default: '20' }, wire: { type: 'string' },
  },
});
const given: Scenario | undefined = values.trace !== undefined ? JSON.parse(values.trace) as Scenario : values.seed !== undefined ? scenarioOf(Number(values.seed)) : undefined;
const began = Date.now();
const world = await startWorld();
const waiting = setInterval(() => { for (const player of world.players) console.log(`  still ${player.state()}`); }, 30_000);
try {
  const many = given === undefined ? Number(values.seeds) : Number(values.times);
  const failures = await check(world, {
    first: given === undefined ? Number(values.first) : 1, seeds: many,
    atOnce: given === undefined ? Number(values['at-once']) : 1,
    scenarioOf: seed => given ?? scenarioOf(seed),
    onFailure: ({ seed, problems, trace, wire }) => {
      console.error(`\nseed ${seed}:\n  ${problems.join('\n  ')}\nas it happened:\n  npm run model -- --trace '${JSON.stringify(trace)}'`);
      if (values.wire !== undefined) appendFileSync(values.wire, `seed ${seed}\n${wire.join('\n')}\n\n`);
    },
    onHaunted: seed => { console.log(`${seed} again: nats-server kept messages of a deleted stream`); },
    progress: done => { if (done % 100 === 0 || given !== undefined) console.log(`${new Date().toISOString()} ${done} played`); },
  });
  for (const { smallest } of failures) if (smallest !== undefined) console.error(`smallest that shows it:\n  npm run model -- --trace '${JSON.stringify(smallest)}'`);
  const complaints = world.complaints();
  for (const line of complaints.slice(0, 10)) console.error(`a gateway complained: ${line.slice(0, 500)}`);
  const good = failures.length === 0 && complaints.length === 0;
  console.log(`${failures.length === 0 ? `${many} played in ${Math.round((Date.now() - began) / 1_000)} s: no undetected gap, nothing out of order, nothing twice, nothing without the right` : `${failures.length} failed`}; ${complaints.length} complaints`);
  process.exitCode = good ? 0 : 1;
} finally {
  clearInterval(waiting);
  await world.stop();
}
