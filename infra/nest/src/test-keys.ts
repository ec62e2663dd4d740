/** Keys of services for specs. */
import { generateKeyPairSync } from 'node:crypto';
import type { ServiceKey } from './identity-signer.js';
import type { ServiceJwks } from './identity-verifier.js';

export const makeServiceKey = (service: string): ServiceKey => ({ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: `service:${service}` }) as ServiceKey;

export const publicKeysOf = (...keys: readonly ServiceKey[]): ServiceJwks => ({
  keys: keys.map(key => Object.fromEntries(Object.entries(key).filter(([name]) => name !== 'd'))),
});
