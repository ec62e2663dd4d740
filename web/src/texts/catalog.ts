import { language } from './language.js';

export type Catalog = Readonly<Record<string, string>>;

/** The texts in the person's language, before any module that says something runs: tables of words are read once. English stands in the source. */
export const catalog: Catalog | undefined = language === 'de'
  ? await import('./de.json').then(texts => texts.default as Catalog, () => undefined) // not to be had: English is better than an empty page
  : undefined;

if (typeof document !== 'undefined') document.documentElement.lang = catalog ? language : 'en';
