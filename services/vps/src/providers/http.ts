/** One request to a provider, with what went wrong on the way in a provider's words. */
import type { Refusal } from '@xanthus/kernel';
import { refusalBehind } from '@xanthus/providers';
import type { Sayings } from './provider.errors.js';
import type { ProviderFetch } from './provider.js';

/** `json` is undefined where the answer is empty or no JSON. */
export interface Answered { readonly response: Response; readonly text: string; readonly json: unknown }

/** @throws Refusal PROVIDER.RATE_LIMITED, TIMEOUT, UNAVAILABLE; the signal's reason */
export const exchange = async (fetch: ProviderFetch, say: Sayings, url: URL, init: RequestInit & { readonly signal: AbortSignal }): Promise<Answered> => {
  init.signal.throwIfAborted();
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    return { response, text, json: parsed(text) };
  } catch (error) {
    if (init.signal.aborted) throw init.signal.reason;
    throw asRefusal(error, say);
  }
};

/** What our own calls say (`infra/providers`, `infra/net`). */
const asRefusal = (error: unknown, say: Sayings): Refusal => {
  const behind = refusalBehind(error);
  if (behind === undefined) return error instanceof Error && error.name === 'TimeoutError' ? say.timeout() : say.unavailable('its answer broke off');
  const retry_at = (behind.details as { retry_at?: string } | undefined)?.retry_at;
  switch (behind.code) {
    case 'PROVIDER.RATE_LIMITED': case 'PROVIDER.BUDGET_USED': return say.rateLimited(retry_at);
    case 'PROVIDER.TIMEOUT': return say.timeout();
    default: return say.unavailable(behind.message.replace(/\.$/, ''), retry_at);
  }
};

const parsed = (text: string): unknown => {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
};
