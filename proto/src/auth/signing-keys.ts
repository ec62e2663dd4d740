/** Keys of access tokens. */
import { z } from 'zod';
import { defineView } from '../contract.js';
import { eventOf } from './common.js';

/** Key `xanthus.jwks.<kid>`: public keys of access tokens. */
export const jwksView = defineView({
  service: 'auth', view: 'jwks', schema: 1, summary: 'Public keys that verify access tokens.',
  data: z.object({ kid: z.string(), kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), created_at: z.iso.datetime() }),
  example: { kid: '01jd3x8e2v5y9w4z7q6r1s0tjk', kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', created_at: '2026-11-21T08:00:00.000Z' },
});

const key = eventOf('signing-key');
export const signingKeyEvents = {
  SigningKeyMade: key('SigningKeyMade', 'A key for access tokens was made; its private half lies in the vault.', z.object({ kid: z.string(), x: z.string(), secret: z.string() }), { kid: '01jd3x8e2v5y9w4z7q6r1s0tjk', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', secret: 'signing-key-01jd3x8e2v5y9w4z7q6r1s0tjk' }),
  SigningKeyRetired: key('SigningKeyRetired', 'Every token that the key signed has expired; its private half was destroyed.', z.object({}), {}),
} as const;
