/** What a provider sells, asked live and shared for a minute by everybody who asks this copy of the service. */
import { Refusal } from '@xanthus/kernel';
import type { ProviderImage, ProviderLocation, ProviderPricing, ServerTypeOffer } from '@xanthus/proto/vps';
import { untilSettled } from './until-settled.js';
import type { Provider } from './provider.js';

/** How old an answer may be, ms. */
export const FRESH_MS = 60_000;
/** Asked for all who wait, so that nobody's own deadline ends it, ms. */
const PATIENCE_MS = 25_000;
const MOST = 1_000;

export interface Asked<T> { readonly as_of: string; readonly data: T }
interface Entry { readonly at: number; readonly answer: Promise<Asked<unknown>> }

export interface Catalogue {
  types(tenant: string, id: string, signal: AbortSignal): Promise<Asked<{ readonly pricing: ProviderPricing; readonly types: readonly ServerTypeOffer[] }>>;
  locations(tenant: string, id: string, signal: AbortSignal): Promise<Asked<readonly ProviderLocation[]>>;
  images(tenant: string, id: string, signal: AbortSignal): Promise<Asked<readonly ProviderImage[]>>;
  /** After an order was refused the lists are no longer right. */
  forget(tenant: string, id: string): void;
}

export const createCatalogue = (of: (tenant: string, id: string) => Promise<Provider>, now: () => number): Catalogue => {
  const entries = new Map<string, Entry>();
  const ask = async <T>(what: string, tenant: string, id: string, signal: AbortSignal, load: (provider: Provider, patience: AbortSignal) => Promise<T>): Promise<Asked<T>> => {
    const key = `${tenant} ${id} ${what}`;
    const known = entries.get(key);
    if (known && now() - known.at < FRESH_MS) return untilSettled(known.answer as Promise<Asked<T>>, signal);
    if (entries.size > MOST) entries.clear();
    const at = now();
    const answer = of(tenant, id).then(provider => load(provider, AbortSignal.timeout(PATIENCE_MS)))
      .then(data => ({ as_of: new Date(at).toISOString(), data }), (error: unknown) => { throw error instanceof Refusal ? error : late(error); });
    entries.set(key, { at, answer });
    answer.catch(() => { if (entries.get(key)?.answer === answer) entries.delete(key); });
    return untilSettled(answer, signal);
  };
  return {
    types: (tenant, id, signal) => ask('types', tenant, id, signal, async (p, s) => {
      const [pricing, types] = await Promise.all([p.pricing(s), p.serverTypes(s)]);
      return { pricing, types };
    }),
    locations: (tenant, id, signal) => ask('locations', tenant, id, signal, (p, s) => p.locations(s)),
    images: (tenant, id, signal) => ask('images', tenant, id, signal, (p, s) => p.images(s)),
    forget: (tenant, id) => { for (const what of ['types', 'locations', 'images']) entries.delete(`${tenant} ${id} ${what}`); },
  };
};

const late = (error: unknown): unknown => (error instanceof DOMException && error.name === 'TimeoutError'
  ? new Refusal('PROVIDER.TIMEOUT', 'The provider did not answer in time. Try again in a moment.', undefined, true) : error);
