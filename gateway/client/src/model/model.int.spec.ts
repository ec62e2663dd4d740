/** Random histories of a stream, its readers, the network, NATS and two gateways, against the oracle of what was stored. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { check, shrink } from './check.fixtures.js';
import { play } from './play.fixtures.js';
import { scenarioOf } from './scenario.fixtures.js';
import { startWorld, type World } from './world.fixtures.js';

let world: World;
beforeAll(async () => { world = await startWorld(); }, 180_000);
afterAll(async () => { await world?.stop(); });

describe('the model', () => {
  it('finds a message that was lost and hidden, and names the smallest trace', async () => {
    const scenario = { seed: 0, everything: true, credit: 10, steps: [{ do: 'publish', to: 'a', count: 6 }, { do: 'wait', ms: 5 }] } as const;
    expect((await play({ ...world, hide: true }, scenario)).problems).toEqual([expect.stringMatching(/^undetected gap before 4: 3$/)]);
    expect((await shrink({ ...world, hide: true }, scenario))?.steps).toEqual([]);
  });

  it('no seed of 300 shows a gap, a repeat, another order, or a message without the right to it', async () => {
    const failures = await check(world, { first: 1, seeds: Number(process.env['MODEL_SEEDS'] ?? 300), atOnce: 30, scenarioOf });
    expect(failures.map(({ wire, ...failure }) => ({ ...failure, wire: wire.slice(-5) }))).toEqual([]);
  }, 900_000);

  it('the gateways had nothing to complain of', () => {
    expect(world.complaints()).toEqual([]);
  });
});
