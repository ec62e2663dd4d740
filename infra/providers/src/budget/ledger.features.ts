import { expect, it } from '@jest/globals';
import { createLedger, type BudgetKey, type Ledger } from './ledger.js';
import type { BudgetStatus } from './record.js';
import type { BudgetStore } from './store.js';

const START = Date.UTC(2026, 10, 21);

/** What every store must give: replicas that stay within one budget together. */
export const ledgerFeatures = (storeOf: () => BudgetStore): void => {
  let tenants = 0;
  const ground = (limit: number, window_s = 60) => {
    const clock = { now: START };
    const key: BudgetKey = { tenant: `t${process.pid}-${++tenants}`, provider: 'cloudflare' };
    const store = storeOf();
    let writes = 0;
    const counted: BudgetStore = { read: store.read, write: (...args) => { writes += 1; return store.write(...args); } };
    const changes: BudgetStatus[] = [];
    let heard: (status: BudgetStatus) => void = () => undefined;
    const next = new Promise<BudgetStatus>(done => { heard = done; });
    const onChange = (_: BudgetKey, status: BudgetStatus): void => { changes.push(status); heard(status); };
    const replica = (): Ledger => createLedger({ store: counted, policyOf: () => ({ limit, window_s }), now: () => clock.now, onChange, tellMs: 10 });
    return { clock, key, replica, changes, told: () => next, writes: () => writes };
  };
  const takeUp = async (ledger: Ledger, key: BudgetKey, times: number, background = false): Promise<number> => {
    const got = await Promise.all(Array.from({ length: times }, () => ledger.take(key, background)));
    return got.filter(until => until === undefined).length;
  };

  it('three replicas together give out exactly the limit, with a write per slice and not per call', async () => {
    const { key, replica, writes } = ground(300);
    const ledgers = [replica(), replica(), replica()];
    const given = await Promise.all(ledgers.map(ledger => takeUp(ledger, key, 150)));
    expect(given.reduce((a, b) => a + b)).toBe(300);
    // 300 calls in slices of 6, and conflicts between three
    expect(writes()).toBeLessThan(250);
  });

  it('says when there are calls again, and gives them then', async () => {
    const { key, replica, clock } = ground(10);
    const ledger = replica();
    expect(await takeUp(ledger, key, 12)).toBe(10);
    expect(await ledger.take(key, false)).toBe(START + 60_000);
    clock.now += 60_000;
    expect(await takeUp(ledger, key, 12)).toBe(10);
  });

  it('leaves a fifth to people', async () => {
    const { key, replica } = ground(100);
    const ledger = replica();
    expect(await takeUp(ledger, key, 100, true)).toBe(80);
    expect(await takeUp(ledger, key, 100)).toBe(20);
  });

  it('gives back what a replica had set aside and not used', async () => {
    const { key, replica } = ground(1_000);
    const [one, two] = [replica(), replica()];
    await one.take(key, false);
    expect((await two.status(key)).used).toBe(20);
    expect((await one.status(key)).used).toBe(1);
    await one.stop();
    expect((await two.status(key)).used).toBe(1);
  });

  it('a slice of a window that is over counts for nothing', async () => {
    const { key, replica, clock } = ground(100, 60);
    const [one, two] = [replica(), replica()];
    await one.take(key, false);
    clock.now += 60_000;
    expect(await takeUp(two, key, 200)).toBe(100);
    expect(await takeUp(one, key, 5)).toBe(0);
  });

  it('follows what the provider counts: others may use the same token', async () => {
    const { key, replica, clock } = ground(100);
    const ledger = replica();
    await ledger.take(key, false);
    ledger.observe(key, { remaining: 3, resets: START + 20_000 });
    expect(await takeUp(ledger, key, 50)).toBeLessThanOrEqual(3);
    expect(await ledger.take(key, false)).toBe(START + 20_000);
    clock.now += 20_000;
    expect(await ledger.take(key, false)).toBeUndefined();
  });

  it('a block of one replica stops the others within two seconds', async () => {
    const { key, replica, clock, changes } = ground(100);
    const [one, two] = [replica(), replica()];
    await two.take(key, false);
    await one.change(key, record => ({ ...record, blocked_until: START + 30_000 }));
    clock.now += 2_000;
    expect(await two.take(key, false)).toBe(START + 30_000);
    expect(changes).toContainEqual(expect.objectContaining({ provider: 'cloudflare', retry_at: new Date(START + 30_000).toISOString() }));
    clock.now = START + 30_000;
    expect(await two.take(key, false)).toBeUndefined();
  });

  it('tells how a budget stands: what is used, not what is set aside', async () => {
    const { key, replica, told } = ground(1_000);
    const ledger = replica();
    await ledger.take(key, false);
    await ledger.take(key, false);
    expect(await told()).toMatchObject({ used: 2, limit: 1_000, circuit: 'closed' });
    await ledger.stop();
  });

  it('keeps budgets of tenants, providers and accounts apart', async () => {
    const { key, replica } = ground(5);
    const ledger = replica();
    expect(await takeUp(ledger, key, 9)).toBe(5);
    expect(await takeUp(ledger, { ...key, account: 'b' }, 9)).toBe(5);
    expect(await takeUp(ledger, { ...key, provider: 'hetzner' }, 9)).toBe(5);
    await expect(ledger.take({ ...key, account: 'a.b' }, false)).rejects.toThrow('letters');
  });
};
