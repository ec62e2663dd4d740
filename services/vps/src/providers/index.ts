/** All providers. A further one is a folder and a line here; `docs/add-a-provider.md`. */
import type { VpsConfig } from '../vps.config.js';
import { hetznerAdapter } from './hetzner/index.js';
import { ociAdapter } from './oci/index.js';
import type { ProviderAdapter } from './provider.js';
import { sandboxAdapter } from './sandbox/index.js';

export const providerAdapters = (config: Pick<VpsConfig, 'XANTHUS_HETZNER_URL' | 'XANTHUS_OCI_URL' | 'XANTHUS_SANDBOX_FILE'>): readonly ProviderAdapter[] => [
  hetznerAdapter(config.XANTHUS_HETZNER_URL),
  ociAdapter(config.XANTHUS_OCI_URL),
  sandboxAdapter(config.XANTHUS_SANDBOX_FILE),
];
