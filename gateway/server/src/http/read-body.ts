import type { IncomingMessage } from 'node:http';
import { refuse } from '../protocol/problem.js';
import { tooDeep } from '../protocol/parse-frame.js';

const BODY_LIMIT = 1024 * 1024;

/** The JSON body; `{}` if there is none. @throws Refused UNSUPPORTED_TYPE, TOO_LARGE or BAD_JSON */
export const readBody = async (request: IncomingMessage, depth: number): Promise<unknown> => {
  const body = await readBytes(request, BODY_LIMIT);
  if (body.length === 0) return {};
  requireJson(request);
  const text = body.toString('utf8');
  if (tooDeep(text, depth)) return refuse('TOO_LARGE', `The body is nested deeper than ${depth}.`, { limit: 'json_depth', max: depth });
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return refuse('BAD_JSON', 'The body is not valid JSON.');
  }
};

/** JSON as it came: whoever uses it reads it. @throws Refused UNSUPPORTED_TYPE or TOO_LARGE */
export const readJsonBytes = (request: IncomingMessage, most: number): Promise<Buffer> => {
  requireJson(request);
  return readBytes(request, most);
};

const requireJson = (request: IncomingMessage): void => {
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) refuse('UNSUPPORTED_TYPE');
};

/** The fields of a form, as the provider of a log-out sends one. @throws Refused UNSUPPORTED_TYPE or TOO_LARGE */
export const readForm = async (request: IncomingMessage): Promise<URLSearchParams> => {
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) return refuse('UNSUPPORTED_TYPE', 'Only application/x-www-form-urlencoded is read here.');
  return new URLSearchParams((await readBytes(request, BODY_LIMIT)).toString('utf8'));
};

const tooLarge = (most: number): never => refuse('TOO_LARGE', `A body has at most ${most} bytes here.`, { limit: 'body_bytes', max: most });

const readBytes = async (request: IncomingMessage, most: number): Promise<Buffer> => {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > most) return tooLarge(most);
  const chunks: Buffer[] = [];
  let size = 0;
  // Not destroyed when refused half-way: the client shall be able to read why.
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > most) return tooLarge(most);
      chunks.push(chunk);
    }
  } catch (error) {
    // Nobody is there to be told; it is no fault of ours.
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return refuse('BAD_FRAME', 'The body did not arrive.');
    throw error;
  }
  return Buffer.concat(chunks);
};
