import { ConflictError, Refusal, UncertainError } from '@xanthus/kernel';
import { ERROR_CODES, type GatewayCode, type Problem } from '@xanthus/proto';
import { IdentityError } from './identity-verifier.js';
import type { Logger } from './logger.js';

/** A refusal with a code of the protocol and its standard text. */
export const refuse = (code: GatewayCode, message: string = ERROR_CODES[code].meaning, details?: unknown): Refusal => new Refusal(code, message, details, ERROR_CODES[code].retryable);

const DISCONNECTED = new Set(['ClosedConnectionError', 'DrainingConnectionError', 'ConnectionError', 'NoRespondersError']);

/** What the caller is told. Anything unexpected is `INTERNAL`, with nothing but the id under which the log has the rest. */
export const toProblem = (error: unknown, correlation_id: string, log: Logger): Problem => {
  if (error instanceof Refusal) return error.toProblem();
  if (error instanceof IdentityError) {
    log.warn({ correlation_id, reason: error.message }, 'identity refused');
    return (error.expired ? refuse('AUTH_EXPIRED') : refuse('DENIED')).toProblem();
  }
  const known = expected(error);
  if (known !== undefined) {
    log.warn({ correlation_id, err: error }, 'not answered now');
    return refuse(known).toProblem();
  }
  log.error({ correlation_id, err: error }, 'unexpected error at a door');
  return refuse('INTERNAL', undefined, { correlation_id }).toProblem();
};

const expected = (error: unknown): GatewayCode | undefined => {
  if (error instanceof ConflictError) return 'UNAVAILABLE';
  if (error instanceof UncertainError) return 'TIMEOUT';
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'TimeoutError') return 'TIMEOUT';
  if (DISCONNECTED.has(error.name)) return 'UNAVAILABLE';
  return undefined;
};
