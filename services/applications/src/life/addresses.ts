/** Does an application answer under its addresses, asked from here? */
import type { CatalogEntry } from '@xanthus/proto/applications';
import type { ProcessPorts } from '../running/ports.js';

export interface AddressAnswer { readonly host: string; readonly answers: boolean; readonly status: number | null; readonly ms: number | null; readonly message: string }
export type AddressCheck = CatalogEntry['health_checks']['address'];

const PATIENCE = 10_000;

export const askAddress = async (ask: ProcessPorts['ask'], host: string, { path, statuses }: NonNullable<AddressCheck>, signal: AbortSignal): Promise<AddressAnswer> => {
  const begun = performance.now();
  const answer = await ask(`https://${host}${path}`, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]));
  const ms = Math.round(performance.now() - begun);
  if ('problem' in answer) return { host, answers: false, status: null, ms: null, message: answer.problem };
  const right = statuses.includes(answer.status);
  return { host, answers: right, status: answer.status, ms, message: right ? '' : `It answers with status ${answer.status}.` };
};

/** For the view, of all its addresses: `wrong`: something answers, but not as it should. */
export const addressWord = (answers: readonly AddressAnswer[]): 'unknown' | 'answers' | 'silent' | 'wrong' => {
  if (answers.length === 0) return 'unknown';
  if (answers.every(a => a.answers)) return 'answers';
  return answers.some(a => a.status === null) ? 'silent' : 'wrong';
};
