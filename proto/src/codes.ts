/** Error codes of the gateway protocol. A service's own codes have the form `AREA.REASON` and pass unchanged. */
export const ERROR_CODES = {
  BAD_JSON: { meaning: 'The frame is not valid JSON.', retryable: false, http: 400 },
  BAD_FRAME: { meaning: 'The frame lacks a field or a field has the wrong form.', retryable: false, http: 400 },
  INVALID: { meaning: 'The input does not fit the contract; details name the paths.', retryable: false, http: 422 },
  UNKNOWN_OP: { meaning: 'This operation does not exist.', retryable: false, http: 404 },
  UNSUPPORTED_VERSION: { meaning: 'This version of the protocol is not spoken here.', retryable: false, http: 400 },
  UNSUPPORTED_TYPE: { meaning: 'Only application/json is read here.', retryable: false, http: 415 },
  TOO_LARGE: { meaning: 'The frame, body or its nesting is over the limit.', retryable: false, http: 413 },
  DENIED: { meaning: 'No right to do this; an administrator can explain why.', retryable: false, http: 403 },
  REVOKED: { meaning: 'The right to this was withdrawn.', retryable: false, http: 403 },
  NOT_FOUND: { meaning: 'No such thing, or none that you may know of.', retryable: false, http: 404 },
  ALREADY_SUBSCRIBED: { meaning: 'This connection has that subscription already.', retryable: false, http: 409 },
  TOO_MANY_SUBSCRIPTIONS: { meaning: 'This connection may have no more subscriptions.', retryable: false, http: 429 },
  TAKEN_OVER: { meaning: 'Another connection of yours has this now; the latest wins.', retryable: false, http: 409 },
  RATE_LIMITED: { meaning: 'Too many requests; slow down.', retryable: true, http: 429 },
  NO_RESPONDERS: { meaning: 'No service answers to this subject now.', retryable: true, http: 503 },
  TIMEOUT: { meaning: 'The service did not answer within its deadline; the command may still take effect. Sent again with the same idempotency key it takes effect once.', retryable: true, http: 504 },
  SLOW_CONSUMER: { meaning: 'The client did not keep up; reconnect and resume.', retryable: true, http: 503 },
  AUTH_REQUIRED: { meaning: 'Log in first.', retryable: false, http: 401 },
  'AUTH.PROOF_NEEDED': { meaning: 'Prove again who you are (session.prove), then send this again.', retryable: true, http: 403 },
  AUTH_EXPIRED: { meaning: 'The access token has expired; get a fresh one.', retryable: true, http: 401 },
  DRAINING: { meaning: 'This gateway is going away; reconnect.', retryable: true, http: 503 },
  UNAVAILABLE: { meaning: 'Rights or NATS cannot be reached now; try again.', retryable: true, http: 503 },
  INTERNAL: { meaning: 'A fault of ours; the correlation id finds it in the log.', retryable: true, http: 500 },
} as const satisfies Record<string, { meaning: string; retryable: boolean; http: number }>;

export type GatewayCode = keyof typeof ERROR_CODES;

/**
 * Close codes. They decide by range, so that an old client handles a new code:
 * 4000–4499 reconnect and resume, 4500–4999 do not reconnect.
 */
export const CLOSE_CODES = {
  GOING_AWAY: 4000,
  SLOW_CONSUMER: 4008,
  DRAINING: 4009,
  UNAVAILABLE: 4010,
  BAD_PROTOCOL: 4500,
  AUTH_REQUIRED: 4501,
  REVOKED: 4503,
  TOO_MANY_ERRORS: 4509,
} as const;

/** May a client that was closed with this code come back by itself? Ordinary WebSocket codes (1000–1015) may. */
export const mayReconnect = (code: number): boolean => code < 4500;

/** The body of every refusal, on the WebSocket, over NATS and (within the envelope) over HTTP. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly details?: unknown;
}
