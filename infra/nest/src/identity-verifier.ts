import type { IdentityClaims } from '@xanthus/proto';
import type { JsonWebKey } from 'node:crypto';

export interface ServiceJwks { readonly keys: readonly (JsonWebKey & { readonly kid?: string })[] }

/** The token is not one that this service accepts. The text is for the log, never for the caller. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
}

/** Checks `Xanthus-Identity`: signature, `kid` = `iss`, `aud` = this service, time, and who may sign for whom. */
export class IdentityVerifier {
  constructor(_options: { service: string; jwks: ServiceJwks; now?: () => number }) {}
  /** @throws IdentityError */
  verify(_token: string): IdentityClaims {
    throw new IdentityError('being written');
  }
}
