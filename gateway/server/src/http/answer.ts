import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ERROR_CODES, type Problem } from '@xanthus/proto';

export type Handler = (request: HttpRequest) => Promise<HttpAnswer> | HttpAnswer;

export interface HttpRequest {
  readonly raw: IncomingMessage;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Values of `:name` in the route. */
  readonly params: Readonly<Record<string, string>>;
  readonly correlation_id: string;
  /** Parsed JSON; `{}` without a body. */
  body(): Promise<unknown>;
}

export interface HttpAnswer {
  readonly status: number;
  /** JSON within the envelope, or text as it is. */
  readonly data?: unknown;
  readonly raw?: { readonly type: string; readonly text: string };
  /** An answer of unknown length; with a name, a download. When it throws, the connection is cut, so that nobody takes a part for the whole. */
  readonly stream?: { readonly type: string; readonly name?: string; readonly chunks: AsyncIterable<string | Uint8Array> };
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

export const ok = (data: unknown, headers?: HttpAnswer['headers']): HttpAnswer => ({ status: 200, data, ...(headers === undefined ? {} : { headers }) });
export const plain = (status: number, value: unknown): HttpAnswer => ({ status, raw: { type: 'application/json; charset=utf-8', text: JSON.stringify(value) } });
export const text = (type: string, body: string): HttpAnswer => ({ status: 200, raw: { type, text: body } });

/** Codes of services whose status does not follow from their form. */
const STATUS: Readonly<Record<string, number>> = {
  'LOGIN.REFUSED': 401, 'LOGIN.NOT_A_MEMBER': 403, 'SETUP.LINK_INVALID': 403, 'SETUP.LINK_EXPIRED': 410, 'SETUP.ALREADY_DONE': 409,
  'LOGIN.TENANT_BOUND': 403, 'IDENTITY.TAKEN': 409, 'IDENTITY.LAST': 409,
  'LOGIN.SECOND_FACTOR_NEEDED': 401, 'LOGIN.WRONG_CODE': 401, 'PASSWORD.WRONG': 403, 'PROOF.REFUSED': 403, 'PROOF.CODE_NEEDED': 403, 'PROOF.NOT_POSSIBLE': 403,
  'RESET.LINK_INVALID': 403, 'RESET.LINK_EXPIRED': 410, 'RESET.ROLE_TOO_HIGH': 403, 'RESET.OTHER_TENANTS': 403,
  'ROLE.TOO_HIGH': 403, 'ROLE.BUILT_IN': 409, 'MEMBER.CHANGED': 409, 'TENANT.NOT_HERE': 403, 'TENANT.HAS_OWNER': 409,
  'INVITATION.INVALID': 410, 'INVITATION.EXPIRED': 410, 'INVITATION.OVER': 409, 'INVITATION.OTHER_ADDRESS': 403,
  'TENANT.OWNER_ONLY': 403, 'TENANT.NOT_FORGOTTEN': 404, 'SECRET.NOT_FOR_YOU': 403, 'SECRET.SAME_VALUE': 409, 'KEY.DESTROYED': 410,
  'PASSWORD.TOO_WEAK': 422, 'SERVER.HOST_KEY_UNCONFIRMED': 409, 'SERVER.HOST_KEY_CHANGED': 409, 'SERVER.TIMEOUT': 504,
  'PAST.NOT_READY': 503, 'FORWARD.OVER': 410, 'FORWARD.NOT_SHARED': 403, 'FORWARD.NOT_YOURS': 403, 'FORWARD.ENTRY_USED': 409,
  'FILES.FORBIDDEN': 403, 'FILES.NOT_ALLOWED': 403, 'FILES.CHANGED': 409, 'FILES.TOKEN_INVALID': 410, 'FILES.NO_SPACE': 507, 'FILES.NOT_EMPTY': 409, 'FILES.INCOMPLETE': 409, 'FILES.OUT_OF_ORDER': 409, 'FILES.TOO_LARGE': 413, 'FILES.TOO_MANY': 422,
  'COMMAND.CHANGED': 409, 'FILES.CHECKING': 503, 'FILES.NOT_FINISHED': 503,
};

/** HTTP status of a code: the gateway's own from `proto`, a service's `AREA.REASON` from its reason. */
export const statusOf = (code: string): number => {
  if (Object.hasOwn(ERROR_CODES, code)) return ERROR_CODES[code as keyof typeof ERROR_CODES].http;
  const known = STATUS[code];
  if (known !== undefined) return known;
  const [area = '', reason = ''] = code.split('.');
  if (reason === 'TOO_MANY') return 429;
  if (area === 'SESSION' && reason !== 'NOT_FOUND') return 401;
  if (reason === 'NOT_FOUND') return 404;
  if (/(?:_TAKEN|EXISTS|IN_USE|NOT_BLOCKED|MISMATCH|LAST_OWNER|CONFLICT)$/.test(reason)) return 409;
  return reason === 'UNAVAILABLE' ? 503 : 422;
};

export const write = (response: ServerResponse, answer: HttpAnswer, correlation_id: string): Promise<void> | void => {
  if (answer.stream !== undefined) return download(response, answer.status, answer.stream, { 'xanthus-correlation': correlation_id, ...answer.headers });
  const body = answer.raw?.text ?? JSON.stringify({ status: 'success', data: answer.data ?? null });
  send(response, answer.status, answer.raw?.type ?? 'application/json; charset=utf-8', body, { 'xanthus-correlation': correlation_id, ...answer.headers });
};

export const writeProblem = (response: ServerResponse, problem: Problem, correlation_id: string): void => {
  const status = statusOf(problem.code);
  const { code, message, details, retryable } = problem;
  const body = JSON.stringify({ status: 'error', code, message, retryable, correlation_id, ...(details === undefined ? {} : { details }) });
  send(response, status, 'application/json; charset=utf-8', body, { 'xanthus-correlation': correlation_id, ...(status === 429 || status === 503 ? { 'retry-after': String(retryAfter(details)) } : {}) });
};

/** Seconds; of a back-off those that the service said. */
const retryAfter = (details: unknown): number => {
  const ms = (details as { readonly retry_after_ms?: unknown } | null | undefined)?.retry_after_ms;
  return typeof ms === 'number' ? Math.max(1, Math.ceil(ms / 1_000)) : 1;
};

const download = async (response: ServerResponse, status: number, { type, name, chunks }: NonNullable<HttpAnswer['stream']>, headers: NonNullable<HttpAnswer['headers']>): Promise<void> => {
  response.writeHead(status, { 'content-type': type, ...(name === undefined ? {} : { 'content-disposition': `attachment; filename="${name}"` }), 'cache-control': 'no-store', ...plainly(headers) });
  await pipeline(Readable.from(chunks), response).catch((error: unknown) => {
    // Whoever loads it has gone: no fault of ours.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
};

const plainly = (headers: Readonly<Record<string, string | readonly string[]>>): Record<string, string | string[]> => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]));

const send = (response: ServerResponse, status: number, type: string, body: string, headers: Readonly<Record<string, string | readonly string[]>>): void => {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store', ...plainly(headers) });
  response.end(response.req.method === 'HEAD' ? undefined : body);
};
