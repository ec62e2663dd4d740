/** How somebody reads logs: the preference `logs`. Pure. */
import { LEVELS, type Level } from './levels.js';

export interface LogSettings {
  readonly wrap: boolean;
  /** The time at the beginning of a line is shown. */
  readonly times: boolean;
  readonly level: Level | 'all';
  /** How many lines to begin with. */
  readonly lines: number;
  /** Of a server: which journal. */
  readonly source: 'k3s' | 'system';
}
export const LOG_KEY = 'logs';
export const LINE_COUNTS = [100, 250, 500, 1_000] as const;
export const LOG_SETTINGS: LogSettings = { wrap: true, times: true, level: 'all', lines: 500, source: 'system' };

/** What was kept may be of an older console: unknown values are left out, not an error. */
export const readLogSettings = (given: unknown): LogSettings => {
  const kept = (typeof given === 'object' && given !== null ? given : {}) as Partial<Record<keyof LogSettings, unknown>>;
  return {
    wrap: kept.wrap !== false, times: kept.times !== false, level: LEVELS.find(l => l === kept.level) ?? 'all',
    lines: LINE_COUNTS.find(n => n === kept.lines) ?? LOG_SETTINGS.lines, source: kept.source === 'k3s' ? 'k3s' : 'system',
  };
};
