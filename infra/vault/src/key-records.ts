/**
 * Data keys, a ring per tenant and service, wrapped by the master key, in the bucket `data-keys` under `<tenant>.<service>`. Only auth reaches it.
 * What a write replaces is overwritten in the files of NATS: a key that is gone must not lie there until they are compacted.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import { kvGet, kvPut, listValues } from '@xanthus/jetstream';
import { ConflictError, Refusal } from '@xanthus/kernel';
import { INSTALLATION, isTenantSlug, TOKEN } from '@xanthus/proto';
import { KEY_BYTES } from './aead.js';
import { eraseOlder } from './erase.js';
import { firstRing, newRing, onlyCurrent, ringFromBytes, ringToBytes, withNewKey, type KeyRing } from './key-ring.js';
import type { MasterKey, MasterKeys } from './master-keys.js';

export const KEYS_BUCKET = 'data-keys';
const TRIES = 5;

/** `master` names the master key that wrapped it. Before keys had numbers. */
interface FirstForm { readonly v: 1; readonly master: string; readonly wrapped: string }
/** `numbers`: of the keys in the ring, with the time each was made; the last one is current. */
interface RingForm { readonly v: 2; readonly master: string; readonly wrapped: string; readonly numbers: readonly { readonly number: number; readonly made_at: string }[] }
/** What is left of keys that were destroyed: which, and a hash by which a copy of the wrapped ones can be recognised. */
interface GoneForm { readonly v: 3; readonly numbers: readonly number[]; readonly sha256: string; readonly destroyed_at: string }
type Stored = FirstForm | RingForm;
const isGone = (value: Stored | GoneForm | undefined): value is GoneForm | undefined => value === undefined || value.v === 3;

/** What may be known of a ring without opening it. */
export interface RingInfo { readonly tenant: string; readonly service: string; readonly master: string; readonly numbers: RingForm['numbers']; /** It has the form from before keys had numbers. */ readonly first_form: boolean }
export interface DestroyedKey { readonly service: string; readonly numbers: readonly number[]; /** Of the wrapped ring as it was stored, so that a copy of it can be recognised. */ readonly sha256: string }

const keyOf = (tenant: string, service: string): string => {
  if (!isTenantSlug(tenant) || !TOKEN.test(service)) throw new TypeError('not a tenant or service');
  return `${tenant}.${service}`;
};
const contextOf = (stored: Pick<Stored, 'v'>, tenant: string, service: string): string[] => [`xanthus.key.v${stored.v}`, tenant, service];
const otherMaster = () => new Refusal('KEY.OTHER_MASTER', 'The secrets were encrypted under another master key. Start with the data folder\'s own key file, or name the old key beside the new one.');
const destroyed = (tenant: string) => new Refusal('KEY.DESTROYED', `The keys of tenant ${tenant} were destroyed.`);
const unread = () => new Refusal('UNAVAILABLE', 'The data key could not be read.', undefined, true);

const open = async (masters: MasterKeys, tenant: string, service: string, stored: Stored): Promise<KeyRing> => {
  const master = await masters.named(stored.master);
  if (!master) throw otherMaster();
  const clear = await master.unwrap(contextOf(stored, tenant, service), Buffer.from(stored.wrapped, 'base64'));
  return stored.v === 1 ? firstRing(clear) : ringFromBytes(clear);
};

const numbersOf = (stored: Stored, time: string): RingForm['numbers'] => (stored.v === 1 ? [{ number: 1, made_at: time }] : stored.numbers);

const close = async (master: MasterKey, tenant: string, service: string, ring: KeyRing, numbers: RingForm['numbers']): Promise<RingForm> => ({
  v: 2, master: master.name, numbers, wrapped: (await master.wrap(contextOf({ v: 2 }, tenant, service), ringToBytes(ring))).toString('base64'),
});

/**
 * The keys of a tenant and service; made at the first request.
 * @throws Refusal KEY.DESTROYED after the tenant was forgotten, KEY.OTHER_MASTER if a master key that nobody has here wrapped them
 */
