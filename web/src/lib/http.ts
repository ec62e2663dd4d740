/** The HTTP API, used for what comes before the socket: set-up, log-in, refresh, log-out. Answers are in the envelope. */
import { ApiError } from './problem.js';

interface Envelope { readonly status?: unknown; readonly data?: unknown; readonly code?: unknown; readonly message?: unknown; readonly correlation_id?: unknown; readonly details?: unknown }

const RETRYABLE = new Set([429, 502, 503, 504]);

/** The server's clock minus ours, ms: a person's clock may be minutes off. */
let ahead = 0;
export const serverAhead = (): number => ahead;

/** @throws ApiError a refusal; `OFFLINE` when no answer came. */
export const request = async <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown, signal?: AbortSignal): Promise<T> => {
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
  const answer: Envelope = await response.json().catch(() => ({})) as Envelope;
  if (response.ok && answer.status === 'success') return answer.data as T;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  throw new ApiError(
    text(answer.code) ?? (RETRYABLE.has(response.status) ? 'UNAVAILABLE' : 'INTERNAL'), text(answer.message) ?? `Xanthus answered ${response.status}.`,
    response.status, RETRYABLE.has(response.status), text(answer.correlation_id) ?? response.headers.get('xanthus-correlation') ?? undefined, answer.details,
  );
};
