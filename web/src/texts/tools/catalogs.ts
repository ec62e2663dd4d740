/** The catalogs beside: `en.json` says which texts there are and in which rooms they stand, `de.json` what they are in German. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { namesIn } from '../icu.js';
import type { Found } from './find-texts.js';

export type Catalog = Readonly<Record<string, string>>;

const path = (name: string): string => fileURLToPath(new URL(`../${name}.json`, import.meta.url));
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const readCatalog = (name: 'en' | 'de'): Catalog => JSON.parse(readFileSync(path(name), 'utf8')) as Catalog;

/** A line a text, in order, so that two people's texts seldom meet in one place. */
export const writeCatalog = (name: 'en' | 'de', catalog: Catalog): void => {
  const fresh = `${path(name)}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(Object.fromEntries(Object.entries(catalog).sort(([a], [b]) => compare(a, b))), null, 1)}\n`);
  renameSync(fresh, path(name));
};

/** Each text and the rooms that say it. */
export const catalogOf = (texts: readonly Found[]): Catalog => {
  const rooms = new Map<string, Set<string>>();
  for (const { key, file } of texts) rooms.set(key, (rooms.get(key) ?? new Set()).add(file.includes('/') ? file.slice(0, file.indexOf('/')) : '.'));
  return Object.fromEntries([...rooms].sort(([a], [b]) => compare(a, b)).map(([key, set]) => [key, [...set].sort().join(' ')]));
};

const names = (message: string): string => {
  try { return namesIn(message).join(' '); } catch { return 'no message'; }
};

/** What is wrong with a translation of these texts: missing, nobody says it, or other places for values. */
export const problemsOf = (texts: readonly Found[], translated: Catalog): readonly string[] => {
  const said = new Map(texts.map(f => [f.key, f.message]));
  return [
    ...[...said].flatMap(([key, message]) => {
      const translation = translated[key];
      if (!translation) return [`missing: ${JSON.stringify(key)}`];
      return names(translation) === names(message) ? [] : [`other places for values: ${JSON.stringify(key)}: ${names(message)} / ${names(translation)}`];
    }),
    ...Object.keys(translated).filter(key => !said.has(key)).map(key => `nobody says: ${JSON.stringify(key)}`),
  ];
};
