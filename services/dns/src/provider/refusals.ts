/** What Cloudflare and our own calls to it refuse, in our words. Never carries the token: the SDK's errors hold headers of answers only. */
import { Refusal } from '@xanthus/kernel';
import { refusalBehind } from '@xanthus/providers';
import { APIConnectionError, APIError } from 'cloudflare';

export const codesOf = (error: APIError): readonly number[] => (error.errors ?? []).map(e => Number((e as { code?: unknown }).code));
const saidBy = (error: APIError): string => (error.errors ?? []).map(e => String((e as { message?: unknown }).message ?? '')).filter(m => m !== '').join(' ');

const away = (doing: string, why: string): Refusal => new Refusal('DNS.UNAVAILABLE', `Cloudflare could not be asked to ${doing}${why} Nothing is wrong here; try again in a moment.`, undefined, true);

/** Seconds; what is no number of them is a minute. */
const waitOf = (text: string | null | undefined): number => (/^\d{1,5}$/.test(text ?? '') ? Number(text) : 60);

/** @param doing completes "asked to …" */
export const refusalOf = (error: unknown, doing: string): Refusal => {
  if (error instanceof Refusal) return error;
  if (error instanceof APIConnectionError || !(error instanceof APIError) || error.status === undefined) {
    const behind = refusalBehind(error);
    switch (behind?.code) {
      case 'PROVIDER.RATE_LIMITED': case 'PROVIDER.BUDGET_USED': return new Refusal('DNS.RATE_LIMITED', behind.message, behind.details, true);
      case 'PROVIDER.TIMEOUT': return new Refusal('DNS.TIMEOUT', `Cloudflare did not answer in time when asked to ${doing}. It may still have done it; that is looked at before it is tried again.`, undefined, true);
      default: return away(doing, behind === undefined ? '.' : `: ${behind.message.replace(/\.$/, '')}.`);
    }
  }
  const numbers = codesOf(error);
  if (error.status === 429) return new Refusal('DNS.RATE_LIMITED', 'Cloudflare takes no more requests for now.', { retry_at: new Date(Date.now() + 1_000 * waitOf(error.headers?.get('retry-after'))).toISOString() }, true);
  if (error.status >= 500) return away(doing, ` (it answers ${error.status}).`);
  if ([1000, 6003, 6111, 9109].some(n => numbers.includes(n)) || error.status === 401) return new Refusal('DNS.TOKEN_REFUSED', 'Cloudflare does not take the token of the linked account any more. Link the account again with a new one.');
  if (error.status === 403) return new Refusal('DNS.PERMISSION_MISSING', `The linked token may not ${doing}. Give it that permission at Cloudflare, or link one that has it.`);
  if (numbers.includes(7003) || numbers.includes(1001)) return new Refusal('DNS.ZONE_UNKNOWN', 'The linked Cloudflare account has no such zone.');
  if (numbers.includes(81_045)) return new Refusal('DNS.QUOTA_REACHED', 'The zone holds as many records as its plan at Cloudflare allows.');
  return new Refusal('DNS.REFUSED', `Cloudflare refused to ${doing}: ${saidBy(error) || `status ${error.status}`}`, { codes: numbers });
};
