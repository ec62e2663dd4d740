/** Calls to providers whose limits count, at checked addresses, within the budget that all copies share. What is used is shown. */
import { configuredEndpoint, createSafeFetch, natsPorts, outgoingAllow } from '@xanthus/net';
import { createProviderCalls, natsBudgetStore, type ProviderCalls } from '@xanthus/providers';
import { viewKey } from '@xanthus/proto';
import type { AuthCore } from './part.js';

export const openCalls = ({ nc, config, views, log, onStop }: Pick<AuthCore, 'nc' | 'config' | 'views' | 'log' | 'onStop'>): ProviderCalls => {
  const { XANTHUS_CLOUDFLARE_URL: cloudflare } = config;
  const fetch = createSafeFetch({ policy: {
    allow: outgoingAllow(config.XANTHUS_OUTGOING_ALLOW), configured: cloudflare === undefined ? [] : [configuredEndpoint(cloudflare)], ownPorts: natsPorts(config.XANTHUS_NATS_URL), setting: 'XANTHUS_OUTGOING_ALLOW',
  } });
  const calls = createProviderCalls({
    fetch, store: natsBudgetStore(nc),
    onBudget: ({ tenant, provider, account }, status) => {
      if (account !== undefined) return;
      views.putSample(viewKey(tenant, 'provider-budgets', provider), status).catch((error: unknown) => { log.debug({ err: error, tenant, provider }, 'a used budget could not be shown'); });
    },
  });
  onStop(async () => {
    await calls.stop();
    await fetch.close();
  });
  return calls;
};
