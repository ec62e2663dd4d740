/** Machines to play with, made by the launcher on this very machine. */
import { configuredEndpoint } from '@xanthus/net';
import type { ProviderAdapter } from '../provider.js';
import { readControl, TITLE } from './sandbox.control.js';
import { CAPABILITIES, sandboxProvider } from './sandbox.provider.js';

/** @param file as in XANTHUS_SANDBOX_FILE */
export const sandboxAdapter = (file: string | undefined, o: { readonly delayMs?: number } = {}): ProviderAdapter => ({
  kind: 'sandbox', title: TITLE, summary: 'Machines to play with, made on this machine in seconds. They cost nothing, and end with Xanthus.', capabilities: CAPABILITIES, budget: { limit: 36_000, window_s: 3_600 },
  key: null, local: true,
  endpoints: async () => {
    const control = await readControl(file);
    return control ? [configuredEndpoint(control.url)] : [];
  },
  unavailable: async () => (await readControl(file) ? undefined : 'The host of sandboxes does not run. Start Xanthus without --no-sandbox, on a machine that has sshd.'),
  readKey: () => '',
  open: w => sandboxProvider({ file, ...o }, w),
});
