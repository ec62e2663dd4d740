import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { usePreference, usePreferenceDesk } from '../preferences/use-preference.js';
import { adoptChoice } from '../texts/language.js';
import { t } from '../texts/text.js';
import { toast } from '../ui/toaster.js';
import { ASPECTS, getAppearance, readChoice, setAppearance, subscribeTheme, type Appearance } from './theme.js';

const preferenceOf = (aspect: keyof Appearance): string => `appearance.${aspect}`;

/** What was chosen, and how to choose: shown at once, kept for the person. */
export const useAppearance = (): readonly [Appearance, <K extends keyof Appearance>(aspect: K, value: Appearance[K]) => void] => {
  const chosen = useSyncExternalStore(subscribeTheme, getAppearance);
  const set = {
    theme: usePreference<unknown>(preferenceOf('theme'), undefined)[1], contrast: usePreference<unknown>(preferenceOf('contrast'), undefined)[1],
    motion: usePreference<unknown>(preferenceOf('motion'), undefined)[1], density: usePreference<unknown>(preferenceOf('density'), undefined)[1],
  };
  const { theme, contrast, motion, density } = set;
  const choose = useCallback(<K extends keyof Appearance>(aspect: K, value: Appearance[K]): void => {
    setAppearance({ [aspect]: value });
    ({ theme, contrast, motion, density })[aspect](value);
  }, [theme, contrast, motion, density]);
  return [chosen, choose];
};

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
/** The page as it was loaded; what changes later changes under the eyes of somebody. */
let first = true;
/** Chosen here: the page is loaded again as soon as it is kept. */
let mine = false;

/** Chooses language or time zone (null: as the browser has it). The page is loaded again with it. */
export const useChooseLocale = (): ((key: 'language' | 'time-zone', value: string | null) => void) => {
  const desk = usePreferenceDesk();
  return useCallback((key, value) => {
    mine = true;
    desk.set(key, value);
    const kept = async (): Promise<void> => {
      await desk.flush();
      mine = false;
      // Without a connection it waits there, and here it holds already.
      if (adoptChoice({ language: text(desk.get('language')), timeZone: text(desk.get('time-zone')) })) location.reload();
    };
    void kept();
  }, [desk]);
};

/** Follows what the person prefers, wherever they changed it. A preference that was never set leaves this browser as it is. */
export const useFollowPreferences = (): void => {
  const [theme] = usePreference<unknown>(preferenceOf('theme'), undefined);
  const [contrast] = usePreference<unknown>(preferenceOf('contrast'), undefined);
  const [motion] = usePreference<unknown>(preferenceOf('motion'), undefined);
  const [density] = usePreference<unknown>(preferenceOf('density'), undefined);
  const [language, , ready] = usePreference<unknown>('language', undefined);
  const [zone] = usePreference<unknown>('time-zone', undefined);
  useEffect(() => {
    const values = { theme, contrast, motion, density };
    setAppearance(Object.fromEntries(ASPECTS.flatMap(aspect => { const choice = readChoice(aspect, values[aspect]); return choice === undefined ? [] : [[aspect, choice]]; })));
  }, [theme, contrast, motion, density]);
  useEffect(() => {
    if (!ready || mine) return;
    const loaded = first;
    first = false;
    // Never chosen: this browser keeps what it has.
    if (loaded && language === undefined && zone === undefined) return;
    const other = adoptChoice({ language: text(language), timeZone: text(zone) });
    if (other && loaded) location.reload();
    // Somebody may be typing here: it holds when they load the page again.
    else if (other) toast(t('Language or time zone changed'), t('Load this page again to see it.'));
  }, [ready, language, zone]);
};
