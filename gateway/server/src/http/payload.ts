import { MAX_INPUT } from '@xanthus/nest';
import { refuse } from '../protocol/problem.js';

/** The text that goes to a service. Refused here if it is too long for one: beyond what NATS carries, only a fault would be left to tell. @throws Refused TOO_LARGE */
export const payloadOf = (input: unknown): string => {
  const text = JSON.stringify(input);
  const bytes = Buffer.byteLength(text);
  return bytes > MAX_INPUT ? refuse('TOO_LARGE', `The input has ${bytes} bytes; at most ${MAX_INPUT} are read.`) : text;
};
