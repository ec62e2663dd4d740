/** What a route answers: the envelope of API v4, or bytes as they are (a value of KV, an export). */
export type Answer =
  | { readonly status?: number; readonly result: unknown; readonly info?: object; readonly messages?: readonly Message[] }
  | { readonly bytes: Uint8Array; readonly headers?: Readonly<Record<string, string>> };

export interface Message { readonly code: number; readonly message: string; readonly error_chain?: readonly Message[] }

/** A refusal as the API gives it: an HTTP status and one or more numbered errors. */
export class ApiRefusal extends Error {
  constructor(readonly status: number, readonly errors: readonly Message[], readonly headers: Readonly<Record<string, string>> = {}) {
    super(errors.map(e => `${e.code}: ${e.message}`).join('; '));
  }
}

export const refuse = (status: number, code: number, message: string): never => {
  throw new ApiRefusal(status, [{ code, message }]);
};

/** One page of a list by number, as `page` and `per_page` ask for it. */
export const paged = <T>(items: readonly T[], query: URLSearchParams, size: { readonly preset: number; readonly max: number; readonly min?: number }, shown: (item: T) => unknown = item => item): Answer => {
  const page = wholeNumber(query, 'page', 1, 1, 1_000_000);
  const perPage = wholeNumber(query, 'per_page', size.preset, size.min ?? 1, size.max);
  const result = items.slice((page - 1) * perPage, page * perPage).map(shown);
  const info = { page, per_page: perPage, count: result.length, total_count: items.length, total_pages: Math.ceil(items.length / perPage) };
  return { result, info };
};

const wholeNumber = (query: URLSearchParams, name: 'page' | 'per_page', preset: number, min: number, max: number): number => {
  const given = query.get(name);
  if (given === null) return preset;
  const value = Number(given);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  return refuse(400, name === 'page' ? 10007 : 10008, `malformed ${name} argument`);
};

export const envelope = (answer: { readonly result: unknown; readonly info?: object; readonly messages?: readonly Message[] }): object =>
  ({ result: answer.result, success: true, errors: [], messages: answer.messages ?? [], ...(answer.info && { result_info: answer.info }) });

export const refusalEnvelope = (refusal: ApiRefusal): object =>
  ({ success: false, errors: refusal.errors, messages: [], result: null });
