/** The part of Cloudflare's API that a log-in needs, through the official SDK. */
import { Refusal } from '@xanthus/kernel';
import { cloudflareClient, refusalBehind } from '@xanthus/providers';
import { APIConnectionError, APIError } from 'cloudflare';

export interface CloudflareAccount { readonly id: string; readonly name: string }
export interface Namespace { readonly id: string; readonly title: string }

/** One token's view of the API. Every method throws a Refusal CLOUDFLARE.TOKEN_INVALID, .PERMISSION_MISSING, .RATE_LIMITED or .UNAVAILABLE. */
export interface CloudflareApi {
  /** @returns the token's id and whether it is in force; `account` where an account owns it */
  verify(): Promise<{ readonly id: string; readonly status: 'active' | 'disabled' | 'expired'; readonly account?: string }>;
  accounts(): Promise<readonly CloudflareAccount[]>;
  /** Whose the token is; null where it may not say. */
  user(): Promise<{ readonly id: string; readonly email: string } | null>;
  /** Names of the permission groups of the token's policies; null where it may not read them. */
  groups(token: string, account?: string): Promise<readonly string[] | null>;
  zones(account: string): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** May the token write this zone's records, its TLS mode, its settings? Found out by requests that can't change anything. */
  mayWrite(zone: string): Promise<{ readonly dns: boolean; readonly tls: boolean; readonly settings: boolean }>;
  namespaces(account: string): Promise<readonly Namespace[]>;
  createNamespace(account: string, title: string): Promise<Namespace>;
  /** undefined: no such key, or not yet. */
  read(account: string, namespace: string, key: string): Promise<string | undefined>;
  write(account: string, namespace: string, key: string, value: string): Promise<void>;
}

/** `fetch` obeys the shared budget and refuses addresses that nobody allowed. */
export interface CloudflareApiOptions { readonly baseUrl?: string | undefined; readonly fetch?: ((url: string | URL, init?: RequestInit) => Promise<Response>) | undefined }
export type OpenCloudflare = (token: string) => CloudflareApi;

const codesOf = (error: APIError): readonly number[] => (error.errors ?? []).map(e => Number((e as { code?: unknown }).code));

/** Never carries the token: the SDK's errors hold headers of answers only, and our text is our own. */
export const refusalOf = (error: unknown, doing: string): Refusal => {
  if (error instanceof Refusal) return error;
  if (error instanceof APIConnectionError || !(error instanceof APIError) || error.status === undefined) {
    const behind = refusalBehind(error);
    if (behind?.code === 'PROVIDER.RATE_LIMITED' || behind?.code === 'PROVIDER.BUDGET_USED') return new Refusal('CLOUDFLARE.RATE_LIMITED', behind.message, behind.details, true);
    const cause = behind === undefined ? '.' : `: ${behind.message}`;
    return new Refusal('CLOUDFLARE.UNAVAILABLE', `Cloudflare could not be reached to ${doing}${cause} Try again in a moment.`, undefined, true);
  }
  const numbers = codesOf(error);
  if (error.status === 429) return new Refusal('CLOUDFLARE.RATE_LIMITED', `Cloudflare takes no more requests for now; it was asked to ${doing}. Try again later.`, { retry_after_ms: 1_000 * Number(error.headers?.get('retry-after') ?? 60) }, true);
  if (error.status >= 500) return new Refusal('CLOUDFLARE.UNAVAILABLE', `Cloudflare answered ${error.status} when asked to ${doing}. Try again in a moment.`, undefined, true);
  if ([1000, 6003, 6111, 9109].some(n => numbers.includes(n)) || error.status === 401) return new Refusal('CLOUDFLARE.TOKEN_INVALID', 'Cloudflare does not know this token, or does not take it from here. Copy it again, or make a new one.');
  if (error.status === 403) return new Refusal('CLOUDFLARE.PERMISSION_MISSING', `The token may not ${doing}.`);
  return new Refusal('CLOUDFLARE.UNAVAILABLE', `Cloudflare refused to ${doing} (${error.status}, ${numbers.join(', ') || 'no code'}).`, undefined, true);
};

