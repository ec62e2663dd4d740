/** Signed requests to Oracle's API. Its SDK (43 MB, CommonJS, a fetch of its own) is the judge of our signatures in the specs instead. */
import { createHash } from 'node:crypto';
import type { Refusal } from '@xanthus/kernel';
import { z } from 'zod';
import { exchange } from '../http.js';
import { isProviderCode, sayings } from '../provider.errors.js';
import type { ProviderFetch } from '../provider.js';
import type { OciKey } from './oci.key.js';
import { signed } from './oci.signature.js';
import { refused } from './oci.shapes.js';

export const TITLE = 'Oracle Cloud';
export const say = sayings(TITLE);
const VERSION = '/20160918';

export type Service = 'iaas' | 'identity';
type Query = Readonly<Record<string, string | undefined>>;
export interface OciAsk { readonly query?: Query; readonly body?: unknown; /** What it is about, for a refusal. */ readonly about?: string; /** The same token within a day does the thing once only. */ readonly once?: string; readonly signal: AbortSignal }

export interface OciClient {
  readonly key: OciKey;
  call<T extends z.ZodType>(service: Service, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, answer: T, o: OciAsk): Promise<z.output<T>>;
  /** All pages of a list. */
  all<T extends z.ZodType>(service: Service, path: string, item: T, o: OciAsk): Promise<z.output<T>[]>;
}

const MOST_PAGES = 500;
const PER_PAGE = '100';

/** @param baseUrl undefined: Oracle's own addresses of the key's region */
export const ociClient = (o: { readonly baseUrl: string | undefined; readonly key: OciKey; readonly fetch: ProviderFetch; readonly now: () => number }): OciClient => {
  const baseOf = (service: Service): string => o.baseUrl?.replace(/\/+$/, '') ?? `https://${service}.${o.key.region}.oraclecloud.com`;
  const send = async (service: Service, method: string, path: string, { query = {}, body, about = 'machine', once, signal }: OciAsk) => {
    signal.throwIfAborted();
    const url = new URL(`${baseOf(service)}${VERSION}${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    const text = body === undefined ? (method === 'GET' || method === 'DELETE' ? undefined : '') : JSON.stringify(body);
    const answered = await exchange(o.fetch, say, url, {
      method, signal, headers: { ...signed(o.key, { method, url, body: text, now: o.now() }), accept: 'application/json', ...(once !== undefined && { 'opc-retry-token': once }) }, ...(text !== undefined && { body: text }),
    });
    if (answered.response.ok) return answered;
    const said = refused.safeParse(answered.json);
    if (said.success) throw inOurWords(answered.response.status, said.data, about);
    throw answered.response.status >= 500 ? say.unavailable(`it answers ${answered.response.status}`) : say.unreadable(`${method} ${path}`);
  };
  return {
    key: o.key,
    async call(service, method, path, answer, ask) {
      const read = answer.safeParse((await send(service, method, path, ask)).json ?? {});
      if (!read.success) throw say.unreadable(`${method} ${path}`);
      return read.data;
    },
    async all(service, path, item, ask) {
      const list = z.array(item);
      const found: z.output<typeof item>[] = [];
      let page: string | undefined;
      for (let n = 0; n < MOST_PAGES; n++) {
        const { response, json } = await send(service, 'GET', path, { ...ask, query: { ...ask.query, limit: PER_PAGE, page } });
        const read = list.safeParse(json);
        if (!read.success) throw say.unreadable(`GET ${path}`);
        found.push(...read.data);
        page = response.headers.get('opc-next-page') ?? undefined;
        if (page === undefined) return found;
      }
      throw say.unreadable(`GET ${path}`);
    },
  };
};

/** A token for one thing. */
export const onceFor = (...what: readonly string[]): string => createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 48);

/** Of orders with the same token within a day one is carried out. A token whose thing was deleted since is void: then it is asked for without. */
export const createOnce = async <T extends z.ZodType>(client: OciClient, path: string, shape: T, body: object, o: { readonly once: string; readonly about: string; readonly signal: AbortSignal }): Promise<z.output<T>> => {
  const { once, ...ask } = o;
  try {
    return await client.call('iaas', 'POST', path, shape, { ...ask, body, once });
  } catch (error) {
    if (!isProviderCode(error, 'INVALID') || (error.details as { code?: string } | undefined)?.code !== 'InvalidatedRetryToken') throw error;
    return client.call('iaas', 'POST', path, shape, { ...ask, body });
  }
};

/** https://docs.oracle.com/iaas/Content/API/References/apierrors.htm */
const inOurWords = (status: number, { code, message }: z.output<typeof refused>, about: string): Refusal => {
  if (/out of (?:host )?capacity/i.test(message)) return say.soldOut(about);
  switch (code) {
    case 'NotAuthenticated': case 'SignUpRequired': return say.keyRefused();
    case 'LimitExceeded': case 'QuotaExceeded': case 'TenantCapacityExceeded': return say.quota(message);
    case 'NotAuthorizedOrNotFound': case 'NotFound': return say.notFound(about);
    case 'IncorrectState': case 'Conflict': case 'ExternalServerIncorrectState': return say.locked();
    case 'TooManyRequests': return say.rateLimited();
    case 'InvalidatedRetryToken': return say.invalid(message, { code });
    default: break;
  }
  if (status === 401) return say.keyRefused();
  if (status === 404) return say.notFound(about);
  if (status === 409) return say.locked();
  if (status >= 500) return say.unavailable(`${code}: ${message}`);
  return say.invalid(message, { code });
};
