/**
 * A contract is data: who may be asked what, with which body, and what comes back. Doors, SDK, HTTP rows, documents and
 * tests are all made from it. Bodies are zod schemas that stay pure JSON (`z.iso.datetime()` for time, strings for big numbers).
 */
import type { z } from 'zod';

export interface CommandContract<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'command';
  readonly service: string;
  readonly aggregate: string;
  readonly verb: string;
  /** `new`: the command makes the aggregate, its id is derived from tenant, actor and idempotency key. `id`: it names one. */
  readonly on: 'new' | 'id';
  readonly input: I;
  readonly output: O;
  /** Asks a person for a fresh proof of who they are (`session.prove`, or a log-in within ten minutes); else refused with AUTH.PROOF_NEEDED. Credentials and API keys can't. */
  readonly sudo?: true;
  /** Only another service may ask: persons, credentials and API keys are refused whatever their rights. */
  readonly services?: true;
  /** Longest input within a message, bytes, where `INPUT_BYTES` is too little: many in a row that are not worth being kept on the way. Below NATS's mebibyte. */
  readonly inline_bytes?: number;
  /** Longest time to an answer, ms; at most 30,000. Longer work answers with an id and is followed through events. */
  readonly deadline: number;
  readonly summary: string;
  /** Codes of this command's own refusals. */
  readonly errors: readonly string[];
  readonly example: z.input<I>;
}

export interface QueryContract<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'query';
  readonly service: string;
  readonly question: string;
  readonly on: 'all' | 'id';
  /** As of a command. */
  readonly sudo?: true;
  /** As of a command. */
  readonly services?: true;
  readonly input: I;
  readonly output: O;
  readonly deadline: number;
  readonly summary: string;
  readonly errors: readonly string[];
  readonly example: z.input<I>;
}

export interface EventContract<T extends string = string, D extends z.ZodType = z.ZodType> {
  readonly kind: 'event';
  readonly service: string;
  readonly aggregate: string;
  readonly type: T;
  /** Version of the shape of `data`. */
  readonly schema: number;
  readonly data: D;
  readonly summary: string;
  readonly example: z.input<D>;
}

export interface ViewContract<D extends z.ZodType = z.ZodType> {
  readonly kind: 'view';
  readonly service: string;
  readonly view: string;
  /** Its ids have two parts: what it belongs to (the aggregate), and its own. Asked with the first one, it lists what belongs to it. */
  readonly within?: true;
  /** A sentence: why it can't be told how it was at another time. */
  readonly no_past?: string;
  readonly schema: number;
  readonly data: D;
  readonly summary: string;
  readonly example: z.input<D>;
}

/** Core NATS, no history: who does not listen now never hears it. `sig.<tenant>.<service>.<aggregate>.<id>.<what>` */
export interface SignalContract<D extends z.ZodType = z.ZodType> {
  readonly kind: 'signal';
  readonly service: string;
  readonly aggregate: string;
  readonly what: string;
  readonly data: D;
  readonly summary: string;
  readonly example: z.input<D>;
}

type Without<T, K extends keyof T> = Omit<T, K>;

export const defineCommand = <I extends z.ZodType, O extends z.ZodType>(
  c: Without<CommandContract<I, O>, 'kind' | 'deadline' | 'errors'> & { deadline?: number; errors?: readonly string[] },
): CommandContract<I, O> => ({ kind: 'command', deadline: 5_000, errors: [], ...c });

export const defineQuery = <I extends z.ZodType, O extends z.ZodType>(
  c: Without<QueryContract<I, O>, 'kind' | 'deadline' | 'errors'> & { deadline?: number; errors?: readonly string[] },
): QueryContract<I, O> => ({ kind: 'query', deadline: 5_000, errors: [], ...c });

export const defineEvent = <T extends string, D extends z.ZodType>(e: Without<EventContract<T, D>, 'kind'>): EventContract<T, D> => ({ kind: 'event', ...e });

export const defineView = <D extends z.ZodType>(v: Without<ViewContract<D>, 'kind'>): ViewContract<D> => ({ kind: 'view', ...v });

export const defineSignal = <D extends z.ZodType>(s: Without<SignalContract<D>, 'kind'>): SignalContract<D> => ({ kind: 'signal', ...s });

export type InputOf<C extends { readonly input: z.ZodType }> = z.input<C['input']>;
export type ParsedInputOf<C extends { readonly input: z.ZodType }> = z.output<C['input']>;
export type OutputOf<C extends { readonly output: z.ZodType }> = z.output<C['output']>;
export type DataOf<C extends { readonly data: z.ZodType }> = z.output<C['data']>;

/** The union `{type, data}` of a record of event contracts: what a decider returns and a fold takes. */
export type EventOf<R extends Readonly<Record<string, EventContract>>> = {
  [K in keyof R]: { readonly type: R[K]['type']; readonly data: z.output<R[K]['data']> };
}[keyof R];
