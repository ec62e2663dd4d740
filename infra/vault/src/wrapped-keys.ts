/** Data keys, one per tenant and service, wrapped by the master key, in the bucket `keys` under `<tenant>.<service>`. Only auth reaches it. */
import { createHash, randomBytes } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import { kvGet, kvPut } from '@xanthus/jetstream';
import { ConflictError, Refusal } from '@xanthus/kernel';
import { isTenantSlug, TOKEN } from '@xanthus/proto';
import { decrypt, encrypt, KEY_BYTES } from './aead.js';

const BUCKET = 'keys';
interface Wrapped { readonly v: 1; /** Which master key wrapped it. */ readonly master: string; readonly wrapped: string }

/** @throws TypeError if it is not 32 bytes, or plainly not random. */
export const checkMasterKey = (masterKey: Buffer): void => {
  if (masterKey.length !== KEY_BYTES) throw new TypeError(`the master key has ${masterKey.length} bytes, it needs ${KEY_BYTES} random ones`);
  if (new Set(masterKey).size < 8) throw new TypeError('the master key is not random');
};

const nameOf = (masterKey: Buffer): string => createHash('sha256').update('xanthus.master.v1').update(masterKey).digest('hex').slice(0, 16);
const context = (tenant: string, service: string): string[] => ['xanthus.key.v1', tenant, service];

/**
 * The data key of a tenant and service; made at the first request.
 * @throws Refusal KEY.DESTROYED after the tenant was forgotten, KEY.OTHER_MASTER if another master key wrapped it
 */
export const unwrapKey = async (nc: NatsConnection, masterKey: Buffer, tenant: string, service: string): Promise<Buffer> => {
  if (!isTenantSlug(tenant) || !TOKEN.test(service)) throw new TypeError('not a tenant or service');
  const key = `${tenant}.${service}`;
  for (let attempt = 0; attempt < 3; attempt++) {
    const entry = await kvGet<Wrapped>(nc, BUCKET, key);
    if (entry?.value) {
      if (entry.value.master !== nameOf(masterKey)) throw new Refusal('KEY.OTHER_MASTER', 'The secrets were encrypted under another master key. Start with the data folder\'s own key file.');
      return decrypt(masterKey, context(tenant, service), Buffer.from(entry.value.wrapped, 'base64'));
    }
    if (entry) throw new Refusal('KEY.DESTROYED', `The keys of tenant ${tenant} were destroyed.`);
    const fresh = randomBytes(KEY_BYTES);
    const value: Wrapped = { v: 1, master: nameOf(masterKey), wrapped: encrypt(masterKey, context(tenant, service), fresh).toString('base64') };
    try {
      await kvPut(nc, BUCKET, key, value, 0);
      return fresh;
    } catch (error) {
      // Another copy was first: its key counts.
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  throw new Refusal('UNAVAILABLE', 'The data key could not be read.', undefined, true);
};

/** Forgets a tenant: nothing that these services encrypted for it can be read again, in backups of the vault either. */
export const destroyDataKeys = async (nc: NatsConnection, tenant: string, services: readonly string[]): Promise<void> => {
  if (!isTenantSlug(tenant)) throw new TypeError('not a tenant');
  for (const service of services) await kvPut(nc, BUCKET, `${tenant}.${service}`, undefined);
};
