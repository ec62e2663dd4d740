import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { ownership, type Owner, type OwnershipEvent } from './ownership.js';

const departing = (person: string, as_of: number): OwnershipEvent => ({ type: 'OwnerDeparting', data: { person, as_of } });
const owner = (person: string, since: number): Owner => ({ person, since });
const admit = (leaving: Owner, owners: Owner[], seen: number) => ({ type: 'AdmitDeparture', leaving, owners, seen }) as const;

describe('an owner goes', () => {
  it('when another one stays', () => {
    expect(given(ownership.decider).when(admit(owner('ada', 5), [owner('ada', 5), owner('bob', 9)], 0)).then()).toEqual([departing('ada', 5)]);
  });
  it('not when nobody else is owner', () => {
    expect(given(ownership.decider).when(admit(owner('ada', 5), [owner('ada', 5)], 0)).refusal()).toBe('MEMBER.LAST_OWNER');
  });
  it('not when the other one is about to go', () => {
    expect(given(ownership.decider, [departing('bob', 9)]).when(admit(owner('ada', 5), [owner('ada', 5), owner('bob', 9)], 1)).refusal()).toBe('MEMBER.LAST_OWNER');
  });
  it('when the other one went, and was made owner again since', () => {
    expect(given(ownership.decider, [departing('bob', 9)]).when(admit(owner('ada', 5), [owner('ada', 5), owner('bob', 12)], 1)).then()).toEqual([departing('ada', 5)]);
  });
  it('not on a look from before another departure', () => {
    expect(given(ownership.decider, [departing('bob', 9)]).when(admit(owner('ada', 5), [owner('ada', 5), owner('bob', 9)], 0)).refusal()).toBe('MEMBER.CHANGED');
  });
  it('with the departure of a try that got no further', () => {
    expect(given(ownership.decider, [departing('ada', 5)]).when(admit(owner('ada', 5), [owner('ada', 5), owner('bob', 9)], 1)).then()).toEqual([]);
  });
});

describe('however copies of auth interleave', () => {
  /** One copy's steps on the shared logs. */
  type Step = 'look' | 'owners' | 'admit' | 'go';
  interface World { departures: OwnershipEvent[]; owners: Map<string, number> }
  const copy = (world: World, person: string) => {
    let seen = 0;
    let mine: Owner | undefined;
    let others: Owner[] = [];
    let admitted = false;
    const state = () => given(ownership.decider, world.departures).state();
    const steps: Record<Step, () => void> = {
      look: () => { seen = state().seq; },
      owners: () => {
        mine = world.owners.has(person) ? owner(person, world.owners.get(person)!) : undefined;
        others = [...world.owners].map(([p, since]) => owner(p, since));
      },
      admit: () => {
        if (mine === undefined) return;
        const decision = given(ownership.decider, world.departures).when(admit(mine, others, seen));
        if (decision.refusal() !== undefined) return;
        world.departures.push(...decision.then());
        admitted = true;
      },
      // the member's own log takes it only for the event that it was admitted for
      go: () => { if (admitted && mine !== undefined && world.owners.get(person) === mine.since) world.owners.delete(person); },
    };
    return steps;
  };
  const orders = (a: Step[], b: Step[]): ('a' | 'b')[][] => {
    if (a.length === 0) return [b.map(() => 'b' as const)];
    if (b.length === 0) return [a.map(() => 'a' as const)];
    return [...orders(a.slice(1), b).map(rest => ['a' as const, ...rest]), ...orders(a, b.slice(1)).map(rest => ['b' as const, ...rest])];
  };
  const STEPS: Step[] = ['look', 'owners', 'admit', 'go'];

  it.each(orders(STEPS, STEPS).map(order => [order.join('')] as const))('two owners who go at once leave one: %s', order => {
    const world: World = { departures: [], owners: new Map([['ada', 5], ['bob', 9]]) };
    const copies = { a: copy(world, 'ada'), b: copy(world, 'bob') };
    const at = { a: 0, b: 0 };
    for (const who of order.split('') as ('a' | 'b')[]) copies[who][STEPS[at[who]++]!]();
    expect(world.owners.size).toBeGreaterThanOrEqual(1);
  });
});
