/** What the console says, in the person's language. English is the key and stands in the source; why: docs/decisions/0016. */
import { cloneElement, createElement, Fragment, isValidElement, type ReactElement, type ReactNode } from 'react';
import { catalog } from './catalog.js';
import { fill, parseMessage, type Piece, type Rules } from './icu.js';
import { language, locale } from './language.js';

type Values = Readonly<Record<string, string | number>>;
/** A tag is an element that gets what the tag encloses as its children, or a function of that. */
type RichValues = Readonly<Record<string, ReactNode | ((inner: ReactNode) => ReactNode)>>;

const numbers = new Intl.NumberFormat(locale);
const plurals = new Intl.PluralRules(language);
const RULES: Rules = { number: n => numbers.format(n), plural: n => plurals.select(n) };

const parsed = new Map<string, readonly Piece[]>();
const piecesOf = (message: string): readonly Piece[] => {
  const known = parsed.get(message);
  if (known) return known;
  const pieces = parseMessage(message);
  parsed.set(message, pieces);
  return pieces;
};

const shown = (value: unknown, number: boolean): string => (number ? RULES.number(Number(value)) : String(value));
const written = (message: string, values: Values): string =>
  fill<string>(piecesOf(message), name => values[name], { value: (name, number) => shown(values[name], number), tag: (_, inner) => inner.join('') }, RULES).join('');

/** `t('Save')`, `t('Delete {name}?', { name })`. Without values the text is taken letter by letter. */
export const t = (message: string, values?: Values): string => {
  const text = catalog?.[message] ?? message;
  return values ? written(text, values) : text;
};

/** The same word with two meanings: `tc('state', 'Open')` is another text than `t('Open')`. */
export const tc = (context: string, message: string, values?: Values): string => {
  const text = catalog?.[`${message} [${context}]`] ?? message;
  return values ? written(text, values) : text;
};

/** With elements: `rich('By <b>{name}</b>, {when}', { b: <strong />, name, when: <Ago at={at} /> })`. */
export const rich = (message: string, values: RichValues): ReactNode => createElement(Fragment, null, ...fill<ReactNode>(
  piecesOf(catalog?.[message] ?? message),
  name => values[name],
  {
    value: (name, number) => (number ? shown(values[name], true) : values[name] as ReactNode),
    tag: (name, inner) => {
      const wrap = values[name];
      if (typeof wrap === 'function') return wrap(createElement(Fragment, null, ...inner));
      return isValidElement(wrap) ? cloneElement(wrap as ReactElement, undefined, ...inner) : createElement(Fragment, null, ...inner);
    },
  },
  RULES,
));

/** A text that begins with a capital, in the middle of a sentence: English writes it small, German leaves nouns as they are. */
export const within = (text: string): string => (language === 'en' ? text.toLowerCase() : text);

/** A sentence of proto (why something can't be undone), which the catalog may know: `find-texts.ts` reads those sources too. */
export const known = (sentence: string): string => catalog?.[sentence] ?? sentence;

/** What a code of an error means, in another language than the services'. */
export const titleOf = (code: string): string | undefined => catalog?.[`${code} [problem]`];
