import type { z } from 'zod';

/** What may be asked of a provider in a browser's name: public data over https, by GET, without any credential of ours. */
export interface BrowserQuestion<P = never, T extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly provider: string;
  /** Where the address must lead, e.g. `https://api.github.com`: the console's content policy names the same. */
  readonly origin: string;
  /** The address for these parameters; encode what goes into it. */
  readonly url: (params: P) => string;
  readonly accept: string;
  /** What a right answer looks like, whoever brings it. */
  readonly answer: T;
  /** Largest answer, bytes. */
  readonly maxBytes: number;
}

/** The definition, as written: types only. */
export const defineBrowserQuestion = <P, T extends z.ZodType>(question: BrowserQuestion<P, T>): BrowserQuestion<P, T> => question;

/** @throws TypeError when the definition leaves its origin: a mistake in the program or a parameter that was not encoded */
export const addressOf = <P>(question: BrowserQuestion<P>, params: P): string => {
  const url = new URL(question.url(params));
  if (url.origin !== question.origin || url.protocol !== 'https:' || url.username !== '' || url.password !== '') throw new TypeError(`the question ${question.name} leads to ${url.origin} instead of ${question.origin}`);
  return url.href;
};
