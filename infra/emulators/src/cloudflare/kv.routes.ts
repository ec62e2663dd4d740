import { accountFor } from './access.js';
import { paged, refuse, type Answer } from './answer.js';
import { read, write } from './kv-entries.js';
import type { Permission } from './permissions.js';
import { param, type Call, type Route } from './route.js';
import { newHex, type Namespace } from './state.js';

/** Limits of the product: developers.cloudflare.com/kv/platform/limits. The numbers 100xx are those of the API's error list for KV. */
const LIMITS = { title: 512, key: 512, value: 25 * 1024 * 1024, metadata: 1024, bulk: 10_000, bulkGet: 100, namespaces: 1000, minTtl: 60 } as const;
const base = '/accounts/:account/storage/kv/namespaces';

const namespacesOf = (call: Call, right: Permission): Map<string, Namespace> => {
  const account = accountFor(call.state, call.token, param(call, 'account'), right, `/client/v4${call.path}`);
  const existing = call.state.namespaces.get(account.id) ?? new Map<string, Namespace>();
  call.state.namespaces.set(account.id, existing);
  return existing;
};

const namespaceOf = (call: Call, right: Permission): Namespace => {
  const namespaces = namespacesOf(call, right);
  const id = param(call, 'namespace');
  if (!/^[0-9a-f]{32}$/.test(id)) refuse(400, 10011, 'malformed namespace ID');
  return namespaces.get(id) ?? refuse(404, 10013, 'namespace not found');
};

const json = (call: Call): unknown => {
  try {
    return JSON.parse(call.body.toString('utf8'));
  } catch {
    return refuse(400, 10029, 'could not parse JSON body');
  }
};

const titleIn = (call: Call, namespaces: Map<string, Namespace>, self?: string): string => {
  const { title } = json(call) as { title?: unknown };
  if (typeof title !== 'string' || title.trim() === '') return refuse(400, 10019, 'missing title');
  if (Buffer.byteLength(title) > LIMITS.title) return refuse(400, 10029, `title too long: at most ${LIMITS.title} bytes`);
  if ([...namespaces.values()].some(n => n.title === title && n.id !== self)) return refuse(400, 10014, 'a namespace with this account ID and title already exists');
  return title;
};

const namespaceAnswer = (namespace: Namespace): object => ({ id: namespace.id, title: namespace.title, supports_url_encoding: true });

const checkedKey = (key: unknown): string => {
  if (typeof key !== 'string' || key === '' || key === '.' || key === '..') return refuse(400, 10042, 'illegal key name');
  if (Buffer.byteLength(key) > LIMITS.key) return refuse(414, 10030, `key too long: UTF-8 encoded length of ${Buffer.byteLength(key)} exceeds key length limit of ${LIMITS.key}.`);
  return key;
};

const checkedValue = (value: Uint8Array): Uint8Array =>
  value.byteLength > LIMITS.value ? refuse(413, 10024, `Value length of ${value.byteLength} exceeds limit of ${LIMITS.value}.`) : value;

const checkedMetadata = (metadata: unknown): unknown =>
  metadata !== undefined && Buffer.byteLength(JSON.stringify(metadata)) > LIMITS.metadata ? refuse(413, 10047, `Metadata length exceeds limit of ${LIMITS.metadata}.`) : metadata;

const expirationOf = (call: Call, expiration: unknown, ttl: unknown): number | undefined => {
  const now = Math.floor(call.state.now() / 1000);
  if (ttl !== undefined && ttl !== null) {
    const wanted = Number(ttl);
    return Number.isInteger(wanted) && wanted >= LIMITS.minTtl ? now + wanted : refuse(400, 10034, `Invalid expiration_ttl of ${String(ttl)}. Expiration TTL must be at least ${LIMITS.minTtl}.`);
  }
  if (expiration === undefined || expiration === null) return undefined;
  const at = Number(expiration);
  return Number.isInteger(at) && at >= now + LIMITS.minTtl ? at : refuse(400, 10033, `Invalid expiration of ${String(expiration)}. Expiration times must be at least ${LIMITS.minTtl} seconds in the future.`);
};

