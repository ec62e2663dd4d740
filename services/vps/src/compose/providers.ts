/** Accounts at providers, and what is sold there. */
import { setTimeout as delay } from 'node:timers/promises';
import { createSafeFetch, natsPorts } from '@xanthus/net';
import { createProviderCalls, natsBudgetStore } from '@xanthus/providers';
import type { ServiceDeps } from '@xanthus/nest';
import { viewKey, type DataOf } from '@xanthus/proto';
import type { accountBudgetView } from '@xanthus/proto/vps';
import { ProviderDoors } from '../endpoints/provider.doors.js';
import { CATALOGUE, SIGNER } from '../endpoints/tokens.js';
import { createCatalogue } from '../providers/catalogue.js';
import { checkAccounts } from '../providers/check-accounts.js';
import { providerAdapters } from '../providers/index.js';
import { createProviders, TRYING, type Providers, type ProvidersBase } from '../providers/open-accounts.js';
import { cleanUpWhenProviderChanged } from '../reactors/clean-up-when-provider-changed.js';
import type { VpsConfig } from '../vps.config.js';
import type { Part, VpsCore } from './part.js';

type Budget = DataOf<typeof accountBudgetView>;

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
};

/** Before the context, which others reach providers by. */
export const openProviders = ({ nc, config, views, log, onStop }: Pick<ServiceDeps<VpsConfig>, 'nc' | 'config' | 'views' | 'log' | 'onStop'>, base: ProvidersBase): Providers => {
  const adapters = providerAdapters(config);
  const fetch = createSafeFetch({ policy: async () => ({ allow: [], configured: (await Promise.all(adapters.map(a => a.endpoints()))).flat(), ownPorts: natsPorts(config.XANTHUS_NATS_URL) }) });
  /** Told some time after the last call: the account may be gone by then. */
  const show = async (tenant: string, account: string, sample: Budget): Promise<void> => {
    if (await views.get(viewKey(tenant, 'providers', account))) await views.putSample(viewKey(tenant, 'account-budgets', account), sample);
  };
  const calls = createProviderCalls({
    fetch, store: natsBudgetStore(nc), policies: Object.fromEntries(adapters.flatMap(({ kind, budget }) => (budget === undefined ? [] : [[kind, budget]]))),
    onBudget: ({ tenant, provider, account = TRYING }, { limit, used, window_s, resets_at, circuit, retry_at }) => {
      if (account.startsWith(TRYING)) return;
      const sample: Budget = { id: account, kind: provider, limit, used, window_s, resets_at, circuit, ...(retry_at !== undefined && { retry_at }) };
      void show(tenant, account, sample).catch((error: unknown) => { log.debug({ err: error, tenant, provider: account }, 'a used budget could not be shown'); });
    },
  });
  onStop(async () => {
    await calls.stop();
    await fetch.close();
  });
  return createProviders({ base, adapters, calls, pause, now: Date.now });
};

export const composeProviders = ({ vps, config, signer }: VpsCore): Part => ({
  controllers: [ProviderDoors],
  providers: [{ provide: CATALOGUE, useValue: createCatalogue((tenant, id) => vps.providers.of(tenant, id), Date.now) }, { provide: SIGNER, useValue: signer }],
  reactors: [cleanUpWhenProviderChanged(vps)],
  standing: [{ name: 'provider-keys', run: signal => checkAccounts(vps, { every: config.XANTHUS_PROVIDER_VERIFY_SECONDS * 1_000, pause }, signal) }],
});
