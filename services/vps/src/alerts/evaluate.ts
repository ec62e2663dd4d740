/**
 * When is something about a server an alert? Pure: time comes in, in seconds of a clock that only goes forward. Between the limit that raises and the one
 * that clears nothing changes, and what comes and goes must last, so that no alert flaps.
 */
import { ALERT_KINDS, ALERT_LIMITS, type AlertFinding, type AlertKind, type AlertLimits, type MetricsSample } from '@xanthus/proto/vps';

/** What one round of the watch saw. */
export type Seen =
  | { readonly kind: 'sample'; readonly sample: MetricsSample }
  /** It does not answer, or shows another host key. */
  | { readonly kind: 'silence'; readonly code: string; readonly message: string }
  /** It does not answer because somebody switched it off. */
  | { readonly kind: 'off' };

/** `open`: raise it. `over`: clear it. Undefined: nothing can be said, so nothing changes. */
export type Verdict = { readonly is: 'open'; readonly finding: AlertFinding } | { readonly is: 'over'; readonly message?: string };
export type Verdicts = Readonly<Partial<Record<AlertKind, Verdict>>>;

/** Since when, or for how many samples, a condition holds. */
interface Streak { readonly bad: number; readonly good: number; readonly badSince: number; readonly goodSince: number }
export interface Track { readonly verdicts: Verdicts; readonly streaks: Readonly<Partial<Record<AlertKind, Streak>>> }
export const newTrack: Track = { verdicts: {}, streaks: {} };

type Judgement = 'bad' | 'good' | 'between';
const NONE: Streak = { bad: 0, good: 0, badSince: 0, goodSince: 0 };

const extend = (before: Streak, judgement: Judgement, now: number): Streak => {
  if (judgement === 'between') return NONE;
  return judgement === 'bad'
    ? { bad: before.bad + 1, badSince: before.bad === 0 ? now : before.badSince, good: 0, goodSince: 0 }
    : { good: before.good + 1, goodSince: before.good === 0 ? now : before.goodSince, bad: 0, badSince: 0 };
};

