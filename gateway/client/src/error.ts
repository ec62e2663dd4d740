import type { Problem } from '@xanthus/proto';

/**
 * Every failure of the SDK. `code` is a gateway code (`DENIED`, `TIMEOUT`, …) or a service's own `AREA.REASON`;
 * `retryable` says whether the same call may succeed later without a change.
 */
export class XanthusError extends Error implements Problem {
  override readonly name = 'XanthusError';
  readonly code: string;
  readonly retryable: boolean;
  readonly details?: unknown;

  constructor(problem: Problem) {
    super(problem.message);
    this.code = problem.code;
    this.retryable = problem.retryable;
    if (problem.details !== undefined) this.details = problem.details;
  }
}

export const failure = (code: string, message: string, retryable: boolean, details?: unknown): XanthusError =>
  new XanthusError({ code, message, retryable, ...(details === undefined ? {} : { details }) });

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** An `error` frame's data as an error; a malformed one is INTERNAL, never a crash. */
export const asError = (data: unknown): XanthusError =>
  isRecord(data) && typeof data['code'] === 'string'
    ? failure(data['code'], typeof data['message'] === 'string' ? data['message'] : data['code'], data['retryable'] === true, data['details'])
    : failure('INTERNAL', 'The gateway sent an error without a code.', true);

/** What a token function threw, whatever its class: `retryable: false` and `AUTH_REQUIRED` are final, anything else is tried again. */
export const asTokenError = (error: unknown): XanthusError => {
  if (error instanceof XanthusError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const { code, retryable, details }: Record<string, unknown> = isRecord(error) ? error : {};
  if (retryable !== false && code !== 'AUTH_REQUIRED') return failure('UNAVAILABLE', `no access token: ${message}`, true);
  return failure(typeof code === 'string' ? code : 'AUTH_REQUIRED', message, false, details);
};
