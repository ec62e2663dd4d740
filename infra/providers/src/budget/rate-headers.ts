import type { SeenLimit } from './record.js';

/**
 * What a provider says of its limit: `Ratelimit: "default";r=50;t=30` with `Ratelimit-Policy: "default";q=100;w=60` (Cloudflare, the IETF draft), or
 * `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset` in seconds since 1970 (Hetzner). Of several the tightest.
 */
export const seenLimit = (headers: Headers, now: number): SeenLimit | undefined => draft(headers, now) ?? classic(headers);

const draft = (headers: Headers, now: number): SeenLimit | undefined => {
  const policies = new Map(items(headers.get('ratelimit-policy')).map(item => [item.name, item]));
  const seen = items(headers.get('ratelimit')).flatMap(({ name, values }): SeenLimit[] => {
    const remaining = values.get('r');
    const seconds = values.get('t');
    if (remaining === undefined || seconds === undefined) return [];
    const limit = policies.get(name)?.values.get('q');
    const window = policies.get(name)?.values.get('w');
    return [{ remaining, resets: now + seconds * 1_000, ...(limit !== undefined && { limit }), ...(window !== undefined && window > 0 && { window_s: window }) }];
  });
  return seen.reduce<SeenLimit | undefined>((least, one) => (least === undefined || one.remaining < least.remaining ? one : least), undefined);
};

const items = (header: string | null): { readonly name: string; readonly values: ReadonlyMap<string, number> }[] =>
  (header ?? '').split(',').filter(text => text.trim() !== '').map(text => {
    const [name = '', ...parameters] = text.trim().split(';');
    return { name, values: new Map(parameters.flatMap(p => { const [key = '', value = ''] = p.trim().split('='); return /^\d+$/.test(value) ? [[key, Number(value)] as const] : []; })) };
  });

const classic = (headers: Headers): SeenLimit | undefined => {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map(name => headers.get(`ratelimit-${name}`)).map(text => (text !== null && /^\d+$/.test(text) ? Number(text) : undefined));
  if (remaining === undefined || reset === undefined) return undefined;
  return { remaining, resets: reset * 1_000, ...(limit !== undefined && { limit }) };
};

/** `Retry-After` in seconds or as a date: the time then, at most an hour from now. Undefined when it is not there or senseless. */
export const retryAfter = (headers: Headers, now: number): number | undefined => {
  const text = headers.get('retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  const at = /^\d+(\.\d+)?$/.test(text) ? now + Number(text) * 1_000 : Date.parse(text);
  return Number.isNaN(at) || at <= now ? undefined : Math.min(at, now + 3_600_000);
};