const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`;
const judge = (value: number, raise: number, clear: number): Judgement => (value > raise ? 'bad' : value < clear ? 'good' : 'between');

/** Where a condition must hold: so many samples in a row, or so many seconds. */
interface Patience { readonly samples?: number; readonly seconds?: number }
interface Check { readonly judgement: Judgement; readonly finding: AlertFinding; readonly over?: string; readonly raise: Patience; readonly clear: Patience }

const disk = ({ disk_used_bytes, disk_bytes }: MetricsSample, limits: AlertLimits): Check | undefined => {
  if (disk_bytes === 0) return undefined;
  const value = disk_used_bytes / disk_bytes;
  const raise = limits.disk ?? ALERT_LIMITS.disk.raise;
  const message = `The disk is ${percent(value)} full.`;
  const clear = raise - (ALERT_LIMITS.disk.raise - ALERT_LIMITS.disk.clear);
  return { judgement: judge(value, raise, clear), finding: { kind: 'disk', message, value: round(value), limit: raise }, over: message, raise: { samples: 1 }, clear: { samples: 1 } };
};

const load = ({ load5, cpus }: MetricsSample, limits: AlertLimits): Check | undefined => {
  if (load5 === undefined || cpus === undefined || cpus === 0) return undefined;
  const each = limits.load ?? ALERT_LIMITS.load.raise;
  const raise = each * cpus;
  const clear = raise * (ALERT_LIMITS.load.clear / ALERT_LIMITS.load.raise);
  const { raise_after, clear_after } = ALERT_LIMITS.load;
  const message = `The load of the last 5 minutes is ${load5.toFixed(1)} on ${cpus === 1 ? 'one processor' : `${cpus} processors`}.`;
  return { judgement: judge(load5, raise, clear), finding: { kind: 'load', message, value: round(load5), limit: raise }, over: message, raise: { seconds: raise_after }, clear: { seconds: clear_after } };
};

const service = ({ services }: MetricsSample): Check | undefined => {
  if (services === undefined) return undefined;
  const failed = Object.keys(services).filter(name => services[name] === 'failed').sort();
  const message = failed.length === 1 ? `The service ${failed[0]} has failed.` : `${failed.length} services have failed: ${failed.join(', ')}.`;
  const { raise_after, clear_after } = ALERT_LIMITS.service;
  return { judgement: failed.length > 0 ? 'bad' : 'good', finding: { kind: 'service', message, value: failed.length, limit: 0, services: failed }, over: 'All services run again.', raise: { samples: raise_after }, clear: { samples: clear_after } };
};

const clock = ({ clock_offset_seconds }: MetricsSample): Check | undefined => {
  if (clock_offset_seconds === undefined) return undefined;
  const off = Math.abs(clock_offset_seconds);
  const { raise, clear, raise_after, clear_after } = ALERT_LIMITS.clock;
  const message = `Its clock is ${Math.round(off)} s ${clock_offset_seconds < 0 ? 'behind' : 'ahead'}: certificates and log-ins depend on it. Check that time is synchronised there (timedatectl).`;
  return { judgement: judge(off, raise, clear), finding: { kind: 'clock', message, value: round(clock_offset_seconds), limit: raise }, over: 'Its clock is right again.', raise: { samples: raise_after }, clear: { samples: clear_after } };
};

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

const holds = (count: number, since: number, now: number, { samples, seconds }: Patience): boolean => count > 0 && (samples === undefined || count >= samples) && (seconds === undefined || now - since >= seconds);

const apply = (track: Track, kind: AlertKind, check: Check, now: number): Track => {
  const streak = extend(track.streaks[kind] ?? NONE, check.judgement, now);
  const before = track.verdicts[kind];
  const verdict: Verdict | undefined = holds(streak.bad, streak.badSince, now, check.raise) ? { is: 'open', finding: check.finding }
    : holds(streak.good, streak.goodSince, now, check.clear) ? { is: 'over', ...(check.over === undefined ? {} : { message: check.over }) } : before;
  return { verdicts: verdict === undefined ? track.verdicts : { ...track.verdicts, [kind]: verdict }, streaks: { ...track.streaks, [kind]: streak } };
};

/** What does not pass by itself. */
const AT_ONCE: ReadonlySet<string> = new Set(['SERVER.HOST_KEY_CHANGED']);

const reachability = (seen: Seen): Check => {
  const { raise_after } = ALERT_LIMITS.unreachable;
  if (seen.kind === 'off') return { judgement: 'good', finding: { kind: 'unreachable', message: '' }, over: 'It was switched off.', raise: { samples: 1 }, clear: { samples: 1 } };
  return seen.kind === 'silence'
    ? { judgement: 'bad', finding: { kind: 'unreachable', message: seen.message.slice(0, 500), code: seen.code, limit: raise_after }, raise: AT_ONCE.has(seen.code) ? { samples: 1 } : { seconds: raise_after }, clear: { samples: 1 } }
    : { judgement: 'good', finding: { kind: 'unreachable', message: '' }, over: 'It answers again.', raise: { samples: 1 }, clear: { samples: 2 } };
};

const CHECKS: Readonly<Record<Exclude<AlertKind, 'unreachable'>, (sample: MetricsSample, limits: AlertLimits) => Check | undefined>> = { disk, load, service, clock };

/** The track after one round. While a server is silent, what else was wrong with it stays as it was last seen. */
export const follow = (track: Track, seen: Seen, now: number, limits: AlertLimits): Track => {
  let next = apply(track, 'unreachable', reachability(seen), now);
  for (const kind of ALERT_KINDS) {
    if (limits.off?.includes(kind)) {
      next = { ...next, verdicts: { ...next.verdicts, [kind]: { is: 'over', message: 'Alerts of this kind are off for this server.' } } };
      continue;
    }
    if (kind === 'unreachable') continue;
    const check = seen.kind === 'sample' ? CHECKS[kind](seen.sample, limits) : undefined;
    // what is not known breaks the streak: time that nobody watched counts for nothing
    next = check ? apply(next, kind, check, now) : { ...next, streaks: { ...next.streaks, [kind]: NONE } };
  }
  return next;
};
