/** The keys that blocks are signed by. `key_id` names the key itself, so that one that replaces it is another. Pure. */
import { createPrivateKey, createPublicKey, hash, type JsonWebKey, type KeyObject } from 'node:crypto';

export type PublicJwk = JsonWebKey & { readonly kid?: string };
const OWNER = 'service:audit';

/** `service:audit#` and the thumbprint of the public key (RFC 7638). */
export const auditKeyId = ({ crv, kty, x }: PublicJwk): string => `${OWNER}#${hash('sha256', JSON.stringify({ crv, kty, x }), 'base64url')}`;

/** Those of audit, by `key_id`: the one in use (`kid` `service:audit`) and those before it (`service:audit#…`). */
export const auditKeys = (keys: readonly PublicJwk[]): ReadonlyMap<string, KeyObject> => new Map(keysOfAudit(keys).map(({ kty, crv, x }) => [auditKeyId({ kty, crv, x }), createPublicKey({ key: { kty, crv, x } as JsonWebKey, format: 'jwk' })]));

/** The public halves only. */
export const keysOfAudit = (keys: readonly PublicJwk[]): PublicJwk[] =>
  keys.filter(k => k.kty === 'OKP' && k.crv === 'Ed25519' && typeof k.x === 'string' && (k.kid === OWNER || k.kid?.startsWith(`${OWNER}#`) === true)).map(({ kty, crv, x, kid }) => ({ kty, crv, x, kid }) as PublicJwk);

export interface AuditSigner { readonly key: KeyObject; readonly key_id: string }
export const auditSigner = (jwk: JsonWebKey): AuditSigner => ({ key: createPrivateKey({ key: jwk, format: 'jwk' }), key_id: auditKeyId(jwk) });
