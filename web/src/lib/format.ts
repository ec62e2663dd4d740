/** Text for figures and times. Pure: "now" comes in. */
import { t } from '../texts/text.js';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `4100000000` → `3.8 GiB`. */
export const formatBytes = (bytes: number): string => {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) { value /= 1024; unit++; }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
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
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
};

/** How long ago, in words: `just now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`. */
export const formatAgo = (at: number, now: number): string => {
  const s = Math.floor((now - at) / 1_000);
  if (s < 3) return t('just now');
  if (s < 60) return t('{s} s ago', { s });
  if (s < 3_600) return t('{floor} min ago', { floor: Math.floor(s / 60) });
  if (s < 86_400) return t('{floor} h ago', { floor: Math.floor(s / 3_600) });
  return t('{floor} d ago', { floor: Math.floor(s / 86_400) });
};

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

export const formatTime = (at: number): string => time.format(at);
export const formatDay = (at: number): string => day.format(at);
export const formatMoment = (at: number): string => `${formatDay(at)}, ${formatTime(at)}`;

/** The end of an id, enough to tell two apart. */
export const shortId = (id: string): string => (id.length > 10 ? `…${id.slice(-6)}` : id);
