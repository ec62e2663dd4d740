import { IDENTITY_TTL, type IdentityClaims } from '@xanthus/proto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { importPrivateKey, signJwt } from './jwt.js';

/** A private ed25519 JWK; its `kid`, where it has one, is `service:<name>`. */
export type ServiceKey = JsonWebKey & { readonly kid?: string };
export type IdentityRequest = Pick<IdentityClaims, 'sub' | 'kind' | 'tenant' | 'aud'> & Partial<Pick<IdentityClaims, 'sid' | 'act' | 'seal' | 'proved_until'>>;

/** Seconds for which a signed token is used again. */
const REUSE = 30;
const CACHE_LIMIT = 10_000;

/** Signs what a service shows another: EdDSA JWT, 60 s, reused for 30 s per claims. */
export class IdentitySigner {
  readonly service: string;
  private readonly key: KeyObject;
  private readonly issuer: string;
  private readonly now: () => number;
  private readonly cache = new Map<string, { readonly token: string; readonly until: number }>();

  /** @throws TypeError if the key is not ed25519 or belongs to another service. */
  constructor(options: { service: string; key: ServiceKey; now?: () => number }) {
    this.service = options.service;
    this.issuer = `service:${options.service}`;
    if (options.key.kid !== undefined && options.key.kid !== this.issuer) throw new TypeError(`this key belongs to ${options.key.kid}, not to ${this.issuer}`);
    this.key = importPrivateKey(options.key);
    this.now = options.now ?? Date.now;
  }

  /** `aud` is the service that shall accept it. Only `gateway` may sign for a person or credential (verifiers refuse others). */
  async sign(request: IdentityRequest): Promise<string> {
    const seconds = Math.floor(this.now() / 1_000);
    const { kind, sub, tenant, sid = '', aud, act, seal = '', proved_until = 0 } = request;
    const cacheKey = `${kind}\0${sub}\0${tenant}\0${sid}\0${aud}\0${act?.kind ?? ''}\0${act?.id ?? ''}\0${seal}\0${proved_until}`;
    const cached = this.cache.get(cacheKey);
    if (cached !== undefined && cached.until > seconds) return cached.token;
    const claims: IdentityClaims = {
      iss: this.issuer, sub: request.sub, kind: request.kind, tenant: request.tenant, aud: request.aud, iat: seconds, exp: seconds + IDENTITY_TTL,
      ...(request.sid === undefined ? {} : { sid: request.sid }),
      ...(request.act === undefined ? {} : { act: request.act }),
      ...(request.seal === undefined ? {} : { seal: request.seal }),
      ...(request.proved_until === undefined ? {} : { proved_until: request.proved_until }),
    };
    const token = signJwt(this.key, this.issuer, claims);
    if (this.cache.size >= CACHE_LIMIT) this.cache.clear();
    this.cache.set(cacheKey, { token, until: seconds + REUSE });
    return token;
  }
}
