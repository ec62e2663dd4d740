/** When something is upgraded without being asked. Pure. */
export interface Window { readonly days: readonly string[]; /** `HH:MM`. */ readonly from: string; /** Before `from`: on the next day. */ readonly to: string }

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Weekday (0: Sunday) and minute of the day there. A zone that is not known counts as UTC. */
const localTime = (now: number, zone: string): { readonly day: number; readonly minute: number } => {
  const format = (timeZone: string): Intl.DateTimeFormatPart[] => new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(now);
  let parts: Intl.DateTimeFormatPart[];
  try {
    parts = format(zone);
  } catch {
    parts = format('UTC');
  }
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find(p => p.type === type)?.value ?? '';
  return { day: DAYS.indexOf(part('weekday').toLowerCase() as (typeof DAYS)[number]), minute: Number(part('hour')) * 60 + Number(part('minute')) };
};

/** None: always. @param zone of the server, as the IANA database names it */
export const isWithin = (window: Window | null, zone: string, now: number): boolean => {
  if (window === null) return true;
  const { day, minute } = localTime(now, zone);
  const [from, to] = [minutes(window.from), minutes(window.to)];
  const on = (d: number): boolean => window.days.includes(DAYS[(d + 7) % 7] ?? '');
  if (from < to) return on(day) && minute >= from && minute < to;
  // Over midnight, or a whole day where both are the same: the day is that on which it begins.
  return (on(day) && minute >= from) || (on(day - 1) && minute < to);
};