/** A value comes as bytes or as a form with the fields `value` and `metadata` (what the SDK sends). */
const givenValue = async (call: Call): Promise<{ readonly value: Uint8Array; readonly metadata?: unknown }> => {
  if (!call.contentType.startsWith('multipart/form-data')) return { value: call.body };
  const form = await new Response(new Uint8Array(call.body), { headers: { 'content-type': call.contentType } }).formData();
  const value = form.get('value');
  if (value === null) return refuse(400, 10012, 'malformed value');
  const metadata = form.get('metadata');
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : new Uint8Array(await value.arrayBuffer());
  return { value: bytes, ...(typeof metadata === 'string' && metadata !== '' && { metadata: JSON.parse(metadata) as unknown }) };
};

const put = async (call: Call): Promise<Answer> => {
  const namespace = namespaceOf(call, 'Workers KV Storage Write');
  const key = checkedKey(param(call, 'key'));
  const expiration = expirationOf(call, call.query.get('expiration'), call.query.get('expiration_ttl'));
  const given = await givenValue(call);
  write(call.state, namespace, key, { value: checkedValue(given.value), metadata: checkedMetadata(given.metadata), ...(expiration !== undefined && { expiration }) });
  return { result: null };
};

const get = (call: Call): Answer => {
  const namespace = namespaceOf(call, 'Workers KV Storage Read');
  const found = read(call.state, namespace.entries.get(checkedKey(param(call, 'key'))));
  if (found === undefined) return refuse(404, 10009, "get: 'key not found'");
  return { bytes: found.value, headers: { ...(found.expiration !== undefined && { expiration: String(found.expiration) }) } };
};

const bulkPut = (call: Call): Answer => {
  const namespace = namespaceOf(call, 'Workers KV Storage Write');
  const list = json(call);
  if (!Array.isArray(list) || list.length > LIMITS.bulk) return refuse(400, 10029, `bulk writes take an array of at most ${LIMITS.bulk} pairs`);
  const pairs = (list as { key?: unknown; value?: unknown; base64?: boolean; metadata?: unknown; expiration?: unknown; expiration_ttl?: unknown }[]).map(pair => {
    if (typeof pair.value !== 'string') return refuse(400, 10012, 'malformed value');
    const expiration = expirationOf(call, pair.expiration, pair.expiration_ttl);
    return { key: checkedKey(pair.key), value: checkedValue(Buffer.from(pair.value, pair.base64 ? 'base64' : 'utf8')), metadata: checkedMetadata(pair.metadata), ...(expiration !== undefined && { expiration }) };
  });
  for (const { key, ...rest } of pairs) write(call.state, namespace, key, rest);
  return { result: { successful_key_count: pairs.length, unsuccessful_keys: [] } };
};

const bulkDelete = (call: Call): Answer => {
  const namespace = namespaceOf(call, 'Workers KV Storage Write');
  const list = json(call);
  if (!Array.isArray(list) || list.length > LIMITS.bulk) return refuse(400, 10029, `bulk deletes take an array of at most ${LIMITS.bulk} keys`);
  for (const key of list.map(checkedKey)) write(call.state, namespace, key, { value: undefined });
  return { result: { successful_key_count: list.length, unsuccessful_keys: [] } };
};

const bulkGet = (call: Call): Answer => {
  const namespace = namespaceOf(call, 'Workers KV Storage Read');
  const { keys, type, withMetadata } = json(call) as { keys?: unknown; type?: string; withMetadata?: boolean };
  if (!Array.isArray(keys) || keys.length > LIMITS.bulkGet) return refuse(400, 10029, `bulk reads take at most ${LIMITS.bulkGet} keys`);
  const values = keys.map(checkedKey).map(key => {
    const found = read(call.state, namespace.entries.get(key));
    if (found === undefined) return [key, null] as const;
    const text = Buffer.from(found.value).toString('utf8');
    const value: unknown = type === 'json' ? JSON.parse(text) : text;
    return [key, withMetadata ? { value, metadata: found.metadata ?? null } : value] as const;
  });
  return { result: { values: Object.fromEntries(values) } };
};

