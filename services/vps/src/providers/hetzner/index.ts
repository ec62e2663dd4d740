/** Hetzner Cloud over its REST API v1. */
import { configuredEndpoint } from '@xanthus/net';
import type { ProviderAdapter } from '../provider.js';
import { HETZNER_URL, TITLE } from './hetzner.client.js';
import { CAPABILITIES, hetznerProvider } from './hetzner.provider.js';
import { providerRefusal } from '../provider.errors.js';

/** @param url base address with its version; without one the real API */
export const hetznerAdapter = (url: string | undefined): ProviderAdapter => ({
  kind: 'hetzner', title: TITLE, summary: 'Machines in Germany, Finland, the USA and Singapore, paid by the hour.', capabilities: CAPABILITIES, budget: { limit: 3_600, window_s: 3_600 },
  key: {
    label: 'API token', long: false, secret_kind: 'hetzner-token', url: 'https://console.hetzner.cloud/projects',
    help: 'In the console of Hetzner open the project, then Security → API tokens → Generate, with Read & Write. The token is shown once; what is made with it belongs to that project.',
  },
  endpoints: async () => (url === undefined ? [] : [configuredEndpoint(url)]),
  unavailable: async () => undefined,
  readKey: (text) => {
    const key = text.trim();
    if (!/^[\x21-\x7e]{16,256}$/.test(key)) throw providerRefusal('KEY_MALFORMED', 'A token of Hetzner has 64 letters and digits, without spaces. Copy it again.');
    return key;
  },
  open: w => hetznerProvider(url ?? HETZNER_URL, w),
});
