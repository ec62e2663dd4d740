import { watchViewBucket } from '@xanthus/jetstream';
import type { ViewValue } from '@xanthus/proto';
import { ACCOUNTS, type AccountRef } from '../views/providers.js';
import type { VpsContext } from '../vps.context.js';

/** How long one account's check may take, ms. */
const PATIENCE_MS = 30_000;

/**
 * Asks every account's provider from time to time whether its key is good: a key that was withdrawn shows before somebody needs it, and one that works again is
 * used again. Until the signal; run it in one copy only.
 */
export const checkAccounts = async (vps: VpsContext, o: { readonly every: number; readonly pause: (ms: number, signal: AbortSignal) => Promise<void> }, signal: AbortSignal): Promise<void> => {
  const accounts = new Map<string, AccountRef>();
  const watch = await watchViewBucket(vps.nc, 'vps', {
    filters: [`${ACCOUNTS}.>`],
    onEntry: ({ key, kind, value }) => {
      if (kind === 'put') accounts.set(key, (value as ViewValue<AccountRef>).data);
      else accounts.delete(key);
    },
    onReset: () => accounts.clear(),
    onSync: () => undefined,
  });
  try {
    while (!signal.aborted) {
      await o.pause(o.every, signal).catch(() => undefined);
      for (const { tenant, id } of accounts.values()) {
        if (signal.aborted || vps.forgotten.has(tenant)) continue;
        const both = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
        // what comes of it is noted by the port itself; that nobody could be asked says nothing
        await vps.providers.tryOf(tenant, id, { background: true }).then(p => p.validate(both)).catch((error: unknown) => vps.log.debug({ err: error, tenant, provider: id }, 'a key was not found good'));
      }
    }
  } finally {
    await watch.stop();
  }
};
