import { FetchError, AddressError, type SafeFetch } from '@xanthus/net';
import { SourceError } from './source.port.js';

/** Half an hour: what a limit without a time is taken for. */
const LIMIT_PRESET = 30 * 60_000;
const LONGEST = 24 * 3_600_000;

export interface Asking { readonly fetch: SafeFetch; readonly now: () => number }

/** When a refused client may come again: seconds, a date, or seconds since 1970, as each source has it. */
const retryAt = (headers: Headers, now: number): number => {
  const after = headers.get('retry-after') ?? headers.get('x-retry-after');
  const reset = headers.get('x-ratelimit-reset');
  const seconds = after === null ? Number(reset ?? Number.NaN) : /^\d+$/.test(after) ? Number(after) : Date.parse(after) / 1_000;
  if (!Number.isFinite(seconds)) return now + LIMIT_PRESET;
  const at = seconds > 1_000_000_000 ? seconds * 1_000 : now + seconds * 1_000;
  return Math.min(Math.max(at, now + 1_000), now + LONGEST);
};

/** GET of text. @param who the source's name for people @throws SourceError */
export const askText = async ({ fetch, now }: Asking, who: string, url: string, headers: Readonly<Record<string, string>>): Promise<{ readonly text: string; readonly headers: Headers }> => {
  let answer: Response;
  try {
    answer = await fetch(url, { headers: { 'user-agent': 'xanthus', ...headers } });
  } catch (error) {
    if (error instanceof FetchError || error instanceof AddressError) throw new SourceError(error.code === 'TARGET.REDIRECTED' || error.code === 'TARGET.INVALID' || error.code === 'TARGET.ADDRESS_FORBIDDEN' ? 'SOURCE.REFUSED' : 'SOURCE.UNREACHABLE', `${who} could not be asked: ${error.message}`);
    throw error;
  }
  if (answer.status !== 200) {
    await answer.body?.cancel();
    const spent = answer.headers.get('x-ratelimit-remaining') === '0';
    if (answer.status === 429 || (answer.status === 403 && (spent || answer.headers.has('retry-after')))) {
      const at = retryAt(answer.headers, now());
      throw new SourceError('SOURCE.RATE_LIMITED', `${who} takes no more questions until ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC.`, at);
    }
    if (answer.status === 404) throw new SourceError('SOURCE.NOT_FOUND', `${who} knows nothing of that name. Check version_source of the entry.`);
    if (answer.status >= 500) throw new SourceError('SOURCE.UNREACHABLE', `${who} answers with an error of its own (${answer.status}).`);
    throw new SourceError('SOURCE.REFUSED', `${who} refuses to answer (${answer.status}).`);
  }
  try {
    return { text: await answer.text(), headers: answer.headers };
  } catch (error) {
    const { message } = error as Error;
    throw new SourceError(/maxResponseSize|exceeded/i.test(message) ? 'SOURCE.INVALID_ANSWER' : 'SOURCE.UNREACHABLE', `${who} did not answer in whole: ${message}.`);
  }
};

/** @throws SourceError */
export const jsonOf = (who: string, text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new SourceError('SOURCE.INVALID_ANSWER', `${who} answers with something that is no JSON.`);
  }
};
export const unexpected = (who: string): SourceError => new SourceError('SOURCE.INVALID_ANSWER', `${who} answers with something else than a list of versions.`);
