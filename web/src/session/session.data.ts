/** What the pages before the log-in ask over HTTP: nobody is known yet, so there is no socket. */
import { readStep } from '../cloudflare/run-link.js';
import type { CloudflareStep } from '../contracts.js';
import { request, requestLines } from '../lib/http.js';
import type { Invited } from './session.js';

/** Does the installation have an owner yet? */
export const isSetUp = async (): Promise<boolean> => (await request<{ done: boolean }>('GET', '/api/auth/setup')).done;

/** @throws ApiError the link opens nothing */
export const showInvitation = (token: string): Promise<Invited> => request<Invited>('POST', '/api/auth/invitations/show', { token });
export const resetPassword = (token: string, password: string): Promise<unknown> => request('POST', '/api/auth/reset', { token, password });

export interface SignInOption { readonly id: string; readonly label: string }

/** OpenID providers that an organisation offers. One that does not exist has none. */
export const signInOptions = async (tenant: string): Promise<readonly SignInOption[]> => (await request<{ providers: readonly SignInOption[] }>('GET', `/api/auth/oidc?tenant=${encodeURIComponent(tenant)}`)).providers;

export const signInUrl = (provider: string, more: { readonly next?: string | undefined; readonly invitation?: string | undefined } = {}): string => {
  const query = new URLSearchParams({ ...(more.next ? { return_to: more.next } : {}), ...(more.invitation ? { invitation: more.invitation } : {}) });
  return `/api/auth/oidc/${provider}/start${query.size > 0 ? `?${query}` : ''}`;
};

export const tokenHelp = (): Promise<{ readonly url: string }> => request('GET', '/api/auth/cloudflare');

/** A line of JSON for each step as it runs. @throws ApiError the refusal, when the steps are over */
export const checkToken = (input: { readonly token: string; readonly account?: string }, onStep: (step: CloudflareStep) => void): Promise<unknown> =>
  requestLines('/api/auth/cloudflare/validate', input, line => {
    const step = readStep(line);
    if (step) onStep(step);
  });
