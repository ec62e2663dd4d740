/** What the log-in page asks about a Cloudflare token before anybody is known: over HTTP, a line of JSON for each step as it runs. */
import { readStep } from '../cloudflare/run-link.js';
import type { CloudflareStep } from '../contracts.js';
import { request, requestLines } from '../lib/http.js';

export const tokenHelp = (): Promise<{ readonly url: string }> => request('GET', '/api/auth/cloudflare');

/** @throws ApiError the refusal, when the steps are over */
export const checkToken = (input: { readonly token: string; readonly account?: string }, onStep: (step: CloudflareStep) => void): Promise<unknown> =>
  requestLines('/api/auth/cloudflare/validate', input, line => {
    const step = readStep(line);
    if (step) onStep(step);
  });
