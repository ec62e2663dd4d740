/** REST v1 as far as it is used: one request, one checked answer, or a refusal in our words. There is no client by Hetzner for this language; the ones by others are years behind. */
import { z } from 'zod';
import { exchange } from '../http.js';
import { sayings } from '../provider.errors.js';
import type { ProviderFetch } from '../provider.js';
import { apiError, pageMeta, type HetznerError } from './hetzner.shapes.js';

export const HETZNER_URL = 'https://api.hetzner.cloud/v1';
export const TITLE = 'Hetzner';
export const say = sayings(TITLE);

type Query = Readonly<Record<string, string | undefined>>;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What Hetzner said no to; adapters may know better than the preset words. */
export class HetznerRefused extends Error {
  override readonly name = 'HetznerRefused';
  constructor(readonly status: number, readonly said: HetznerError, readonly retryAt?: string) {
    super(said.message);
  }
}

export interface HetznerClient {
  /** @throws HetznerRefused for what Hetzner refuses, Refusal PROVIDER.… for what did not get that far */
  call<T extends z.ZodType>(method: Method, path: string, answer: T, o: { readonly query?: Query; readonly body?: unknown; readonly signal: AbortSignal }): Promise<z.output<T>>;
  /** All pages of a list. */
  all<T extends z.ZodType>(path: string, name: string, item: T, query: Query, signal: AbortSignal): Promise<z.output<T>[]>;
}

const PER_PAGE = '50';
/** More is no list of one account any more, but a server that never says that it is done. */
const MOST_PAGES = 500;

export const hetznerClient = (o: { readonly baseUrl: string; readonly key: string; readonly fetch: ProviderFetch }): HetznerClient => {
  const call: HetznerClient['call'] = async (method, path, answer, { query = {}, body, signal }) => {
    const url = new URL(`${o.baseUrl.replace(/\/+$/, '')}${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    const where = `${method} ${path}`;
    const { response, json } = await exchange(o.fetch, say, url, {
      method, signal, headers: { authorization: `Bearer ${o.key}`, accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) }, ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      const said = apiError.safeParse(json);
      if (said.success) throw new HetznerRefused(response.status, said.data.error, retryAt(response.headers));
      if (response.status === 429) throw say.rateLimited(retryAt(response.headers));
      if (response.status >= 500) throw say.unavailable(`it answers ${response.status}`);
      throw say.unreadable(where);
    }
    const read = answer.safeParse(json ?? {});
    if (!read.success) throw say.unreadable(where);
    return read.data;
  };
  return {
    call,
    all: async (path, name, item, query, signal) => {
      const shape = pageMeta.extend({ [name]: z.array(item) });
      const found: z.output<typeof item>[] = [];
      for (let page: number | null | undefined = 1, read = 0; page !== null && page !== undefined; read++) {
        if (read === MOST_PAGES) throw say.unreadable(`GET ${path}`);
        const answer: Record<string, unknown> = await call('GET', path, shape, { query: { ...query, page: String(page), per_page: PER_PAGE }, signal });
        found.push(...(answer[name] as z.output<typeof item>[]));
        const next: number | null | undefined = (answer['meta'] as z.output<typeof pageMeta>['meta'])?.pagination.next_page;
        page = typeof next === 'number' && next > page ? next : null;
      }
      return found;
    },
  };
};

const retryAt = (headers: Headers): string | undefined => {
  const reset = headers.get('ratelimit-reset');
  return reset !== null && /^\d{9,11}$/.test(reset) ? new Date(Number(reset) * 1_000).toISOString() : undefined;
};
