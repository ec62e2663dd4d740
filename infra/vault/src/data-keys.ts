import { headers, type NatsConnection } from '@nats-io/transport-node';
import { Refusal } from '@xanthus/kernel';
import type { IdentitySigner, IdentityVerifier, Logger } from '@xanthus/nest';
import { HEADERS, keySubject, type Problem } from '@xanthus/proto';
import { newReceiver, open, seal, type SealedBox } from './sealed-box.js';
import { openRing } from './key-records.js';
import { ringFromBytes, ringToBytes, type KeyRing } from './key-ring.js';
import type { MasterKeys } from './master-keys.js';

/** Where a service gets the keys of a tenant's secrets from. */
export interface DataKeys {
  /** Of this service. @throws Refusal KEY.DESTROYED, KEY.OTHER_MASTER, UNAVAILABLE */
  get(tenant: string): Promise<KeyRing>;
  /** Drops what is kept in memory. */
  forget(tenant?: string): void;
}

/** Kept at most this long, so that a destroyed tenant's key is gone from memory soon, and a new one is soon used by all. ms */
export const KEEP = 10 * 60_000;
const REQUEST_TIMEOUT = 3_000;
/** Auth may still be starting when we ask first. */
const PATIENCE = 30_000;
const PAUSE = 250;

const kept = (ask: (tenant: string) => Promise<KeyRing>, now: () => number = Date.now): DataKeys => {
  const known = new Map<string, { readonly key: Promise<KeyRing>; readonly until: number }>();
  return {
    get(tenant) {
      const entry = known.get(tenant);
      if (entry && entry.until > now()) return entry.key;
      const key = ask(tenant);
      known.set(tenant, { key, until: now() + KEEP });
      key.catch(() => { if (known.get(tenant)?.key === key) known.delete(tenant); });
      return key;
    },
    forget(tenant) {
      if (tenant === undefined) known.clear();
      else known.delete(tenant);
    },
  };
};

const contextOf = (tenant: string, service: string): string[] => ['xanthus.unwrap.v2', tenant, service];

/** Auth's own: it holds the master keys. */
export const localDataKeys = (nc: NatsConnection, o: { service: string; masters: MasterKeys }): DataKeys => kept(tenant => openRing(nc, o.masters, tenant, o.service));

/** Asks auth over `key.<service>.unwrap`; the answer is sealed to a key that lives in this process only. */
export const remoteDataKeys = (nc: NatsConnection, signer: IdentitySigner, service: string): DataKeys => {
  const receiver = newReceiver();
  const ask = async (tenant: string): Promise<KeyRing> => {
    const token = await signer.sign({ sub: `service:${service}`, kind: 'service', tenant, aud: 'auth', seal: receiver.publicKey });
    const h = headers();
    h.set(HEADERS.IDENTITY, token);
    const answer = await nc.request(keySubject(service, 'unwrap'), '{}', { timeout: REQUEST_TIMEOUT, headers: h });
    const body = answer.json<SealedBox | { readonly error: Problem }>();
    if ('error' in body) throw new Refusal(body.error.code, body.error.message, body.error.details, body.error.retryable);
    return ringFromBytes(open(receiver, contextOf(tenant, service), body));
  };
  return kept(async tenant => {
    for (const started = Date.now(); ; await new Promise(resolve => setTimeout(resolve, PAUSE))) {
      try {
        return await ask(tenant);
      } catch (error) {
        if (error instanceof Refusal && !error.retryable) throw error;
        if (Date.now() - started > PATIENCE || nc.isClosed()) throw new Refusal('UNAVAILABLE', `The key of the secrets of ${tenant} cannot be had from auth now (${error instanceof Error ? error.message : String(error)}).`, undefined, true);
      }
    }
  });
};

/** Auth's door for the other services. A subject proves nothing: the identity must be signed by the service that the subject names. */
export const serveDataKeys = async (nc: NatsConnection, o: { masters: MasterKeys; verifier: IdentityVerifier; log: Logger }): Promise<{ stop(): Promise<void> }> => {
  const answer = async (subject: string, token: string | undefined): Promise<SealedBox> => {
    const service = subject.split('.')[1] ?? '';
    const claims = o.verifier.verify(token ?? '');
    if (claims.kind !== 'service' || claims.sub !== `service:${service}` || claims.seal === undefined) throw new Refusal('DENIED', 'Only the service itself may ask for its keys.');
    return seal(claims.seal, contextOf(claims.tenant, service), ringToBytes(await openRing(nc, o.masters, claims.tenant, service)));
  };
  const subscription = nc.subscribe('key.*.unwrap', {
    queue: 'auth',
    callback: (failure, msg) => {
      if (failure) return;
      answer(msg.subject, msg.headers?.get(HEADERS.IDENTITY)).then(
        box => msg.respond(JSON.stringify(box)),
        (error: unknown) => {
          o.log.warn({ err: error, subject: msg.subject }, 'a data key was not handed out');
          const refusal = error instanceof Refusal ? error : new Refusal('DENIED', 'The identity was not accepted.');
          const h = headers();
          h.set(HEADERS.ERROR, refusal.code);
          msg.respond(JSON.stringify({ error: refusal.toProblem() }), { headers: h });
        },
      ).catch((error: unknown) => o.log.warn({ err: error }, 'an answer could not be sent'));
    },
  });
  await nc.flush();
  return { stop: () => subscription.drain() };
};
