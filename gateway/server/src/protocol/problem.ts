import { ERROR_CODES, type GatewayCode, type Problem } from '@xanthus/proto';

/** A refusal of the gateway itself, with the meaning of its code as text unless something better can be said. */
export const problem = (code: GatewayCode, message?: string, details?: unknown): Problem => ({
  code, message: message ?? ERROR_CODES[code].meaning, retryable: ERROR_CODES[code].retryable, ...(details === undefined ? {} : { details }),
});

/** Thrown where a refusal has to cross a few functions; the door turns it into an `error` frame or an HTTP answer. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

export const refuse = (code: GatewayCode, message?: string, details?: unknown): never => {
  throw new Refused(problem(code, message, details));
};

/** What a failure is to the outside: refusals as they are, anything else `INTERNAL` without its text. */
export const problemOf = (error: unknown): Problem => (error instanceof Refused ? error.problem : problem('INTERNAL'));
