import { JetStreamApiError } from '@nats-io/jetstream';
import { problem, Refused } from '../protocol/problem.js';

const NOT_FOUND = 404;

/** There is no such stream, consumer or message. */
export const isNotFound = (error: unknown): boolean => error instanceof JetStreamApiError && error.status === NOT_FOUND;

/**
 * For what was there a moment ago: NATS that does not answer, or a stream that is gone for now, is no fault of ours and may be tried again.
 * What JetStream refuses for another reason is passed on as it is. @throws
 */
export const orUnavailable = (text: string) => (error: unknown): never => {
  if (error instanceof Refused || (error instanceof JetStreamApiError && !isNotFound(error) && error.status < 500)) throw error;
  throw new Refused(problem('UNAVAILABLE', text));
};
