/** Moving secrets to a new data key while they are used. Auth says when; each service does it for its own, because nobody else may read them. */
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import { ConflictError, Refusal } from '@xanthus/kernel';
import type { Logger } from '@xanthus/nest';
import { isTenantSlug, keySubject } from '@xanthus/proto';
import { keyNumberOf } from './aead.js';
import type { DataKeys } from './data-keys.js';
import type { KeyRing } from './key-ring.js';
import { openSecret, readSecret, secretNames, writeSecret, type SecretRef } from './stored-secret.js';

/** One request works no longer than this, ms; whoever asked asks again. */
const BUDGET = 2_000;
const REQUEST_TIMEOUT = 10_000;
const TRIES = 3;

/** `left`: secrets that are not under the current key yet; -1: not known. */
export interface Renewed { readonly current: number; readonly left: number }

/** Puts a service's secrets under the current key, each only if nobody changed it meanwhile. May be repeated and stopped at any point. */
const renewSecrets = async (nc: NatsConnection, o: { service: string; keys: DataKeys; tenant: string; budget?: number }): Promise<Renewed> => {
  const { service, tenant, keys } = o;
  keys.forget(tenant);
  const ring = await keys.get(tenant);
  const until = performance.now() + (o.budget ?? BUDGET);
  let left = 0;
  for (const name of await secretNames(nc, tenant, service)) {
    if (!(await moved(nc, { tenant, service, name }, ring, until))) left += 1;
  }
  return { current: ring.current, left };
};

/** Whether it is under the current key now, or gone. A conflict is somebody who wrote, destroyed or moved it meanwhile: looked at again. */
const moved = async (nc: NatsConnection, ref: SecretRef, ring: KeyRing, until: number): Promise<boolean> => {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const raw = await readSecret(nc, ref);
    if (raw === undefined || keyNumberOf(raw.box) === ring.current) return true;
    if (performance.now() > until) return false;
    try {
      await writeSecret(nc, ref, ring, openSecret(ring, ref, raw), raw.revision);
      return true;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  return false;
};

/** Every copy hears it and forgets the keys that it had in memory. */
export const answerRenewals = (nc: NatsConnection, o: { service: string; keys: DataKeys; log: Logger; onForgotten?: ((tenant: string) => void) | undefined }): Subscription =>
  nc.subscribe(keySubject(o.service, 'renew'), {
    callback: (failure, msg) => {
      if (failure) return;
      const tenant = tenantOf(msg.string());
      if (tenant === undefined) return;
      void (async () => {
        const done = await renewSecrets(nc, { ...o, tenant }).catch((error: unknown): Renewed => {
          if (error instanceof Refusal && error.code === 'KEY.DESTROYED') {
            o.onForgotten?.(tenant);
            return { current: 0, left: 0 };
          }
          o.log.warn({ err: error, tenant }, 'secrets could not be moved to a new key yet');
          return { current: 0, left: -1 };
        });
        if (!nc.isClosed()) msg.respond(JSON.stringify(done));
      })();
    },
  });

const tenantOf = (text: string): string | undefined => {
  try {
    const { tenant } = JSON.parse(text) as { tenant?: unknown };
    return typeof tenant === 'string' && isTenantSlug(tenant) ? tenant : undefined;
  } catch {
    return undefined;
  }
};

/** Auth's side. Undefined: the service does not run, or did not answer. */
export const askToRenew = async (nc: NatsConnection, service: string, tenant: string): Promise<Renewed | undefined> => {
  try {
    return (await nc.request(keySubject(service, 'renew'), JSON.stringify({ tenant }), { timeout: REQUEST_TIMEOUT })).json<Renewed>();
  } catch {
    return undefined;
  }
};
