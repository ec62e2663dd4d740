/** The secret of a tenant's recordings lies in the vault, so that it moves to new data keys by itself and is gone with the tenant's; each recording has a key made from it. */
import { randomBytes } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import { kvGet, kvPut } from '@xanthus/jetstream';
import { ConflictError, newId, Refusal } from '@xanthus/kernel';
import type { Vault } from '@xanthus/vault';
import { keyOf } from './chunk.js';

const BUCKET = 'terminals-state';
interface Stands { readonly secret: string }

export interface RecordingSecrets {
  /** Under which new recordings are encrypted: its name, made if there is none. @throws Refusal KEY.DESTROYED, UNAVAILABLE */
  current(tenant: string): Promise<string>;
  /** @throws Refusal RECORDING.UNREADABLE, KEY.DESTROYED, UNAVAILABLE */
  keyOf(tenant: string, secret: string, session: string): Promise<Buffer>;
}

export const recordingSecrets = ({ nc, vault }: { readonly nc: NatsConnection; readonly vault: Vault }): RecordingSecrets => ({
  async current(tenant) {
    const key = `recording-secret.${tenant}`;
    const known = await kvGet<Stands>(nc, BUCKET, key);
    if (known?.value) return known.value.secret;
    // Two copies may be here at once: whoever writes the name first has made it, the other's is destroyed.
    const secret = `recordings-${newId()}`;
    await vault.put(tenant, secret, randomBytes(32));
    try {
      await kvPut(nc, BUCKET, key, { secret } satisfies Stands, known?.revision ?? 0);
      return secret;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const first = (await kvGet<Stands>(nc, BUCKET, key))?.value?.secret;
      if (first === secret) return secret;
      await vault.destroy(tenant, secret);
      if (first === undefined) throw error;
      return first;
    }
  },
  async keyOf(tenant, secret, session) {
    try {
      return keyOf(await vault.get(tenant, secret), session);
    } catch (error) {
      if (error instanceof Refusal && error.code.startsWith('VAULT.')) throw unreadable('its key is gone or was changed');
      throw error;
    }
  },
});

export const unreadable = (why: string): Refusal => new Refusal('RECORDING.UNREADABLE', `This recording cannot be read: ${why}.`);
