import { z } from 'zod';

/**
 * NATS headers between gateway and services. Only `IDENTITY` carries authority (a signed token, checked against the keys of
 * the services); the others are hints for tracing and retries and are never believed as rights.
 */
export const HEADERS = {
  IDENTITY: 'Xanthus-Identity',
  CORRELATION: 'Xanthus-Correlation',
  IDEMPOTENCY: 'Xanthus-Idempotency-Key',
  TRACEPARENT: 'traceparent',
  /** Sequence of the last event of the thing as the sender knows it: a command on something that was changed since is refused, COMMAND.CHANGED. */
  EXPECTED: 'Xanthus-Expected-Sequence',
  ERROR: 'Xanthus-Error',
  /** Proves to the terminals service which viewer a frame is from. */
  ATTACHMENT: 'Xanthus-Attachment',
  /** Written by nats-server on an import with `share`; a client cannot forge it across accounts. Exact case. */
  REQUEST_INFO: 'Nats-Request-Info',
} as const;

/**
 * The signed identity that one service shows another (a JWT, EdDSA, `kid` = `service:<issuer>`). The gateway signs for
 * persons; any service signs for itself, with `act` naming the person whose command caused it (for the audit only).
 */
export const identityClaims = z.object({
  /** `service:gateway`, `service:vps` … — must fit the key that signed. */
  iss: z.string().regex(/^service:[a-z-]+$/),
  /** A person's or credential's id, or `service:<name>`. */
  sub: z.string(),
  kind: z.enum(['person', 'credential', 'service']),
  tenant: z.string(),
  sid: z.string().optional(),
  /** The one service that may accept it. */
  aud: z.string(),
  act: z.object({ kind: z.enum(['person', 'credential']), id: z.string() }).optional(),
  /** X25519 public key (base64url) that the answer is to be sealed to: data keys and secrets that are handed over. */
  seal: z.string().regex(/^[A-Za-z0-9_-]{43}$/).optional(),
  /** Of a person: until when (seconds since 1970) what asks for a fresh proof is allowed. */
  proved_until: z.int().optional(),
  exp: z.int(),
  iat: z.int(),
});
export type IdentityClaims = z.infer<typeof identityClaims>;

/** The longest life of a service-to-service identity, seconds. */
export const IDENTITY_TTL = 60;
/** The life of a person's access token, seconds. */
export const ACCESS_TOKEN_TTL = 600;

/** Claims of the access token that a browser or API client holds (EdDSA, keys in the view `jwks`). */
export const accessClaims = z.object({
  iss: z.literal('xanthus'),
  aud: z.literal('xanthus'),
  sub: z.string(),
  sid: z.string(),
  tenant: z.string(),
  /** What the person is called. */
  name: z.string().optional(),
  /** As in the identity claims: what was known when the token was made; the session may have been proved again since. */
  proved_until: z.int().optional(),
  exp: z.int(),
  iat: z.int(),
});
export type AccessClaims = z.infer<typeof accessClaims>;
