/** When what waits is sent: at once with what comes at the same time, at the end of quiet hours, or with the next digest. Pure. */
import type { ChannelDigest, NoticeSeverity, QuietHours } from '@xanthus/proto/notifications';

/** `settle`: nothing more has come for so long; `most`: nothing waits longer for others. ms */
export interface Gather { readonly settle: number; readonly most: number }
export const GATHER: Gather = { settle: 5_000, most: 60_000 };

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;
/** When the daily digest is sent. */
const MORNING = 8 * 60;

export const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** Minutes since midnight there. */
const minutesAt = (time: number, zone: string): number => {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(time);
  const of = (type: string): number => Number(parts.find(p => p.type === type)?.value ?? 0);
  return of('hour') * 60 + of('minute');
};
const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** The next time, from now on, that clocks there show so many minutes since midnight. A day that a clock is put forward or back in is looked at again when it comes. */
const nextAt = (minutes: number, time: number, zone: string): number => {
  const now = minutesAt(time, zone);
  const ahead = (minutes - now + DAY_MINUTES) % DAY_MINUTES;
  return Math.floor(time / MINUTE) * MINUTE + (ahead === 0 ? DAY_MINUTES : ahead) * MINUTE;
};

export const isQuiet = ({ from, to, time_zone }: QuietHours, time: number): boolean => {
  const [begin, end, now] = [minutesOf(from), minutesOf(to), minutesAt(time, time_zone)];
  return begin <= end ? now >= begin && now < end : now >= begin || now < end;
};

/** Until when a notice waits; null: it does not. */
export const heldUntil = ({ quiet, digest }: { readonly quiet: QuietHours | null; readonly digest: ChannelDigest }, severity: NoticeSeverity, time: number): number | null => {
  const error = severity === 'error';
  let until: number | null = null;
  if (digest.every !== 'none' && !(error && digest.errors)) until = digest.every === 'hourly' ? (Math.floor(time / (60 * MINUTE)) + 1) * 60 * MINUTE : nextAt(MORNING, time, digest.time_zone);
  if (quiet !== null && !(error && quiet.errors)) {
    const then = until ?? time;
    if (isQuiet(quiet, then)) until = nextAt(minutesOf(quiet.to), then, quiet.time_zone);
  }
  return until;
};
