/** Moments of recordings as text: in addresses, on the clock, and back. Pure. */
import { t } from '../texts/text.js';

/** `?t=`: seconds from the beginning, `95` or `1h2m3s`. What is none is left out. */
export interface RecordingSearch { readonly t?: number; readonly q?: string }

export const readMoment = (value: unknown): number | undefined => {
  const text = String(value);
  const [, h, m, s] = /^(?:(\d{1,3})h)?(?:(\d{1,3})m)?(?:(\d{1,6})s?)?$/.exec(text) ?? [];
  if (text === '' || (h === undefined && m === undefined && s === undefined)) return undefined;
  return Number(h ?? 0) * 3_600 + Number(m ?? 0) * 60 + Number(s ?? 0);
};

export const readRecordingSearch = (search: Record<string, unknown>): RecordingSearch => {
  const t = readMoment(search['t'] ?? '');
  const q = search['q'];
  return { ...(t === undefined || t === 0 ? {} : { t }), ...(typeof q === 'string' && q.trim() !== '' ? { q: q.slice(0, 200) } : {}) };
};

/** `65000` → `1:05`, `3725000` → `1:02:05`. */
export const clock = (ms: number): string => {
  const s = Math.max(0, Math.floor(ms / 1_000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const rest = `${s >= 3_600 ? two(Math.floor((s % 3_600) / 60)) : Math.floor(s / 60)}:${two(s % 60)}`;
  return s >= 3_600 ? `${Math.floor(s / 3_600)}:${rest}` : rest;
};

/** The same in words, for who hears it: `1 hour 2 minutes 5 seconds`. */
export const spokenMoment = (ms: number): string => {
  const s = Math.max(0, Math.floor(ms / 1_000));
  const [hours, minutes, seconds] = [Math.floor(s / 3_600), Math.floor((s % 3_600) / 60), s % 60];
  if (s === 0) return t('the beginning');
  return [
    hours > 0 && t('{n, plural, one {# hour} other {# hours}}', { n: hours }), minutes > 0 && t('{n, plural, one {# minute} other {# minutes}}', { n: minutes }), seconds > 0 && t('{n, plural, one {# second} other {# seconds}}', { n: seconds }),
  ].filter(Boolean).join(' ');
};
