/** Text for figures and times, as the person's language and time zone have them. Pure: "now" comes in. */
import { locale, timeZone } from '../texts/language.js';
import { t } from '../texts/text.js';

const numbers = new Intl.NumberFormat(locale);
/** `1234` → `1,234`; with `most` digits behind the point. */
export const formatNumber = (n: number, most?: number): string => (most === undefined ? numbers.format(n) : n.toLocaleString(locale, { maximumFractionDigits: most }));

const POINT = (1.5).toLocaleString(locale).charAt(1);
/** With exactly so many digits behind the point, and nothing between thousands: `3.8`. */
export const formatFixed = (n: number, digits: number): string => n.toFixed(digits).replace('.', POINT);

/** A way to write times, in the person's language and zone. */
export const timeFormat = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => new Intl.DateTimeFormat(locale, { ...(timeZone ? { timeZone } : {}), ...options });

/** Orders names as people do: `web-2` before `web-10`. */
export const compareNames: (a: string, b: string) => number = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' }).compare;

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `4100000000` → `3.8 GiB`. */
export const formatBytes = (bytes: number): string => {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) { value /= 1024; unit++; }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${formatFixed(value, digits)} ${UNITS[unit]}`;
};

/** `0.0731` → `7 %`. */
export const formatPercent = (fraction: number): string => `${Math.round(Math.min(1, Math.max(0, fraction)) * 100)} %`;

/** A length of time in its two largest units: `86 400` s → `1 d`, `93 784` s → `1 d 2 h`. */
export const formatDuration = (seconds: number): string => {
  const s = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [[Math.floor(s / 86_400), 'd'], [Math.floor((s % 86_400) / 3_600), 'h'], [Math.floor((s % 3_600) / 60), 'min'], [s % 60, 's']];
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) return '0 s';
  return parts.slice(first, first + 2).filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}`).join(' ');
};

/** Milliseconds of one step: `0.4` → `< 1 ms`, `1234` → `1.23 s`. */
export const formatMilliseconds = (ms: number): string => {
  if (ms < 1) return '< 1 ms';
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${formatFixed(ms / 1_000, ms < 10_000 ? 2 : 1)} s`;
};

/** How long ago, in words: `just now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`. */
export const formatAgo = (at: number, now: number): string => {
  const s = Math.floor((now - at) / 1_000);
  if (s < 3) return t('just now');
  if (s < 60) return t('{n} s ago', { n: s });
  if (s < 3_600) return t('{n} min ago', { n: Math.floor(s / 60) });
  if (s < 86_400) return t('{n} h ago', { n: Math.floor(s / 3_600) });
  return t('{n} d ago', { n: Math.floor(s / 86_400) });
};

const time = timeFormat({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = timeFormat({ day: 'numeric', month: 'short', year: 'numeric' });

export const formatTime = (at: number): string => time.format(at);
export const formatDay = (at: number): string => day.format(at);
export const formatMoment = (at: number): string => `${formatDay(at)}, ${formatTime(at)}`;

/** The end of an id, enough to tell two apart. */
export const shortId = (id: string): string => (id.length > 10 ? `…${id.slice(-6)}` : id);
