import { usePreference, usePreferenceDesk } from '../preferences/use-preference.js';
import { LOG_KEY, LOG_SETTINGS, readLogSettings, type LogSettings } from './log-settings.js';

/** How the person reads logs, on every device; kept at once. */
export const useLogSettings = (): readonly [LogSettings, (change: Partial<LogSettings>) => void] => {
  const [kept] = usePreference<unknown>(LOG_KEY, LOG_SETTINGS);
  const desk = usePreferenceDesk();
  const settings = readLogSettings(kept);
  return [settings, change => desk.change(LOG_KEY, now => ({ ...readLogSettings(now), ...change }))];
};
