/** The HTTP API, used for what comes before the socket: set-up, log-in, refresh, log-out. Answers are in the envelope. */
import { ApiError } from './problem.js';

interface Envelope { readonly status?: unknown; readonly data?: unknown; readonly code?: unknown; readonly message?: unknown; readonly correlation_id?: unknown; readonly details?: unknown }

const RETRYABLE = new Set([429, 502, 503, 504]);

/** The server's clock minus ours, ms: a person's clock may be minutes off. */
let ahead = 0;
export const serverAhead = (): number => ahead;

type Guard = (method: string, path: string) => ApiError | undefined;
const guards = new Set<Guard>();
/** Whoever returns an error refuses the request before it is sent. @returns the way to stop */
export const guardRequests = (guard: Guard): (() => void) => {
  guards.add(guard);
  return () => void guards.delete(guard);
};

/** @throws ApiError `OFFLINE` when no answer came. */
const send = async (method: 'GET' | 'POST' | 'DELETE', path: string, body: unknown, signal?: AbortSignal): Promise<Response> => {
  for (const guard of guards) {
    const refused = guard(method, path);
    if (refused) throw refused;
  }
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: body === undefined ? { accept: 'application/json' } : { accept: 'application/json', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch {
    throw new ApiError('OFFLINE', 'Xanthus cannot be reached.', 0, true);
  }
  const date = Date.parse(response.headers.get('date') ?? '');
  if (Number.isFinite(date)) ahead = date - Date.now();
  return response;
};

/** @throws ApiError a refusal; `OFFLINE` when no answer came. */
export const request = async <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown, signal?: AbortSignal): Promise<T> => {
  const response = await send(method, path, body, signal);
  return opened<T>(response, await response.json().catch(() => ({})) as Envelope);
};

/** What is in the envelope. @throws ApiError a refusal */
const opened = <T>(response: Response, answer: Envelope): T => {
  if (response.ok && answer.status === 'success') return answer.data as T;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  throw new ApiError(
    text(answer.code) ?? (RETRYABLE.has(response.status) ? 'UNAVAILABLE' : 'INTERNAL'), text(answer.message) ?? `Xanthus answered ${response.status}.`,
    response.status, RETRYABLE.has(response.status), text(answer.correlation_id) ?? response.headers.get('xanthus-correlation') ?? undefined, answer.details,
  );
};

/**
 * An answer that comes in lines of JSON, each told as it comes; the last is the envelope of the whole.
 * @throws ApiError a refusal; `OFFLINE` when no answer came or it broke off
 */
export const requestLines = async <T>(path: string, body: unknown, onLine: (line: unknown) => void): Promise<T> => {
  const response = await send('POST', path, body);
  let last: Envelope = {};
  try {
    for await (const line of linesOf(response)) {
      const read = JSON.parse(line) as Envelope;
      if (read.status === undefined) onLine(read);
      else last = read;
    }
  } catch {
    throw new ApiError('OFFLINE', 'The connection broke off.', 0, true);
  }
  if (response.ok && last.status === undefined) throw new ApiError('OFFLINE', 'The connection broke off.', 0, true);
  return opened<T>(response, last);
};

/** An answer that is a file. @throws ApiError a refusal; `OFFLINE` when no answer came or it broke off */
export const requestFile = async (path: string): Promise<Blob> => {
  const response = await send('POST', path, {});
  if (!response.ok) return opened<Blob>(response, await response.json().catch(() => ({})) as Envelope);
  return response.blob().catch(() => { throw new ApiError('OFFLINE', 'The connection broke off.', 0, true); });
};

async function* linesOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    const lines = (rest + part.value).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter(l => l.trim());
  }
  if (rest.trim()) yield rest;
}

/** An answer that is a file, piece by piece as it comes. `leftOut`: what of it one may not see. @throws ApiError a refusal; `OFFLINE` when no answer came or it broke off */
export const requestStream = async (path: string, signal: AbortSignal): Promise<{ readonly pieces: AsyncGenerator<string>; readonly leftOut: string }> => {
  const response = await send('GET', path, undefined, signal);
  if (!response.ok) opened<never>(response, await response.json().catch(() => ({})) as Envelope);
  return { pieces: textOf(response), leftOut: response.headers.get('xanthus-left-out') ?? '' };
};

async function* textOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) yield part.value;
  } catch {
    throw new ApiError('OFFLINE', 'The connection broke off.', 0, true);
  }
}
