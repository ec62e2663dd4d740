import type { IncomingMessage } from 'node:http';
import { refuse } from '../protocol/problem.js';
import { tooDeep } from '../protocol/parse-frame.js';

export const BODY_LIMIT = 1024 * 1024;

/** The JSON body; `{}` if there is none. @throws Refused UNSUPPORTED_TYPE, TOO_LARGE or BAD_JSON */
export const readBody = async (request: IncomingMessage, depth: number): Promise<unknown> => {
  const type = request.headers['content-type'];
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > BODY_LIMIT) return refuse('TOO_LARGE', `A body has at most ${BODY_LIMIT} bytes.`);
  const chunks: Buffer[] = [];
  let size = 0;
  // Not destroyed when refused half-way: the client shall be able to read why.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return refuse('TOO_LARGE', `A body has at most ${BODY_LIMIT} bytes.`);
    chunks.push(chunk);
  }
  if (size === 0) return {};
  if (type === undefined || !/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) return refuse('UNSUPPORTED_TYPE');
  const text = Buffer.concat(chunks).toString('utf8');
  if (tooDeep(text, depth)) return refuse('TOO_LARGE', `The body is nested deeper than ${depth}.`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return refuse('BAD_JSON', 'The body is not valid JSON.');
  }
};
