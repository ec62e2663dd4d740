/** Secrets as they lie in the bucket `vault`, under `<tenant>.<service>.<name>`. */
import type { NatsConnection } from '@nats-io/transport-node';
import { kvPut } from '@xanthus/jetstream';
import { Refusal } from '@xanthus/kernel';
import { isTenantSlug, TOKEN } from '@xanthus/proto';
import { decrypt, encryptUnder, keyNumberOf } from './aead.js';
import type { KeyRing } from './key-ring.js';

const BUCKET = 'vault';
const READ_TIMEOUT = 3_000;
interface Stored { readonly v: 1; readonly box: string }

export interface SecretRef { readonly tenant: string; readonly service: string; readonly name: string }
export interface RawSecret { readonly box: Buffer; readonly text: string; readonly revision: number }

/** @throws TypeError if a part is no token */
export const checked = (ref: SecretRef): SecretRef => {
  if (!isTenantSlug(ref.tenant) || !TOKEN.test(ref.service) || !TOKEN.test(ref.name)) throw new TypeError('not the name of a secret');
  return ref;
};
const keyOf = (ref: SecretRef): string => {
  const { tenant, service, name } = checked(ref);
  return `${tenant}.${service}.${name}`;
};
const contextOf = ({ tenant, service, name }: SecretRef): string[] => ['xanthus.vault.v1', tenant, service, name];
const unreadable = (name: string) => new Refusal('VAULT.UNREADABLE', `The secret ${name} cannot be decrypted: it was changed, moved, or belongs to another key.`);

/**
 * The stored message itself. By the subject's own API, because a service's NATS user may read its own secrets one by one only.
 * A copy that lags may not know a secret that was just written, so a miss is asked for again.
 */
export const readSecret = async (nc: NatsConnection, ref: SecretRef): Promise<RawSecret | undefined> => {
  for (let attempt = 0; ; attempt++) {
    const msg = await nc.request(`$JS.API.DIRECT.GET.KV_${BUCKET}.$KV.${BUCKET}.${keyOf(ref)}`, '', { timeout: READ_TIMEOUT });
    if (msg.headers?.code === 404 || msg.headers?.status === '404') {
      if (attempt === 2) return undefined;
      await new Promise(resolve => setTimeout(resolve, 50));
      continue;
    }
    if (msg.headers && msg.headers.code >= 400) throw new Refusal('UNAVAILABLE', 'The vault cannot be read now.', undefined, true);
    if (msg.headers?.has('KV-Operation') || msg.data.length === 0) return undefined;
    const text = msg.string();
    return { text, box: boxOf(text, ref.name), revision: Number(msg.headers?.get('Nats-Sequence') ?? 0) };
  }
};

const boxOf = (text: string, name: string): Buffer => {
  try {
    const { box } = JSON.parse(text) as Partial<Stored>;
    if (typeof box === 'string') return Buffer.from(box, 'base64');
  } catch { /* told below */ }
  throw unreadable(name);
};

/** @param expected the revision that is replaced. @throws ConflictError if it is another one */
export const writeSecret = (nc: NatsConnection, ref: SecretRef, ring: KeyRing, clear: Uint8Array, expected?: number): Promise<number> => {
  const key = ring.keys.get(ring.current);
  if (!key) throw new Error('a ring without its current key');
  return kvPut(nc, BUCKET, keyOf(ref), { v: 1, box: encryptUnder(ring.current, key, contextOf(ref), clear).toString('base64') } satisfies Stored, expected);
};

export const deleteSecret = (nc: NatsConnection, ref: SecretRef): Promise<number> => kvPut(nc, BUCKET, keyOf(ref), undefined);

/** Whether the ring has the key at all: one that was made a moment ago may not have come here yet. */
export const opensWith = (ring: KeyRing, { box }: RawSecret): boolean => {
  try {
    return ring.keys.has(keyNumberOf(box));
  } catch {
    return true; // not a matter of keys
  }
};

/** @throws Refusal VAULT.UNREADABLE */
export const openSecret = (ring: KeyRing, ref: SecretRef, { box }: RawSecret): Buffer => {
  try {
    const key = ring.keys.get(keyNumberOf(box));
    if (key) return decrypt(key, contextOf(ref), box);
  } catch { /* told below */ }
  throw unreadable(ref.name);
};

/** Names of a service's secrets, those destroyed among them. */
export const secretNames = async (nc: NatsConnection, tenant: string, service: string): Promise<string[]> => {
  const prefix = `$KV.${BUCKET}.${keyOf({ tenant, service, name: 'x' }).slice(0, -1)}`;
  const names: string[] = [];
  for (let offset = 0; ;) {
    const info = (await nc.request(`$JS.API.STREAM.INFO.KV_${BUCKET}`, JSON.stringify({ subjects_filter: `${prefix}>`, offset }), { timeout: READ_TIMEOUT }))
      .json<{ error?: unknown; total?: number; state?: { subjects?: Record<string, number> } }>();
    if (info.error !== undefined) throw new Refusal('UNAVAILABLE', 'The vault cannot be listed now.', undefined, true);
    const page = Object.keys(info.state?.subjects ?? {});
    names.push(...page.map(subject => subject.slice(prefix.length)));
    offset += page.length;
    if (page.length === 0 || offset >= (info.total ?? 0)) return names;
  }
};
