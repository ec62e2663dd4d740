import { createHmac, randomBytes, randomInt } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import { kvPut } from '@xanthus/jetstream';
import { Refusal } from '@xanthus/kernel';
import type { Logger } from '@xanthus/nest';
import { INSTALLATION, isTenantSlug, TOKEN } from '@xanthus/proto';
import { decrypt, encrypt } from './aead.js';
import type { DataKeys } from './data-keys.js';

/** Secrets of one service. Names are subject tokens, `[a-z0-9-]+`. Nothing here ever logs or names a value. */
export interface Vault {
  put(tenant: string, name: string, value: string | Uint8Array): Promise<void>;
  /** @throws Refusal VAULT.NOT_FOUND, VAULT.UNREADABLE */
  get(tenant: string, name: string): Promise<Uint8Array>;
  getText(tenant: string, name: string): Promise<string>;
  /** Harmless if there is none. */
  destroy(tenant: string, name: string): Promise<void>;
  /** Tells whether two secrets are the same without showing either; keyed, so that a short one cannot be guessed from it. 16 hex digits. */
  fingerprint(tenant: string, name: string): Promise<string>;
}

const BUCKET = 'vault';
const READ_TIMEOUT = 3_000;
interface Stored { readonly v: 1; readonly box: string }

const keyOf = (tenant: string, service: string, name: string): string => {
  if (!isTenantSlug(tenant) || !TOKEN.test(name)) throw new TypeError('not the name of a secret');
  return `${tenant}.${service}.${name}`;
};

/**
 * The stored message itself. By the subject's own API, because a service's NATS user may read its own secrets one by one only.
 * A copy that lags may not know a secret that was just written, so a miss is asked for again.
 */
const readRaw = async (nc: NatsConnection, key: string): Promise<Buffer | undefined> => {
  for (let attempt = 0; ; attempt++) {
    const msg = await nc.request(`$JS.API.DIRECT.GET.KV_${BUCKET}.$KV.${BUCKET}.${key}`, '', { timeout: READ_TIMEOUT });
    if (msg.headers?.code === 404 || msg.headers?.status === '404') {
      if (attempt === 2) return undefined;
      await new Promise(resolve => setTimeout(resolve, 50));
      continue;
    }
    if (msg.headers && msg.headers.code >= 400) throw new Refusal('UNAVAILABLE', 'The vault cannot be read now.', undefined, true);
    return msg.headers?.has('KV-Operation') || msg.data.length === 0 ? undefined : Buffer.from(msg.data);
  }
};

/** Few names, used again and again: what is deleted leaves a mark in the bucket. Copies that start together may meet on one. */
const TEST_SLOTS = 64;
const TEST_TRIES = 8;

const selfTest = async (nc: NatsConnection, vault: Vault, service: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    const name = `self-test-${randomInt(TEST_SLOTS)}`;
    const canary = `canary-${randomBytes(24).toString('hex')}`;
    await vault.put(INSTALLATION, name, canary);
    try {
      const raw = (await readRaw(nc, keyOf(INSTALLATION, service, name)))?.toString('utf8') ?? '';
      if (showsClear(raw, canary)) throw new Error('the vault stored a secret in clear text');
      if (await vault.getText(INSTALLATION, name) === canary) return;
      throw new Error('the vault did not give back what was put into it');
    } catch (error) {
      if (attempt === TEST_TRIES || (error instanceof Error && error.message.includes('clear text'))) throw error;
    } finally {
      await vault.destroy(INSTALLATION, name);
    }
  }
};

/** As it is, or in the base64 that it is stored in. */
export const showsClear = (raw: string, secret: string): boolean => {
  const inside = /"box":"([^"]*)"/.exec(raw)?.[1] ?? raw;
  return [raw, Buffer.from(inside, 'base64').toString('latin1')].some(text => text.includes(secret));
};

/** @throws Error if the self-test fails: a secret is written, read raw and must not be clear. */
export const openVault = async (nc: NatsConnection, o: { service: string; keys: DataKeys; log: Logger }): Promise<Vault> => {
  const { service, keys } = o;
  const contextOf = (tenant: string, name: string): string[] => ['xanthus.vault.v1', tenant, service, name];
  const vault: Vault = {
    async put(tenant, name, value) {
      const key = keyOf(tenant, service, name);
      const box = encrypt(await keys.get(tenant), contextOf(tenant, name), typeof value === 'string' ? Buffer.from(value, 'utf8') : value);
      await kvPut(nc, BUCKET, key, { v: 1, box: box.toString('base64') } satisfies Stored);
    },
    async get(tenant, name) {
      const raw = await readRaw(nc, keyOf(tenant, service, name));
      if (!raw) throw new Refusal('VAULT.NOT_FOUND', `There is no secret ${name}.`);
      const key = await keys.get(tenant);
      try {
        return decrypt(key, contextOf(tenant, name), Buffer.from((JSON.parse(raw.toString('utf8')) as Stored).box, 'base64'));
      } catch {
        throw new Refusal('VAULT.UNREADABLE', `The secret ${name} cannot be decrypted: it was changed, moved, or belongs to another key.`);
      }
    },
    async getText(tenant, name) {
      return Buffer.from(await vault.get(tenant, name)).toString('utf8');
    },
    async destroy(tenant, name) {
      await kvPut(nc, BUCKET, keyOf(tenant, service, name), undefined);
    },
    async fingerprint(tenant, name) {
      const value = await vault.get(tenant, name);
      return createHmac('sha256', await keys.get(tenant)).update('xanthus.fingerprint.v1').update(value).digest('hex').slice(0, 16);
    },
  };
  await selfTest(nc, vault, service);
  o.log.debug({ service }, 'the vault passed its self-test');
  return vault;
};
