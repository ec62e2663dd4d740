import { INPUT_BYTES } from '@xanthus/proto';
import { refuse } from '../protocol/problem.js';

/** The text that goes to auth before a log-in, when nobody may keep anything here yet. @throws Refused TOO_LARGE */
export const payloadOf = (input: unknown): string => {
  const text = JSON.stringify(input);
  const bytes = Buffer.byteLength(text);
  return bytes > INPUT_BYTES ? refuse('TOO_LARGE', `The input has ${bytes} bytes; at most ${INPUT_BYTES} are read here.`) : text;
};
