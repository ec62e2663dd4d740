import { useCallback, useSyncExternalStore } from 'react';
import { useLive } from '../live/live-context.js';
import { deskOf } from './preferences.data.js';
import type { PreferenceDesk, Saving } from './preference-desk.js';

/**
 * What the person likes, live on every device: `const [hidden, setHidden, ready] = usePreference<string[]>('dashboard.acme', NONE)`.
 * Shown at once, saved a moment later; null goes back to `fallback`. What is stored may be of an older console: check its shape.
 * `ready`: what auth has is known, so that the fallback is no guess.
 * @param key `[a-z][a-z0-9.-]{0,63}`; what belongs to one tenant ends with `.<tenant>`
 */
export const usePreference = <T>(key: string, fallback: T): readonly [T, (value: T | null) => void, ready: boolean] => {
  const desk = deskOf(useLive());
  const value = useSyncExternalStore(desk.subscribe, () => desk.get(key)) as T | undefined;
  const ready = useSyncExternalStore(desk.subscribe, desk.ready);
  const set = useCallback((next: T | null) => desk.set(key, next), [desk, key]);
  return [value === undefined ? fallback : value, set, ready];
};

/** For what sets several, or waits until they are kept. */
export const usePreferenceDesk = (): PreferenceDesk => deskOf(useLive());

/** Is what was changed kept by now? `waiting`: there is no connection. */
export const usePreferencesSaving = (): Saving => {
  const desk = deskOf(useLive());
  return useSyncExternalStore(desk.subscribe, desk.saving);
};
