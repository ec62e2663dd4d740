/** An installation without the auth service: one event whose projection is the keys, the session and the rights that the gateway asks for. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import { JetStreamEventStore, startProjector, type Logger, type Projector } from '@xanthus/jetstream';
import { newId, type Change, type Projection } from '@xanthus/kernel';
import { INSTALLATION, viewKey } from '@xanthus/proto';

const TENANT = 'acme';
const KID = 'bench';
const YEAR = 365 * 24 * 3_600;

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (key: KeyObject, claims: object): string => {
  const text = `${base64url({ alg: 'EdDSA', kid: KID, typ: 'JWT' })}.${base64url(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
};

const seeded: Projection = {
  name: 'seeded', version: 1, schema: 1,
  project: event => Object.entries(event.data as Record<string, unknown>).map(([key, value]): Change => ({ key, value })),
};

/** @returns an access token of a person who may do everything in the tenant, and the projector whose signs of life keep the rights current. */
export const seedAuth = async (nc: NatsConnection, log: Logger): Promise<{ token: string; projector: Projector }> => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { kty, crv, x } = publicKey.export({ format: 'jwk' });
  const [person, session] = [newId(), newId()];
  const now = new Date();
  const iat = Math.floor(now.getTime() / 1_000);
  const at = now.toISOString();
  const expires = new Date(now.getTime() + YEAR * 1_000).toISOString();
  const values = {
    [viewKey(INSTALLATION, 'jwks', KID)]: { kid: KID, kty, crv, x, alg: 'EdDSA', created_at: at },
    [viewKey(INSTALLATION, 'sessions', person, session)]: { id: session, person, tenant: TENANT, device: 'bench', opened_at: at, refreshed_at: at, expires_at: expires },
    [viewKey(TENANT, 'tenants', TENANT)]: { slug: TENANT, name: 'Acme', created_at: at },
    [viewKey(TENANT, 'capabilities', person)]: {
      principal: { kind: 'person', id: person, role: 'owner' }, subjects: [`sig.${TENANT}.>`], buckets: { vps: [`${TENANT}.>`] }, commands: [`cmd.${TENANT}.>`, `qry.${TENANT}.>`], streams: { VPS: [`evt.${TENANT}.>`] },
    },
  };
  const id = newId();
  await new JetStreamEventStore(nc, 'auth').append(
    { tenant: TENANT, service: 'auth', aggregate: 'bench', id }, [{ event: { type: 'Seeded', data: values }, schema: 1 }], 0,
    { tenant: TENANT, id, actor: { kind: 'system', id: 'bench' }, now: at, command_id: id, correlation_id: id },
  );
  const projector = await startProjector(nc, { service: 'auth', projections: [seeded], log });
  await projector.ready;
  return { token: jwt(privateKey, { iss: 'xanthus', aud: 'xanthus', sub: person, sid: session, tenant: TENANT, iat, exp: iat + YEAR }), projector };
};
