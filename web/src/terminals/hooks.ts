import type { Observable } from '@xanthus/client';
import { useMemo, useSyncExternalStore } from 'react';
import { useClient } from '../live/live-context.js';
import { usePersons } from '../members/use-names.js';
import { t } from '../texts/text.js';
import { terminalSettings, type TerminalSettings } from './settings.js';

export const useValue = <T>(observable: Observable<T>): T => useSyncExternalStore(observable.subscribe, observable.get);
export const useTerminalSettings = (): TerminalSettings => useSyncExternalStore(terminalSettings.subscribe, terminalSettings.get);

/** How somebody is called here: "You" for oneself. */
export const useNameOf = (): ((person: string) => string) => {
  const { user } = useClient();
  const persons = usePersons();
  return useMemo(() => person => (person === user.id ? t('You') : persons.get(person)?.name ?? t('Somebody')), [persons, user.id]);
};

/** Does a media query hold? */
export const useMedia = (query: string): boolean => {
  const media = useMemo(() => matchMedia(query), [query]);
  return useSyncExternalStore(fn => { media.addEventListener('change', fn); return () => media.removeEventListener('change', fn); }, () => media.matches);
};

const root = document.documentElement;
/** Is the console dark now? */
export const useDark = (): boolean => useSyncExternalStore((fn) => {
  const observer = new MutationObserver(fn);
  observer.observe(root, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}, () => root.dataset['theme'] !== 'light');
