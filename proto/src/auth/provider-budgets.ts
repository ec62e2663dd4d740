/** How much of a provider's rate limit a tenant has used: a sample, kept up to date by whoever calls; no event stands behind it. */
import { z } from 'zod';
import { defineView } from '../contract.js';

/** Key `<tenant>.provider-budgets.<provider>`. */
export const providerBudgetView = defineView({
  service: 'auth', view: 'provider-budgets', schema: 1, no_past: 'What a provider still takes is counted now and not written down.', summary: 'Calls that each provider still takes from the tenant, and whether it is called at all.',
  data: z.object({
    provider: z.string(), /** Calls per window. */ limit: z.int(), used: z.int(), window_s: z.int(), resets_at: z.iso.datetime(),
    /** `open`: it failed several times in a row and is left alone until `retry_at`. */
    circuit: z.enum(['closed', 'open', 'half_open']), retry_at: z.iso.datetime().optional(),
  }),
  example: { provider: 'cloudflare', limit: 1_200, used: 37, window_s: 300, resets_at: '2026-11-21T08:05:00.000Z', circuit: 'closed' },
});
