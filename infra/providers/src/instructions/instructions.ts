import { newId, ConflictError, Refusal } from '@xanthus/kernel';
import { isUlid } from '@xanthus/proto';
import type { z } from 'zod';
import type { SharedStore } from '../budget/store.js';
import type { CallFor, ProviderCalls } from '../calls/provider-calls.js';
import { addressOf, type BrowserQuestion } from './question.js';

/** A request that a browser makes in our stead: `fetch(url, { method, headers, credentials: 'omit', redirect: 'error' })`. */
export interface Instruction {
  readonly id: string;
  readonly provider: string;
  readonly method: 'GET';
  readonly url: string;
  readonly headers: { readonly accept: string };
  readonly expires_at: string;
  /** Calls of the tenant's budget that were set aside for it. */
  readonly calls: number;
}

/** What the browser got, as it got it; or that it got nothing (offline, blocked, refused by the provider's own rules). */
export type BrowserAnswer = { readonly status: number; readonly body: string } | { readonly failed: string };

/** Whoever brought it, it fits the contract. From a browser it is that person's word: to show and to prefill, not to decide by. */
export type Settled<T> = { readonly by: 'browser'; readonly data: T } | { readonly by: 'server'; readonly data: T; readonly why: string };

export interface Asker { readonly tenant: string; readonly person: string }

interface Open { readonly question: string; readonly url: string; readonly person: string; readonly expires: number; readonly used?: true }

export interface InstructionsOptions {
  readonly calls: ProviderCalls;
  /** Keys expire by themselves: `natsStore(nc, INSTRUCTION_KEPT_S)`. */
  readonly store: SharedStore<Open>;
  readonly now?: () => number;
  /** How long a browser has, ms. Preset: 15 s. */
  readonly patience?: number;
}
export type InstructionStore = SharedStore<Open>;
export const INSTRUCTION_KEPT_S = 120;

export interface Instructions {
  /** Sets a call of the budget aside. @throws ProviderError PROVIDER.BUDGET_USED, .CIRCUIT_OPEN: then the browser need not try either */
  issue<P>(question: BrowserQuestion<P>, params: P, asker: Asker): Promise<Instruction>;
  /**
   * Takes what the browser brought, once, from the person who was asked, in time; else, and when it doesn't fit the contract, calls the provider itself.
   * `answer` undefined: nothing came.
   * @throws Refusal INSTRUCTION.UNKNOWN for an instruction that is nobody's, another's or used; ProviderError; PROVIDER.ANSWER_UNEXPECTED when not even the provider's own answer fits
   */
  settle<P, T extends z.ZodType>(question: BrowserQuestion<P, T>, id: string, asker: Asker, answer: BrowserAnswer | undefined): Promise<Settled<z.output<T>>>;
}

const keyOf = (tenant: string, id: string): string => `${tenant}.instruction.${id}`;
const unknown = (): Refusal => new Refusal('INSTRUCTION.UNKNOWN', 'This instruction was not given to you, is too old or was used already. Ask again.');

/** Lets a browser ask a provider where its own limit is the better one, and never depends on it. */
export const createInstructions = ({ calls, store, now = Date.now, patience = 15_000 }: InstructionsOptions): Instructions => {
  const budgetOf = (question: { readonly provider: string }, { tenant }: Asker): CallFor => ({ tenant, provider: question.provider });

  const take = async (question: string, id: string, { tenant, person }: Asker): Promise<Open> => {
    if (!isUlid(id)) throw unknown();
    const { record, revision } = await store.read(keyOf(tenant, id));
    if (record === undefined || record.used || record.person !== person || record.question !== question) throw unknown();
    try {
      await store.write(keyOf(tenant, id), { ...record, used: true }, revision);
    } catch (error) {
      throw error instanceof ConflictError ? unknown() : error;
    }
    return record;
  };

  const askProvider = async <P, T extends z.ZodType>(question: BrowserQuestion<P, T>, url: string, asker: Asker): Promise<z.output<T>> => {
    const answer = await calls.fetchFor(budgetOf(question, asker))(url, { headers: { accept: question.accept } });
    const read = fitting(question, { status: answer.status, body: await answer.text() });
    if ('data' in read) return read.data;
    throw new Refusal('PROVIDER.ANSWER_UNEXPECTED', `${question.provider} gave an answer that is not understood: ${read.why}.`, undefined, true);
  };

  return {
    issue: async (question, params, asker) => {
      const url = addressOf(question, params);
      await calls.reserve(budgetOf(question, asker));
      const id = newId();
      const expires = now() + patience;
      await store.write(keyOf(asker.tenant, id), { question: question.name, url, person: asker.person, expires }, 0);
      return { id, provider: question.provider, method: 'GET', url, headers: { accept: question.accept }, expires_at: new Date(expires).toISOString(), calls: 1 };
    },
    settle: async (question, id, asker, answer) => {
      const open = await take(question.name, id, asker);
      const read = answer === undefined ? { why: 'no answer came' } : open.expires < now() ? { why: 'the answer came too late' } : fitting(question, answer);
      if ('data' in read) return { by: 'browser', data: read.data };
      return { by: 'server', data: await askProvider(question, open.url, asker), why: read.why };
    },
  };
};

/** The answer by the contract, or why not; never with words of the answer itself, which anybody may have written. */
const fitting = <P, T extends z.ZodType>(question: BrowserQuestion<P, T>, answer: BrowserAnswer): { readonly data: z.output<T> } | { readonly why: string } => {
  if ('failed' in answer) return { why: 'the browser could not ask' };
  if (answer.status !== 200) return { why: `the status was ${Math.trunc(Number(answer.status)) || 'none'}` };
  if (Buffer.byteLength(answer.body) > question.maxBytes) return { why: `the answer was larger than ${question.maxBytes} bytes` };
  let json: unknown;
  try {
    json = JSON.parse(answer.body);
  } catch {
    return { why: 'the answer was no JSON' };
  }
  const parsed = question.answer.safeParse(json);
  return parsed.success ? { data: parsed.data } : { why: 'the answer was not of the agreed shape' };
};
