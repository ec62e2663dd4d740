/** Every error that a page shows passes here once: what happened, why, and what to do. */
import { t, titleOf } from '../texts/text.js';
import { ADVICE, RETURNED } from './problem-words.js';

export interface ShownProblem {
  readonly code: string;
  readonly message: string;
  /** What the person can do now. */
  readonly advice?: string;
  readonly retryable: boolean;
  readonly correlation_id?: string;
  readonly details?: unknown;
}

/** An error of the HTTP API; the SDK throws its own with the same fields. */
export class ApiError extends Error {
  constructor(readonly code: string, message: string, readonly status: number, readonly retryable: boolean, readonly correlation_id?: string, readonly details?: unknown) {
    super(message);
    this.name = 'ApiError';
  }
}

const OWN_RETRY = new Set(['OFFLINE']);

const text = (value: unknown): string | undefined => (typeof value === 'string' && value.length > 0 ? value : undefined);

/** Names of the fields that the contract refused, for messages beside the inputs: `{host: "a host name…"}`. */
export const fieldProblems = (problem: Pick<ShownProblem, 'code' | 'details'> | undefined): Readonly<Record<string, string>> => {
  if (problem?.code !== 'INVALID') return {};
  const list: unknown = Array.isArray(problem.details) ? problem.details : (problem.details as { issues?: unknown } | undefined)?.issues;
  if (!Array.isArray(list)) return {};
  const fields: Record<string, string> = {};
  for (const issue of list as { path?: unknown; message?: unknown }[]) {
    const path = Array.isArray(issue.path) ? issue.path.join('.') : text(issue.path);
    if (path && !(path in fields)) fields[path] = text(issue.message) ?? t('not accepted');
  }
  return fields;
};

/** Makes something to show out of whatever was thrown. */
export const toProblem = (error: unknown): ShownProblem => {
  const given = error as { code?: unknown; message?: unknown; retryable?: unknown; correlation_id?: unknown; details?: unknown } | null | undefined;
  const code = text(given?.code) ?? (error instanceof TypeError ? 'OFFLINE' : 'INTERNAL');
  const message = code === 'OFFLINE' ? t('Xanthus cannot be reached.') : titleOf(code) ?? text(given?.message) ?? t('Something went wrong.');
  const correlation = text(given?.correlation_id) ?? text((given?.details as { correlation_id?: unknown } | undefined)?.correlation_id);
  return {
    code,
    message,
    ...(ADVICE[code] ? { advice: ADVICE[code] } : {}),
    retryable: given?.retryable === true || OWN_RETRY.has(code),
    ...(correlation ? { correlation_id: correlation } : {}),
    ...(given?.details === undefined ? {} : { details: given.details }),
  };
};

/** A problem of which only the code came along. */
export const returnedProblem = (code: string): ShownProblem => ({ ...toProblem({ code, message: RETURNED[code] ?? t('The log-in at the provider did not work.') }), retryable: false });

/** What "copy details" puts on the clipboard. */
export const problemDetails = (problem: ShownProblem, at: string): string =>
  [`code: ${problem.code}`, `message: ${problem.message}`, problem.correlation_id && t('correlation id: {correlation_id}', { correlation_id: problem.correlation_id }), `time: ${at}`,
    problem.details === undefined ? undefined : `details: ${JSON.stringify(problem.details)}`].filter(Boolean).join('\n');

export const adviceFor = (code: string): string | undefined => ADVICE[code];