export const openRing = async (nc: NatsConnection, masters: MasterKeys, tenant: string, service: string): Promise<KeyRing> => {
  const key = keyOf(tenant, service);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const entry = await kvGet<Stored | GoneForm>(nc, KEYS_BUCKET, key);
    if (entry) {
      if (isGone(entry.value)) throw destroyed(tenant);
      return open(masters, tenant, service, entry.value);
    }
    const ring = newRing();
    try {
      await kvPut(nc, KEYS_BUCKET, key, await close(await masters.primary(), tenant, service, ring, [{ number: 1, made_at: new Date().toISOString() }]), 0);
      return ring;
    } catch (error) {
      // Another copy was first: its key counts.
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  throw unread();
};

/** Reads, changes and writes a ring, again if another copy was faster. `change` answers nothing where there is nothing to do. */
const update = async (nc: NatsConnection, masters: MasterKeys, tenant: string, service: string, change: (ring: KeyRing, info: RingInfo, primary: MasterKey) => { ring: KeyRing; numbers: RingForm['numbers'] } | undefined): Promise<boolean> => {
  const key = keyOf(tenant, service);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const entry = await kvGet<Stored | GoneForm>(nc, KEYS_BUCKET, key);
    if (!entry) throw new Refusal('KEY.NOT_FOUND', `There is no data key of ${tenant} for ${service}.`);
    if (isGone(entry.value)) throw destroyed(tenant);
    const primary = await masters.primary();
    const numbers = numbersOf(entry.value, entry.time);
    const changed = change(await open(masters, tenant, service, entry.value), { tenant, service, master: entry.value.master, numbers, first_form: entry.value.v === 1 }, primary);
    if (!changed) return false;
    try {
      const revision = await kvPut(nc, KEYS_BUCKET, key, await close(primary, tenant, service, changed.ring, changed.numbers), entry.revision);
      await eraseOlder(nc, KEYS_BUCKET, key, revision);
      return true;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  throw unread();
};

/** A fresh key for new values; the others still open what they closed. @returns its number */
export const addKey = async (nc: NatsConnection, masters: MasterKeys, tenant: string, service: string, now: string): Promise<number> => {
  let number = 0;
  await update(nc, masters, tenant, service, (ring, info) => {
    const next = withNewKey(ring);
    number = next.current;
    return { ring: next, numbers: [...info.numbers, { number, made_at: now }] };
  });
  return number;
};

/** Destroys every key but the one with this number, if that one is still current. @returns the numbers that are gone */
export const dropOldKeys = async (nc: NatsConnection, masters: MasterKeys, tenant: string, service: string, current: number): Promise<readonly number[]> => {
  let gone: number[] = [];
  await update(nc, masters, tenant, service, (ring, { numbers }) => {
    gone = ring.current === current ? numbers.map(n => n.number).filter(n => n !== current) : [];
    return gone.length === 0 ? undefined : { ring: onlyCurrent(ring), numbers: numbers.filter(n => n.number === current) };
  });
  return gone;
};

/** Wraps a ring by the primary master key, in the present form. @returns whether there was anything to do */
export const rewrap = (nc: NatsConnection, masters: MasterKeys, { tenant, service }: Pick<RingInfo, 'tenant' | 'service'>): Promise<boolean> =>
  update(nc, masters, tenant, service, (ring, info, primary) => (info.master === primary.name && !info.first_form ? undefined : { ring, numbers: info.numbers }));

/** Every ring that is there, of one tenant or of all. */
export const listRings = async (nc: NatsConnection, tenant = '*'): Promise<RingInfo[]> => {
  if (tenant !== '*' && !isTenantSlug(tenant)) throw new TypeError('not a tenant');
  return (await listValues(nc, KEYS_BUCKET, `${tenant}.*`)).flatMap(({ key, text }) => {
    const [slug = '', service = ''] = key.split('.');
    const stored = JSON.parse(text) as Stored | GoneForm;
    return isTenantSlug(slug) && !isGone(stored) ? [{ tenant: slug, service, master: stored.master, numbers: numbersOf(stored, new Date(0).toISOString()), first_form: stored.v === 1 }] : [];
  });
};

/**
 * Forgets a tenant: nothing that these services encrypted for it can be read again, and none makes a new key for it. May be repeated, and answers the same.
 * Copies of the bucket elsewhere are not reached: see `docs/vault.md`.
 */
export const destroyDataKeys = async (nc: NatsConnection, tenant: string, services: readonly string[]): Promise<DestroyedKey[]> => {
  const gone: DestroyedKey[] = [];
  for (const service of services) {
    const key = keyOf(tenant, service);
    for (let attempt = 0; ; attempt++) {
      const entry = await kvGet<Stored | GoneForm>(nc, KEYS_BUCKET, key);
      const left = goneOf(entry);
      try {
        const revision = entry !== undefined && isGone(entry.value) ? entry.revision : await kvPut(nc, KEYS_BUCKET, key, left, entry?.revision ?? 0);
        await eraseOlder(nc, KEYS_BUCKET, key, revision);
        if (left.numbers.length > 0) gone.push({ service, numbers: left.numbers, sha256: left.sha256 });
        break;
      } catch (error) {
        if (!(error instanceof ConflictError) || attempt === TRIES) throw error;
      }
    }
  }
  return gone;
};

const goneOf = (entry: { readonly value: Stored | GoneForm | undefined; readonly time: string } | undefined): GoneForm => {
  if (entry?.value?.v === 3) return entry.value;
  const destroyed_at = new Date().toISOString();
  if (!entry?.value) return { v: 3, numbers: [], sha256: '', destroyed_at };
  return { v: 3, numbers: numbersOf(entry.value, entry.time).map(n => n.number), sha256: createHash('sha256').update(Buffer.from(entry.value.wrapped, 'base64')).digest('hex'), destroyed_at };
};

/**
 * A key of auth's own for one purpose, which stays the same whatever master key wraps it. In folders from before it followed from the master key
 * itself: there it is derived once more and kept.
 */
export const rootKey = async (nc: NatsConnection, masters: MasterKeys, purpose: string): Promise<Buffer> => {
  if (!TOKEN.test(purpose)) throw new TypeError('not a purpose');
  const key = `${ROOTS}.${purpose}`;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const entry = await kvGet<RootForm>(nc, KEYS_BUCKET, key);
    if (entry?.value) {
      const master = await masters.named(entry.value.master);
      if (!master) throw otherMaster();
      return master.unwrap([ROOT_CONTEXT, purpose], Buffer.from(entry.value.wrapped, 'base64'));
    }
    const primary = await masters.primary();
    const root = (await firstMaster(nc, masters)).derive?.(`auth ${purpose}`) ?? randomBytes(KEY_BYTES);
    try {
      await kvPut(nc, KEYS_BUCKET, key, await closeRoot(primary, purpose, root), entry?.revision ?? 0);
      return root;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  throw unread();
};

const ROOTS = '_roots';
const ROOT_CONTEXT = 'xanthus.root.v1';
interface RootForm { readonly v: 1; readonly master: string; readonly wrapped: string }
const closeRoot = async (master: MasterKey, purpose: string, root: Uint8Array): Promise<RootForm> => ({ v: 1, master: master.name, wrapped: (await master.wrap([ROOT_CONTEXT, purpose], root)).toString('base64') });

/** The one that wrapped auth's own data key: where a folder is older than its primary key, that one was there first. */
const firstMaster = async (nc: NatsConnection, masters: MasterKeys): Promise<MasterKey> => {
  const own = (await kvGet<Stored>(nc, KEYS_BUCKET, `${INSTALLATION}.auth`))?.value;
  return (own && (await masters.named(own.master))) ?? masters.primary();
};

/** Wraps auth's own keys by the primary master key. @returns how many another one had wrapped */
export const rewrapRoots = async (nc: NatsConnection, masters: MasterKeys): Promise<number> => {
  const primary = await masters.primary();
  let done = 0;
  for (const { key, text } of await listValues(nc, KEYS_BUCKET, `${ROOTS}.*`)) {
    if ((JSON.parse(text) as RootForm).master === primary.name) continue;
    const purpose = key.slice(ROOTS.length + 1);
    const entry = await kvGet<RootForm>(nc, KEYS_BUCKET, key);
    const revision = await kvPut(nc, KEYS_BUCKET, key, await closeRoot(primary, purpose, await rootKey(nc, masters, purpose)), entry?.revision ?? 0);
    await eraseOlder(nc, KEYS_BUCKET, key, revision);
    done += 1;
  }
  return done;
};
