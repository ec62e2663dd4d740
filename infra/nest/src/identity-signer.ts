import type { IdentityClaims } from '@xanthus/proto';
import type { JsonWebKey } from 'node:crypto';

/** A private ed25519 JWK whose `kid` is `service:<name>`. */
export type ServiceKey = JsonWebKey & { readonly kid?: string };
export type IdentityRequest = Pick<IdentityClaims, 'sub' | 'kind' | 'tenant' | 'aud'> & Partial<Pick<IdentityClaims, 'sid' | 'act'>>;

/** Signs what a service shows another: EdDSA JWT, ≤ 60 s, reused for 30 s per claims. */
export class IdentitySigner {
  readonly service: string;
  constructor(options: { service: string; key: ServiceKey; now?: () => number }) {
    this.service = options.service;
  }
  /** `aud` is the service that shall accept it. Only `gateway` may sign for a person or credential (verifiers refuse others). */
  async sign(_request: IdentityRequest): Promise<string> {
    throw new Error('being written');
  }
}
