import { headers, type NatsConnection } from '@nats-io/transport-node';
import { Refusal } from '@xanthus/kernel';
import type { IdentitySigner, IdentityVerifier, Logger } from '@xanthus/nest';
import { HEADERS, keySubject, type Problem } from '@xanthus/proto';
import { newReceiver, open, seal, type SealedBox } from './sealed-box.js';
import { checkMasterKey, unwrapKey } from './wrapped-keys.js';

/** Where a service gets the key of a tenant's secrets from. */
export interface DataKeys {
  /** 32 bytes; of this service. @throws Refusal KEY.DESTROYED, KEY.OTHER_MASTER, UNAVAILABLE */
  get(tenant: string): Promise<Buffer>;
  /** Drops what is kept in memory. */
  forget(tenant?: string): void;
}

/** Kept at most this long, so that a destroyed tenant's key is gone from memory soon. ms */
const KEEP = 10 * 60_000;
const REQUEST_TIMEOUT = 3_000;
/** Auth may still be starting when we ask first. */
const PATIENCE = 30_000;
const PAUSE = 250;

const kept = (ask: (tenant: string) => Promise<Buffer>, now: () => number = Date.now): DataKeys => {
  const known = new Map<string, { readonly key: Promise<Buffer>; readonly until: number }>();
  return {
    get(tenant) {
      const entry = known.get(tenant);
      if (entry && entry.until > now()) return entry.key;
      const key = ask(tenant);
      known.set(tenant, { key, until: now() + KEEP });
      key.catch(() => known.delete(tenant));
      return key;
    },
    forget(tenant) {
      if (tenant === undefined) known.clear();
      else known.delete(tenant);
    },
  };
};

const contextOf = (tenant: string, service: string): string[] => ['xanthus.unwrap.v1', tenant, service];

/** Auth's own: it holds the master key. */
export const localDataKeys = (nc: NatsConnection, o: { service: string; masterKey: Buffer }): DataKeys => {
  checkMasterKey(o.masterKey);
  return kept(tenant => unwrapKey(nc, o.masterKey, tenant, o.service));
};

/** Asks auth over `key.<service>.unwrap`; the answer is sealed to a key that lives in this process only. */
export const remoteDataKeys = (nc: NatsConnection, signer: IdentitySigner, service: string): DataKeys => {
  const receiver = newReceiver();
  const ask = async (tenant: string): Promise<Buffer> => {
    const token = await signer.sign({ sub: `service:${service}`, kind: 'service', tenant, aud: 'auth', seal: receiver.publicKey });
    const h = headers();
    h.set(HEADERS.IDENTITY, token);
    const answer = await nc.request(keySubject(service, 'unwrap'), '{}', { timeout: REQUEST_TIMEOUT, headers: h });
    const body = answer.json<SealedBox | { readonly error: Problem }>();
    if ('error' in body) throw new Refusal(body.error.code, body.error.message, body.error.details, body.error.retryable);
    return open(receiver, contextOf(tenant, service), body);
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
export const serveDataKeys = async (nc: NatsConnection, o: { masterKey: Buffer; verifier: IdentityVerifier; log: Logger }): Promise<{ stop(): Promise<void> }> => {
  checkMasterKey(o.masterKey);
  const answer = async (subject: string, token: string | undefined): Promise<SealedBox> => {
    const service = subject.split('.')[1] ?? '';
    const claims = o.verifier.verify(token ?? '');
    if (claims.kind !== 'service' || claims.sub !== `service:${service}` || claims.seal === undefined) throw new Refusal('DENIED', 'Only the service itself may ask for its keys.');
    return seal(claims.seal, contextOf(claims.tenant, service), await unwrapKey(nc, o.masterKey, claims.tenant, service));
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
