/** Plays many seeds, some at a time; each failure comes with the smallest trace that shows it. */
import { play } from './play.fixtures.js';
import type { Scenario } from './scenario.fixtures.js';
import type { World } from './world.fixtures.js';

export interface Failure {
  readonly seed: number;
  readonly problems: readonly string[];
  /** As it happened, with what others did to it. */
  readonly trace: Scenario;
  readonly wire: readonly string[];
  /** As few of its steps as show it, played alone; absent: it was not seen again. */
  readonly smallest?: Scenario;
}

/** Timing differs from run to run: a trace is played so often before it is taken for good. */
const TIMES = 5;
const MOST_FAILURES = 3;
/** Nobody else is there: what has not arrived by then will not, ms. */
const SHORT = 12_000;

export interface CheckOptions {
  readonly first: number;
  readonly seeds: number;
  readonly atOnce: number;
  scenarioOf(seed: number): Scenario;
  progress?(done: number): void;
  onFailure?(failure: Failure): void;
  /** This seed is played once more: see `Outcome`. */
  onHaunted?(seed: number): void;
}

export const check = async (world: World, { first, seeds, atOnce, scenarioOf, progress, onFailure, onHaunted }: CheckOptions): Promise<Failure[]> => {
  const failures: Failure[] = [];
  let [next, done] = [first, 0];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < first + seeds && failures.length < MOST_FAILURES) {
      const scenario = scenarioOf(next++);
      let { problems, trace, wire, haunted } = await play(world, scenario);
      while (haunted) {
        onHaunted?.(scenario.seed);
        ({ problems, trace, wire, haunted } = await play(world, scenario));
      }
      if (problems.length > 0) {
        const failure = { seed: scenario.seed, problems, trace, wire };
        failures.push(failure);
        onFailure?.(failure);
      }
      progress?.(++done);
    }
  }));
  const [one, ...others] = failures;
  if (one === undefined) return [];
  const smallest = await shrink(world, one.trace);
  return [smallest === undefined ? one : { ...one, smallest }, ...others];
};

const fails = async (world: World, scenario: Scenario, times: number): Promise<boolean> => {
  for (let i = 0; i < times; i++) if ((await play(world, scenario, SHORT)).problems.length > 0) return true;
  return false;
};

/** Leaves out one step after the other while it still fails. @returns nothing if it does not fail again */
export const shrink = async (world: World, scenario: Scenario): Promise<Scenario | undefined> => {
  if (!(await fails(world, scenario, TIMES * 2))) return undefined;
  let smallest = scenario;
  for (let i = smallest.steps.length - 1; i >= 0; i--) {
    const smaller = { ...smallest, steps: smallest.steps.filter((_, n) => n !== i) };
    if (await fails(world, smaller, TIMES)) smallest = smaller;
  }
  return smallest;
};
