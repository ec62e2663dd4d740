import { createHmac, randomBytes, randomInt } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import { Refusal } from '@xanthus/kernel';
import type { Logger } from '@xanthus/nest';
import { INSTALLATION } from '@xanthus/proto';
import type { DataKeys } from './data-keys.js';
import { answerRenewals } from './renew.js';
import { checked, deleteSecret, openSecret, opensWith, readSecret, secretNames, writeSecret, type SecretRef } from './stored-secret.js';

/** Secrets of one service. Names are subject tokens, `[a-z0-9-]+`. Nothing here ever logs or names a value. */
export interface Vault {
  put(tenant: string, name: string, value: string | Uint8Array): Promise<void>;
  /** @throws Refusal VAULT.NOT_FOUND, VAULT.UNREADABLE */
  get(tenant: string, name: string): Promise<Uint8Array>;
  getText(tenant: string, name: string): Promise<string>;
  /** What there is or was, without the values. */
  names(tenant: string): Promise<string[]>;
  /** Harmless if there is none. */
  destroy(tenant: string, name: string): Promise<void>;
  /** Tells whether two secrets are the same without showing either; keyed, so that a short one cannot be guessed from it. 16 hex digits. */
  fingerprint(tenant: string, name: string): Promise<string>;
  /** The same of a value that is not stored. */
  fingerprintOf(tenant: string, value: string | Uint8Array): Promise<string>;
}

/** Few names, used again and again: what is deleted leaves a mark in the bucket. Copies that start together may meet on one. */
const TEST_SLOTS = 64;
const TEST_TRIES = 8;
/** Older keys are destroyed two minutes after nobody should have them any more; no write takes half of that, ms. */
const SLOW = 60_000;

const selfTest = async (nc: NatsConnection, vault: Vault, service: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    const name = `self-test-${randomInt(TEST_SLOTS)}`;
    const canary = `canary-${randomBytes(24).toString('hex')}`;
    await vault.put(INSTALLATION, name, canary);
    try {
      const raw = (await readSecret(nc, { tenant: INSTALLATION, service, name }))?.text ?? '';
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

const bytesOf = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? Buffer.from(value, 'utf8') : value);

/**
 * Also moves the service's secrets to a new data key whenever auth made one; that ends with the connection.
 * @throws Error if the self-test fails: a secret is written, read raw and must not be clear.
 */
export const openVault = async (nc: NatsConnection, o: { service: string; keys: DataKeys; log: Logger; /** This tenant's keys were destroyed: what still runs for it shall end. */ onForgotten?: (tenant: string) => void }): Promise<Vault> => {
  const { service, keys } = o;
  const refOf = (tenant: string, name: string): SecretRef => checked({ tenant, service, name });
  const vault: Vault = {
    async put(tenant, name, value) {
      const started = Date.now();
      await writeSecret(nc, refOf(tenant, name), await keys.get(tenant), bytesOf(value));
      if (Date.now() - started < SLOW) return;
      // This process slept in between, perhaps so long that its key has been destroyed: written once more with what counts now.
      keys.forget(tenant);
      await writeSecret(nc, refOf(tenant, name), await keys.get(tenant), bytesOf(value));
    },
    async get(tenant, name) {
      const ref = refOf(tenant, name);
      const raw = await readSecret(nc, ref);
      if (!raw) throw new Refusal('VAULT.NOT_FOUND', `There is no secret ${name}.`);
      const ring = await keys.get(tenant);
      if (opensWith(ring, raw)) return openSecret(ring, ref, raw);
      keys.forget(tenant); // another copy had the newer key already
      return openSecret(await keys.get(tenant), ref, raw);
    },
    async getText(tenant, name) {
      return Buffer.from(await vault.get(tenant, name)).toString('utf8');
    },
    names: tenant => secretNames(nc, tenant, service),
    async destroy(tenant, name) {
      await deleteSecret(nc, refOf(tenant, name));
    },
    async fingerprint(tenant, name) {
      return vault.fingerprintOf(tenant, await vault.get(tenant, name));
    },
    async fingerprintOf(tenant, value) {
      const key = createHmac('sha256', (await keys.get(tenant)).mark).update('xanthus.fingerprint.v2').digest();
      return createHmac('sha256', key).update(bytesOf(value)).digest('hex').slice(0, 16);
    },
  };
  await selfTest(nc, vault, service);
  answerRenewals(nc, o);
  o.log.debug({ service }, 'the vault passed its self-test');
  return vault;
};
