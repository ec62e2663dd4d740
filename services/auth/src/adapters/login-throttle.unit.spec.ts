import { describe, expect, it } from '@jest/globals';
import { ConflictError } from '@xanthus/kernel';
import { ACCOUNT_BACK_OFF, ADDRESS_BACK_OFF, type Tries } from '../domain/back-off.js';
import { loginThrottle, type Attempt, type Counters, type Guess } from './login-throttle.js';

/** The bucket in memory, with revisions as JetStream has them. */
const memory = () => {
  const kept = new Map<string, { tries: Tries | undefined; revision: number }>();
  let last = 0;
  const counters: Counters = {
    get: async key => kept.get(key) ?? { tries: undefined, revision: 0 },
    async put(key, tries, revision) {
      const current = kept.get(key)?.revision ?? 0;
      if (current !== revision) throw new ConflictError(key, revision, current);
      kept.set(key, { tries, revision: ++last });
      return last;
    },
  };
  return { counters, kept };
};

const world = () => {
  let now = Date.parse('2026-01-01T00:00:00.000Z');
  const { counters, kept } = memory();
  const copies = [loginThrottle(counters, () => now), loginThrottle(counters, () => now)];
  return { copies, kept, one: copies[0]!, pass: (ms: number) => { now += ms; } };
};
const account = (key = 'ada'): Guess => ({ kind: 'account', key, limits: ACCOUNT_BACK_OFF });
const address = (key = 'office'): Guess => ({ kind: 'address', key, limits: ADDRESS_BACK_OFF });
const waitOf = (begun: Attempt | { wait: number }): number => ('wait' in begun ? begun.wait : 0);
const heard = (begun: Attempt | { wait: number }): Attempt => {
  if ('wait' in begun) throw new Error(`has to wait ${begun.wait} ms`);
  return begun;
};

describe('the back-off of guesses', () => {
  it('costs nothing at first, then doubles up to a quarter of an hour, then is forgotten', async () => {
    const { one, pass } = world();
    for (let i = 0; i < 6; i++) heard(await one.begin([account()]));
    expect(waitOf(await one.begin([account()]))).toBe(5_000);
    expect(waitOf(await one.begin([account('bob')]))).toBe(0);
    pass(4_999);
    expect(waitOf(await one.begin([account()]))).toBe(1);
    pass(1);
    expect(heard(await one.begin([account()])).pause).toBe(10_000);
    for (let i = 0; i < 15; i++) {
      pass(15 * 60_000);
      heard(await one.begin([account()]));
    }
    expect(waitOf(await one.begin([account()]))).toBe(15 * 60_000);
    pass(61 * 60_000);
    expect(heard(await one.begin([account()])).pause).toBe(0);
  });

  it('ends for the account with a log-in that succeeds; its address has one try less and no more', async () => {
    const { one, kept } = world();
    for (let i = 0; i < 5; i++) heard(await one.begin([account(), address()]));
    await heard(await one.begin([account(), address()])).succeeded(['account']);
    expect(kept.get('account.ada')?.tries).toBeUndefined();
    expect(kept.get('address.office')?.tries?.count).toBe(5);
  });

  it('does not count what was no guess', async () => {
    const { one, kept } = world();
    for (let i = 0; i < 20; i++) await heard(await one.begin([account(), address()])).forgiven();
    expect([...kept.values()].map(v => v.tries)).toEqual([undefined, undefined]);
  });

  it('counts nothing while one of the keys has to wait', async () => {
    const { one, kept } = world();
    for (let i = 0; i < 6; i++) heard(await one.begin([account()]));
    expect(waitOf(await one.begin([account(), address()]))).toBe(5_000);
    expect(kept.get('address.office')?.tries).toBeUndefined();
  });

  it('is one for all copies, and many tries at once do not pass as one', async () => {
    const { copies } = world();
    const begun = await Promise.all(Array.from({ length: 40 }, (_, i) => copies[i % 2]!.begin([account()])));
    // the sixth failure is the first that costs: it is heard, whatever comes after it waits
    expect(begun.filter(b => !('wait' in b))).toHaveLength(6);
  });

  it('a success that others overtook takes back its own try only', async () => {
    const { copies: [one, two], kept } = world();
    const mine = heard(await one!.begin([address()]));
    heard(await two!.begin([address()]));
    heard(await two!.begin([address()]));
    await mine.forgiven();
    expect(kept.get('address.office')?.tries?.count).toBe(2);
  });
});
