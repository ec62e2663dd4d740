import { IDENTITY_TTL, identityClaims, type IdentityClaims } from '@xanthus/proto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { decodeJwt, importPublicKey, signatureFits } from './jwt.js';

export interface ServiceJwks { readonly keys: readonly (JsonWebKey & { readonly kid?: string })[] }

/** The token is not one that this service accepts. The text is for the log, never for the caller. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  constructor(message: string, readonly expired = false) {
    super(message);
  }
}

/** Seconds that clocks of two machines may differ. */
const SKEW = 5;
const CACHE_LIMIT = 10_000;
const MAX_LENGTH = 4_096;
/** The only issuer that may speak for somebody else than itself. */
const SPEAKS_FOR_PERSONS = 'service:gateway';

/** Checks `Xanthus-Identity`: signature, `kid` = `iss`, `aud` = this service, time, and who may sign for whom. */
export class IdentityVerifier {
  private readonly service: string;
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly now: () => number;
  private readonly cache = new Map<string, IdentityClaims>();

  constructor(options: { service: string; jwks: ServiceJwks; now?: () => number }) {
    this.service = options.service;
    this.now = options.now ?? Date.now;
    const keys = new Map<string, KeyObject>();
    for (const jwk of options.jwks.keys) {
      if (typeof jwk.kid !== 'string') throw new TypeError('a key of the services has no kid');
      if (keys.has(jwk.kid)) throw new TypeError(`two keys of the services have the kid ${jwk.kid}`);
      keys.set(jwk.kid, importPublicKey(jwk));
    }
    this.keys = keys;
  }

  /** Kept until it expires. @throws IdentityError */
  verify(token: string): IdentityClaims {
    const seconds = this.now() / 1_000;
    const known = this.cache.get(token);
    const claims = known ?? this.check(token, seconds);
    if (claims.exp <= seconds) {
      this.cache.delete(token);
      throw new IdentityError('expired', true);
    }
    if (known === undefined) {
      if (this.cache.size >= CACHE_LIMIT) this.cache.clear();
      this.cache.set(token, claims);
    }
    return claims;
  }

  private check(token: string, seconds: number): IdentityClaims {
    const jwt = token.length > MAX_LENGTH ? undefined : decodeJwt(token);
    if (jwt === undefined) throw new IdentityError('not a token');
    if (jwt.header.alg !== 'EdDSA') throw new IdentityError('another algorithm than EdDSA');
    if (jwt.header['crit'] !== undefined) throw new IdentityError('a critical header');
    const kid = jwt.header.kid;
    const key = typeof kid === 'string' ? this.keys.get(kid) : undefined;
    if (key === undefined) throw new IdentityError('an unknown key');
    if (!signatureFits(jwt, key)) throw new IdentityError('a signature that does not fit');
    const parsed = identityClaims.safeParse(jwt.payload);
    if (!parsed.success) throw new IdentityError('claims that do not fit');
    const claims = parsed.data;
    if (claims.iss !== kid) throw new IdentityError(`signed by ${String(kid)}, says it is ${claims.iss}`);
    if (claims.aud !== this.service) throw new IdentityError(`meant for ${claims.aud}`);
    if (claims.iat > seconds + SKEW) throw new IdentityError('from the future');
    if (claims.exp - claims.iat > IDENTITY_TTL) throw new IdentityError('lives too long');
    this.checkSubject(claims);
    return claims;
  }

  private checkSubject(claims: IdentityClaims): void {
    if (claims.kind === 'service') {
      if (claims.sub !== claims.iss) throw new IdentityError(`${claims.iss} says it is ${claims.sub}`);
      return;
    }
    if (claims.iss !== SPEAKS_FOR_PERSONS) throw new IdentityError(`${claims.iss} speaks for a ${claims.kind}`);
    if (claims.sub.includes(':')) throw new IdentityError(`${claims.sub} is no ${claims.kind}`);
  }
}