const isDenied = (error: unknown): boolean => error instanceof Refusal && (error.code === 'CLOUDFLARE.PERMISSION_MISSING' || error.code === 'CLOUDFLARE.TOKEN_INVALID');

const all = async <T>(pages: AsyncIterable<T>): Promise<T[]> => {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
};

/** Statuses of answers to writes that can't be right: 4xx other than 401 and 403 say that the right is there. */
const rightToWrite = async (doing: string, run: () => Promise<unknown>): Promise<boolean> => {
  try {
    await run();
    return true;
  } catch (error) {
    if (error instanceof APIError && (error.status === 401 || error.status === 403)) return false;
    if (error instanceof APIError && error.status !== undefined && error.status !== 429 && error.status < 500) return true;
    throw refusalOf(error, doing);
  }
};

export const cloudflareApi = ({ baseUrl, fetch }: CloudflareApiOptions): OpenCloudflare => (apiToken) => {
  const client = cloudflareClient({ token: apiToken, ...(baseUrl && { baseUrl }), ...(fetch && { fetch }) });
  const ask = async <T>(doing: string, run: () => Promise<T>): Promise<T> => run().catch((error: unknown) => { throw refusalOf(error, doing); });
  const orNull = async <T>(doing: string, run: () => Promise<T>): Promise<T | null> => ask(doing, run).catch((error: unknown) => {
    if (isDenied(error)) return null;
    throw error;
  });
  const accounts = () => ask('list its accounts', async () => (await all(client.accounts.list())).map(({ id, name }) => ({ id, name })));

  return {
    accounts,
    verify: async () => {
      try {
        const { id, status } = await client.user.tokens.verify();
        return { id, status };
      } catch (error) {
        // A token that an account owns is unknown among those of users.
        if (!(error instanceof APIError) || !codesOf(error).includes(1000) || !apiToken.startsWith('cfat_')) throw refusalOf(error, 'verify itself');
        for (const { id: account_id } of await accounts()) {
          const found = await client.accounts.tokens.verify({ account_id }).catch(() => undefined);
          if (found !== undefined) return { id: found.id, status: found.status, account: account_id };
        }
        throw refusalOf(error, 'verify itself');
      }
    },
    user: () => orNull('say whose it is', async () => {
      const { id, email } = await client.user.get() as { id?: string; email?: string };
      return id === undefined || email === undefined ? null : { id, email };
    }),
    groups: (token, account_id) => orNull('read its own permissions', async () => {
      const { policies = [] } = account_id === undefined ? await client.user.tokens.get(token) : await client.accounts.tokens.get(token, { account_id });
      return policies.filter(p => p.effect === 'allow').flatMap(p => p.permission_groups.map(g => g.name ?? ''));
    }),
    zones: account => ask('list zones', async () => (await all(client.zones.list({ account: { id: account } }))).map(({ id, name }) => ({ id, name }))),
    mayWrite: async zone => ({
      dns: await rightToWrite('look at DNS', () => client.post(`/zones/${zone}/dns_records`, { body: {} })),
      tls: await rightToWrite('look at TLS', () => client.patch(`/zones/${zone}/settings/ssl`, { body: { value: 'nonsense' } })),
      settings: await rightToWrite('look at settings', () => client.patch(`/zones/${zone}/settings/always_use_https`, { body: { value: 'nonsense' } })),
    }),
    namespaces: account_id => ask('list KV namespaces', async () => (await all(client.kv.namespaces.list({ account_id, per_page: 100 }))).map(({ id, title }) => ({ id, title }))),
    createNamespace: (account_id, title) => ask('create a KV namespace', async () => {
      const { id } = await client.kv.namespaces.create({ account_id, title });
      return { id, title };
    }),
    read: async (account_id, namespace, key) => {
      try {
        return await (await client.kv.namespaces.values.get(key, { account_id, namespace_id: namespace })).text();
      } catch (error) {
        if (error instanceof APIError && error.status === 404) return undefined;
        throw refusalOf(error, 'read from KV');
      }
    },
    write: (account_id, namespace, key, value) => ask('write to KV', async () => { await client.kv.namespaces.values.update(key, { account_id, namespace_id: namespace, value }); }),
  };
};
