/** Oracle Cloud: A1.Flex (arm), over its signed REST API. */
import { configuredEndpoint } from '@xanthus/net';
import type { ProviderAdapter } from '../provider.js';
import { TITLE } from './oci.client.js';
import { ociKeyText, readOciKey } from './oci.key.js';
import { CAPABILITIES, ociProvider } from './oci.provider.js';

/** @param url base address of everything, in place of Oracle's own */
export const ociAdapter = (url: string | undefined): ProviderAdapter => ({
  kind: 'oci', title: TITLE, summary: 'Arm machines (A1.Flex) in the region of the key; up to 4 cores and 24 GB are free for each account.', capabilities: CAPABILITIES, budget: { limit: 3_600, window_s: 3_600 },
  key: {
    label: 'Token (base64 of JSON)', long: true, secret_kind: 'oci-token', url: 'https://cloud.oracle.com/identity/domains/my-profile/auth-tokens',
    help: 'In the console of Oracle open My profile → API keys → Add API key. Put tenancy, user, region, fingerprint and private_key (PEM) of it into one JSON object, as it is or in base64.',
  },
  endpoints: async () => (url === undefined ? [] : [configuredEndpoint(url)]),
  unavailable: async () => undefined,
  readKey: text => ociKeyText(readOciKey(text)),
  hint: (key) => {
    const { fingerprint } = readOciKey(key);
    return `${fingerprint.slice(0, 5)}…${fingerprint.slice(-5)}`;
  },
  open: w => ociProvider(url, w),
});
