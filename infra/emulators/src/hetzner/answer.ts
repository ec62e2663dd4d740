/** What a route answers: a body in JSON, or none (204). */
export interface Answer { readonly status: number; readonly body?: object }

export const ok = (body: object): Answer => ({ status: 200, body });
export const created = (body: object): Answer => ({ status: 201, body });
export const NO_CONTENT: Answer = { status: 204 };

/** A refusal as the API gives it: an HTTP status, a code, a sentence, and details for some codes. */
export class ApiRefusal extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly details: object | null = null, readonly headers: Readonly<Record<string, string>> = {}) {
    super(message);
  }
}

/** Documented codes and the HTTP status that each comes with. */
const STATUS = {
  json_error: 400, unauthorized: 401, forbidden: 403, token_readonly: 403, resource_limit_exceeded: 403, not_found: 404, method_not_allowed: 405,
  conflict: 409, uniqueness_error: 409, resource_unavailable: 412, placement_error: 412, invalid_input: 422, invalid_server_type: 422, server_not_stopped: 422, unsupported_error: 422, image_not_available: 422,
  locked: 423, protected: 423, rate_limit_exceeded: 429, server_error: 500, service_error: 500, unavailable: 503, maintenance: 503, timeout: 504,
} as const;
export type ErrorCode = keyof typeof STATUS;

export const statusFor = (code: string): number => (STATUS as Readonly<Record<string, number>>)[code] ?? 500;

export const refuse = (code: ErrorCode, message: string, details: object | null = null): never => {
  throw new ApiRefusal(STATUS[code], code, message, details);
};

/** invalid_input with what is wrong with which field. */
export const invalid = (fields: readonly { readonly name: string; readonly messages: readonly string[] }[]): never =>
  refuse('invalid_input', `invalid input in field '${fields[0]?.name ?? ''}'`, { fields });

export const refusalBody = (refusal: ApiRefusal): object => ({ error: { code: refusal.code, message: refusal.message, details: refusal.details } });

const PRESET = 25;
const MOST = 50;

/** One page of a list; a wish for more than 50 gets 50. */
export const paged = (name: string, items: readonly object[], query: URLSearchParams): Answer => {
  const page = Math.max(1, Number(query.get('page') ?? 1));
  const per_page = Math.min(MOST, Math.max(1, Number(query.get('per_page') ?? PRESET)));
  const last_page = Math.max(1, Math.ceil(items.length / per_page));
  const pagination = { page, per_page, previous_page: page > 1 ? page - 1 : null, next_page: page < last_page ? page + 1 : null, last_page, total_entries: items.length };
  return ok({ [name]: items.slice((page - 1) * per_page, page * per_page), meta: { pagination } });
};

/** By the first `sort` that is asked for, e.g. `name:desc`; else by id. */
export const sorted = <T extends object>(items: readonly T[], query: URLSearchParams): T[] => {
  const [field = 'id', direction = 'asc'] = (query.get('sort') ?? 'id').split(':');
  const of = (item: T): string | number => { const value = (item as Readonly<Record<string, unknown>>)[field]; return typeof value === 'number' ? value : String(value ?? ''); };
  return [...items].sort((a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0) * (direction === 'desc' ? -1 : 1));
};
