import { Refusal } from '@xanthus/kernel';
import { watchViewBucket } from '@xanthus/jetstream';
import { runRounds, type Pause } from '@xanthus/processes';
import type { OutputOf, ViewValue } from '@xanthus/proto';
import type { checkDrift } from '@xanthus/proto/vps';
import { ACCOUNTS, type AccountRef, type ProviderRow } from '../views/providers.js';
import type { VpsContext } from '../vps.context.js';
import { reconcile } from './reconcile.js';

/** How long one account may take, ms. */
const PATIENCE_MS = 60_000;
/** Prices are asked for that often, ms; at once for a server that has none. */
const PRICES_EVERY_MS = 3_600_000;
/** Snapshots that are left of servers are looked for every so many looks: they can wait, and each costs a call. */
const SNAPSHOTS_EVERY = 10;
/** Accounts at a time: one that hangs holds up few. */
const AT_ONCE = 4;

/** Compares with every account from time to time, a few at once, until the signal. Run it in one copy only. */
export const runDrift = async (vps: VpsContext, o: { readonly every: number; readonly pause: Pause; readonly now: () => number }, signal: AbortSignal): Promise<void> => {
  const accounts = new Map<string, AccountRef>();
  const pricedAt = new Map<string, number>();
  const looks = new Map<string, number>();
  const watch = await watchViewBucket(vps.nc, 'vps', {
    filters: [`${ACCOUNTS}.>`],
    onEntry: ({ key, kind, value }) => {
      if (kind === 'put') accounts.set(key, (value as ViewValue<AccountRef>).data);
      else accounts.delete(key);
    },
    onReset: () => accounts.clear(),
    onSync: () => undefined,
  });
  const compare = async ([key, account]: readonly [string, AccountRef], until: AbortSignal): Promise<void> => {
    if (vps.forgotten.has(account.tenant)) return;
    const prices = o.now() - (pricedAt.get(key) ?? 0) >= PRICES_EVERY_MS;
    const seen = looks.get(key) ?? 0;
    await reconcile(vps, account, { prices, snapshots: seen % SNAPSHOTS_EVERY === 0 }, until);
    looks.set(key, seen + 1);
    if (prices) pricedAt.set(key, o.now());
  };
  await runRounds({
    every: o.every, pause: o.pause, items: () => [...accounts], atOnce: AT_ONCE, patience: PATIENCE_MS, look: compare, log: vps.log,
    // A refused key, a limit or an outage: it is told where accounts are; nothing is concluded about servers.
    failed: ([, account], error) => vps.log.debug({ err: error, tenant: account.tenant, provider: account.id }, 'an account could not be compared'),
  }, signal);
  await watch.stop();
};

type Checked = OutputOf<typeof checkDrift>;

const checkAll = async (vps: VpsContext, tenant: string, signal: AbortSignal): Promise<Checked> => {
  const rows = await vps.views.list<ProviderRow>(tenant, 'providers');
  return {
    accounts: await Promise.all(rows.map(async ({ id, value: { data: { name } } }) => {
      try {
        return { provider_id: id, name, checked: true, reason: null, ...await reconcile(vps, { tenant, id }, { prices: true, snapshots: true }, signal) };
      } catch (error) {
        if (error instanceof Refusal) return { provider_id: id, name, checked: false, reason: { code: error.code, message: error.message }, servers: 0, findings: 0 };
        throw error;
      }
    })),
  };
};

/** Once more now, for a person; who asks meanwhile gets the same answer. */
export const createDriftCheck = (vps: VpsContext): ((tenant: string, signal: AbortSignal) => Promise<Checked>) => {
  const running = new Map<string, Promise<Checked>>();
  return (tenant, signal) => {
    const known = running.get(tenant);
    if (known) return known;
    const work = checkAll(vps, tenant, signal).finally(() => running.delete(tenant));
    running.set(tenant, work);
    return work;
  };
};
