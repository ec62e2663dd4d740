/** Plays many seeds, some at a time; each failure comes with the smallest trace that shows it. */
import { play, shrink, type World } from './run.fixtures.js';
import type { Scenario } from './scenario.fixtures.js';

export const check = async (world: World, o: { first: number; seeds: number; atOnce: number; scenarioOf(seed: number): Scenario; progress?(done: number): void }): Promise<object[]> => {
  const failures: { scenario: Scenario; problems: string[] }[] = [];
  let next = o.first;
  await Promise.all(Array.from({ length: o.atOnce }, async () => {
    while (next < o.first + o.seeds && failures.length < 3) {
      const scenario = o.scenarioOf(next++);
      const problems = await play(world, scenario).catch((error: unknown) => [`did not end: ${String(error)}`]);
      if (problems.length > 0) failures.push({ scenario, problems });
      else if (scenario.seed % 100 === 0) o.progress?.(scenario.seed);
    }
  }));
  const first = failures[0];
  return first ? [{ ...first, smallest: await shrink(world, first.scenario).catch(String) }, ...failures.slice(1)] : [];
};
