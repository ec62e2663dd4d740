/** The person's language and time zone. Both are preferences; a copy lies in this browser, for the first paint and the log-in page. */
export type Language = 'en' | 'de';
/** What a language calls itself. */
export const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };

const isLanguage = (value: unknown): value is Language => typeof value === 'string' && Object.hasOwn(LANGUAGES, value);

/** The first that the browser asks for and that there is; else English. `public/theme.js` has the same rule. */
export const pickLanguage = (kept: string | null, wanted: readonly string[]): Language =>
  isLanguage(kept) ? kept : wanted.map(tag => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';

const inBrowser = typeof document !== 'undefined';
const kept = (key: string): string | null => {
  if (!inBrowser) return null;
  try { return localStorage.getItem(key); } catch { return null; }
};
const keep = (key: string, value: string | null): void => {
  try { if (value === null) localStorage.removeItem(key); else localStorage.setItem(key, value); } catch { /* storage is forbidden: known again after the log-in */ }
};

const LANGUAGE = 'xanthus.language';
const ZONE = 'xanthus.time-zone';

const isZone = (zone: string | null): zone is string => {
  if (!zone) return false;
  try { return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''; } catch { return false; }
};
const zoneKept = kept(ZONE);

/** What this page was loaded in: another choice reloads it. */
export const language: Language = pickLanguage(kept(LANGUAGE), inBrowser ? navigator.languages : []);
export const locale: string = LOCALES[language];
/** Undefined: the one of the machine. */
export const timeZone: string | undefined = isZone(zoneKept) ? zoneKept : undefined;

/** Takes over what the person prefers (null: as browser and machine are set); says whether the page must be loaded again. */
export const adoptChoice = (choice: { readonly language: string | null; readonly timeZone: string | null }): boolean => {
  const zone = isZone(choice.timeZone) ? choice.timeZone : null;
  const chosen = isLanguage(choice.language) ? choice.language : null;
  const before = [kept(LANGUAGE), kept(ZONE)];
  keep(LANGUAGE, chosen);
  keep(ZONE, zone);
  const other = pickLanguage(chosen, navigator.languages) !== language || (zone ?? undefined) !== timeZone;
  // Where nothing can be kept, loading again would not help and never end.
  return other && (kept(LANGUAGE) !== before[0] || kept(ZONE) !== before[1]);
};
