import { Refusal } from '@xanthus/kernel';
import type Cloudflare from 'cloudflare';
import { nameKey } from './keys.js';
import { mapValues } from './map-values.js';
import { previewOf, type ImportPreview, type ImportSecrets } from './preview.js';

/** A namespace with more keys than this is not one of Xanthus. */
const MAX_KEYS = 5_000;
const AT_ONCE = 100;
/** KV gives a value some seconds after it was written: asked this often, that far apart. */
const TRIES = 3;
const PAUSE_MS = 2_000;

export interface ReadOptions {
  /** Earlier tokens with which values may be encrypted. */
  readonly earlierTokens?: readonly string[];
  /** Waits between tries. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** What an existing namespace of Xanthus holds, without any secret. Reads only; the same namespace gives the same preview. */
export const readNamespace = async (cf: Cloudflare, accountId: string, namespaceId: string, token: string, options: ReadOptions = {}): Promise<ImportPreview> =>
  (await readImport(cf, accountId, namespaceId, token, options)).preview;

/**
 * The preview, and the secrets that are taken now.
 * @param token the Cloudflare token that values are encrypted with
 * @throws what the SDK throws; Refusal CLOUDFLARE.IMPORT_NOT_XANTHUS
 */
export const readImport = async (
  cf: Cloudflare, accountId: string, namespaceId: string, token: string, options: ReadOptions = {},
): Promise<{ readonly preview: ImportPreview; readonly secrets: ImportSecrets }> => {
  const keys: string[] = [];
  for await (const { name } of cf.kv.namespaces.keys.list(namespaceId, { account_id: accountId, limit: 1_000 })) {
    keys.push(name);
    if (keys.length > MAX_KEYS) throw new Refusal('CLOUDFLARE.IMPORT_NOT_XANTHUS', `This namespace holds more than ${MAX_KEYS} keys, so it is not one of Xanthus. Choose another.`);
  }
  // what isn't ours is not read: it may be anything
  const values = new Map<string, string | undefined>(keys.sort().map(key => [key, nameKey(key).kind === 'unknown' ? '' : undefined]));
  for (let round = 0; round < TRIES; round++) {
    const missing = keys.filter(key => values.get(key) === undefined);
    if (missing.length === 0) break;
    if (round > 0) await (options.pause ?? pause)(PAUSE_MS);
    for (let i = 0; i < missing.length; i += AT_ONCE) await readSome(cf, accountId, namespaceId, missing.slice(i, i + AT_ONCE), values);
  }
  const { items, secrets } = mapValues(values, [token, ...options.earlierTokens ?? []]);
  return { preview: previewOf({ account_id: accountId, namespace_id: namespaceId }, items), secrets };
};

const readSome = async (cf: Cloudflare, accountId: string, namespaceId: string, keys: readonly string[], into: Map<string, string | undefined>): Promise<void> => {
  const answer = await cf.kv.namespaces.keys.bulkGet(namespaceId, { account_id: accountId, keys: [...keys], type: 'text' });
  const values = (answer as { values?: Record<string, unknown> } | null)?.values ?? {};
  for (const key of keys) if (Object.hasOwn(values, key) && typeof values[key] === 'string') into.set(key, values[key]);
};

const pause = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms));
