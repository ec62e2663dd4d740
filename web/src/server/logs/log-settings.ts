/** How somebody reads logs, kept in this browser. */
import type { Source } from './use-log.js';

export interface LogSettings { readonly source: Source; readonly lines: number; readonly wrap: boolean }
export const LINE_COUNTS = [100, 250, 500, 1_000] as const;
const KEY = 'xanthus.logs';

/** Unknown values are left out, not an error. Pure. */
export const readLogSettings = (text: string | null): LogSettings => {
  let given: Partial<Record<keyof LogSettings, unknown>> = {};
  try { given = (JSON.parse(text ?? '{}') ?? {}) as typeof given; } catch { /* as if there were none */ }
  return { source: given.source === 'k3s' ? 'k3s' : 'system', lines: LINE_COUNTS.find(n => n === given.lines) ?? 250, wrap: given.wrap !== false };
};

export const loadLogSettings = (): LogSettings => {
  try { return readLogSettings(localStorage.getItem(KEY)); } catch { return readLogSettings(null); }
};
export const saveLogSettings = (settings: LogSettings): void => {
  try { localStorage.setItem(KEY, JSON.stringify(settings)); } catch { /* for this page only */ }
};
