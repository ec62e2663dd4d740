/** When keys and links end, in words. Pure: "now" comes in, ms. */
import { formatDay } from '../lib/format.js';
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';

const DAY = 86_400_000;
/** Within so many days the end is near enough to say. */
const SOON = 14;

/** How long a key may live, in days. Its longest life is a year. */
export const LIVES = [[7, t('7 days')], [30, t('30 days')], [90, t('90 days')], [180, t('180 days')], [365, t('a year')]] as const;

/** A minute is kept back: the server's clock may be ahead of ours, and refuses more than a year. */
export const expiryAfter = (days: number, now: number): string => new Date(now + days * DAY - (days >= 365 ? 60_000 : 0)).toISOString();

export const expiryState = (ends: number, now: number): { readonly tone: Tone; readonly text: string } => {
  const left = ends - now;
  if (left <= 0) return { tone: 'bad', text: t('Ended') };
  const days = Math.ceil(left / DAY);
  if (days === 1) return { tone: 'warn', text: t('Ends within a day') };
  return days <= SOON ? { tone: 'warn', text: t('Ends in {days} days', { days }) } : { tone: 'ok', text: t('Until {day}', { day: formatDay(ends) }) };
};