/** Keys in order; the cursor is opaque to clients. */
const keys = (call: Call): Answer => {
  const namespace = namespaceOf(call, 'Workers KV Storage Read');
  const limit = Number(call.query.get('limit') ?? 1000);
  if (!Number.isInteger(limit) || limit < 10 || limit > 1000) return refuse(400, 10028, 'invalid limit argument: 10 to 1000');
  const prefix = call.query.get('prefix') ?? '';
  const cursor = call.query.get('cursor') ?? '';
  const after = Buffer.from(cursor, 'base64url').toString('utf8');
  if (cursor !== '' && Buffer.from(after).toString('base64url') !== cursor) return refuse(400, 10041, 'invalid list keys cursor');
  const names = [...namespace.entries.keys()].filter(name => name.startsWith(prefix)).sort();
  const all = names.flatMap(name => {
    const found = read(call.state, namespace.entries.get(name));
    return found ? [{ name, ...(found.expiration !== undefined && { expiration: found.expiration }), ...(found.metadata !== undefined && { metadata: found.metadata }) }] : [];
  });
  const rest = all.filter(key => after === '' || key.name > after);
  const result = rest.slice(0, limit);
  const last = result.at(-1);
  return { result, info: { count: result.length, cursor: rest.length > limit && last ? Buffer.from(last.name).toString('base64url') : '' } };
};

export const kvRoutes: readonly Route[] = [
  {
    method: 'GET', pattern: base,
    handle: call => {
      const namespaces = namespacesOf(call, 'Workers KV Storage Read');
      const by = call.query.get('order') ?? 'id';
      if (by !== 'id' && by !== 'title') return refuse(400, 10043, 'invalid order');
      const sign = call.query.get('direction') === 'desc' ? -1 : 1;
      const list = [...namespaces.values()].sort((a, b) => sign * (a[by] < b[by] ? -1 : 1));
      return paged(list.map(namespaceAnswer), call.query, { preset: 20, max: 1000 });
    },
  },
  {
    method: 'POST', pattern: base,
    handle: call => {
      const namespaces = namespacesOf(call, 'Workers KV Storage Write');
      if (namespaces.size >= LIMITS.namespaces) return refuse(400, 10018, 'too many namespaces in this account');
      const namespace: Namespace = { id: newHex(), title: titleIn(call, namespaces), entries: new Map() };
      namespaces.set(namespace.id, namespace);
      return { result: namespaceAnswer(namespace) };
    },
  },
  { method: 'GET', pattern: `${base}/:namespace`, handle: call => ({ result: namespaceAnswer(namespaceOf(call, 'Workers KV Storage Read')) }) },
  {
    method: 'PUT', pattern: `${base}/:namespace`,
    handle: call => {
      const namespace = namespaceOf(call, 'Workers KV Storage Write');
      namespace.title = titleIn(call, namespacesOf(call, 'Workers KV Storage Write'), namespace.id);
      return { result: namespaceAnswer(namespace) };
    },
  },
  {
    method: 'DELETE', pattern: `${base}/:namespace`,
    handle: call => { namespacesOf(call, 'Workers KV Storage Write').delete(namespaceOf(call, 'Workers KV Storage Write').id); return { result: null }; },
  },
  { method: 'GET', pattern: `${base}/:namespace/keys`, handle: keys },
  { method: 'PUT', pattern: `${base}/:namespace/bulk`, handle: bulkPut },
  { method: 'POST', pattern: `${base}/:namespace/bulk/delete`, handle: bulkDelete },
  { method: 'POST', pattern: `${base}/:namespace/bulk/get`, handle: bulkGet },
  { method: 'GET', pattern: `${base}/:namespace/values/:key`, handle: get },
  { method: 'PUT', pattern: `${base}/:namespace/values/:key`, handle: put },
  {
    method: 'DELETE', pattern: `${base}/:namespace/values/:key`,
    handle: call => { write(call.state, namespaceOf(call, 'Workers KV Storage Write'), checkedKey(param(call, 'key')), { value: undefined }); return { result: null }; },
  },
  {
    method: 'GET', pattern: `${base}/:namespace/metadata/:key`,
    handle: call => {
      const found = read(call.state, namespaceOf(call, 'Workers KV Storage Read').entries.get(checkedKey(param(call, 'key'))));
      return found ? { result: found.metadata ?? null } : refuse(404, 10009, "get: 'key not found'");
    },
  },
];
