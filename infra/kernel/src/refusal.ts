import type { Problem } from '@xanthus/proto';

/** A rule of the domain says no. `code` is `AREA.REASON`; doors pass it on unchanged. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(readonly code: string, message: string, readonly details?: unknown, readonly retryable = false) {
    super(message);
  }
  toProblem(): Problem {
    return { code: this.code, message: this.message, retryable: this.retryable, ...(this.details === undefined ? {} : { details: this.details }) };
  }
}

/** Another writer was first. `current` is the sequence of the aggregate's last event; without it the other's write is in flight, and may come to nothing. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
  constructor(readonly subject: string, readonly expected: number, readonly current?: number) {
    super(`${subject}: expected last sequence ${expected}${current === undefined ? '' : `, found ${current}`}`);
  }
}

/** The store did not say whether it stored: the caller looks for its command id before it tries again. */
export class UncertainError extends Error {
  override readonly name = 'UncertainError';
}
