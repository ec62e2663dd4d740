import Cloudflare from 'cloudflare';

export const CLOUDFLARE_URL = 'https://api.cloudflare.com/client/v4';

/**
 * The official SDK with nothing from the environment, no retries and no log of its own: retries, budget and address checks belong to `fetch`
 * (`providerFetch`).
 */
export const cloudflareClient = (o: { readonly token: string; readonly baseUrl?: string; readonly fetch?: (url: string | URL, init?: RequestInit) => Promise<Response> }): Cloudflare => {
  const { fetch } = o;
  return new Cloudflare({
    apiToken: o.token, apiKey: null, apiEmail: null, userServiceKey: null, baseURL: o.baseUrl ?? CLOUDFLARE_URL, maxRetries: 0, logLevel: 'off',
    // the SDK asks a fetch without `Response` for a data: address, to learn whether it sends forms
    ...(fetch && { fetch: Object.assign((url: string | URL | Request, init?: RequestInit) => fetch(url instanceof Request ? url.url : url, init), { Response }) }),
  });
};
