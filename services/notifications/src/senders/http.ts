/** Webhooks, our own and Slack's, by the one fetch that looks where it goes. */
import { AddressError, FetchError, type SafeFetch } from '@xanthus/net';
import type { Letter, Outcome, Target } from './sender.js';
import { signatureOf, SIGNATURE_HEADERS } from './sign.js';
import { slackOf } from './slack.js';
import { linkOf } from './words.js';

/** Of the answer that is told, characters; and that is looked through for what must not be. */
const ANSWER = 200;
const LOOKED_AT = 4_000;
/** Shorter words of an address are no secrets. */
const SECRET_WORD = 8;

const bodyOf = (letter: Letter): object => ({
  type: letter.trial ? 'trial' : 'notices', delivery: letter.delivery, tenant: letter.tenant, sent_at: letter.at,
  notices: letter.notices.map(n => ({ id: n.notice, what: n.what, kind: n.kind, severity: n.severity, text: n.text, thing: n.thing, at: n.at, url: linkOf(letter.url, n) })), more: letter.more,
});

const MEANING: Readonly<Record<number, string>> = { 401: 'it wants to know who asks', 403: 'it does not let us in', 404: 'there is nothing at that address', 405: 'it takes no POST there', 410: 'that address is no more', 413: 'it takes nothing so large', 429: 'it takes no more just now' };
/** What may be otherwise in a moment. */
const mayPass = (status: number): boolean => status >= 500 || status === 408 || status === 429;

/** Without path and query: they may be secret. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'That address');

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Our own errors name the path of a target, which may be secret. */
const safe = (message: string, url: string): string => {
  const { pathname, host } = new URL(url);
  return pathname.length > 1 ? message.replaceAll(`${host}${pathname}`, host) : message;
};

/** What an answer says, without path and query and their words: many a server answers with what it was asked for, and what is told comes into log and views. */
export const without = (text: string, url: string, ...secrets: readonly string[]): string => {
  const { pathname, search, searchParams } = new URL(url);
  const words = [...pathname.split('/'), ...searchParams.values()].filter(word => word.length >= SECRET_WORD);
  const all = [`${pathname}${search}`, pathname, search, ...words, ...secrets].flatMap(word => [word, decoded(word), word.replaceAll('&', '&amp;')]).filter(word => word.length > 1);
  return [...new Set(all)].sort((a, b) => b.length - a.length).reduce((left, word) => left.replaceAll(word, '…'), text);
};

const post = async (fetch: SafeFetch, url: string, body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal, ...secrets: readonly string[]): Promise<Outcome> => {
  const host = hostOf(url);
  try {
    const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', 'user-agent': 'Xanthus', ...headers }, signal });
    const said = without((await answer.text().catch(() => '')).slice(0, LOOKED_AT), url, ...secrets).slice(0, ANSWER).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
    if (answer.ok) return { ok: true, detail: `${host} answers ${answer.status}.` };
    const why = MEANING[answer.status] ?? (answer.status >= 500 ? 'it failed itself' : 'it does not take this');
    return { ok: false, code: 'CHANNEL.REFUSED', message: `${host} answers ${answer.status}: ${why}.${said === '' ? '' : ` It says: ${said}`}`, final: !mayPass(answer.status) };
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof AddressError) return { ok: false, code: error.code, message: error.message, final: error.code !== 'TARGET.UNRESOLVED' };
    if (error instanceof FetchError) return { ok: false, code: error.code, message: safe(error.message, url), final: error.code === 'TARGET.REDIRECTED' || error.code === 'TARGET.INVALID' };
    return { ok: false, code: 'CHANNEL.UNREACHABLE', message: `${host} can't be reached.`, final: false };
  }
};

export const sendWebhook = (fetch: SafeFetch, { url, secret }: Extract<Target, { kind: 'webhook' }>, letter: Letter, now: number, signal: AbortSignal): Promise<Outcome> => {
  const body = JSON.stringify(bodyOf(letter));
  const timestamp = String(Math.floor(now / 1_000));
  const headers = { [SIGNATURE_HEADERS.timestamp]: timestamp, [SIGNATURE_HEADERS.signature]: signatureOf(secret, timestamp, body), [SIGNATURE_HEADERS.delivery]: letter.delivery, [SIGNATURE_HEADERS.idempotency]: letter.delivery };
  return post(fetch, url, body, headers, signal, secret);
};

export const sendSlack = (fetch: SafeFetch, { url }: Extract<Target, { kind: 'slack' }>, letter: Letter, signal: AbortSignal): Promise<Outcome> => post(fetch, url, JSON.stringify(slackOf(letter)), {}, signal);
