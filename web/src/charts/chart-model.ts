/** From values in time to what a chart draws and says. Pure; times are ms since 1970. */
import type { Frame, Point } from '../servers/metrics-series.js';

export interface Line {
  readonly key: string;
  readonly label: string;
  /** In order of time. */
  readonly points: readonly Point[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 7 * DAY] as const;

/** Round moments of the reader's own clock, at most so many. `offset`: minutes that it is behind UTC, as Date tells it. */
export const timeTicks = (from: number, to: number, most: number, offset: number): { readonly step: number; readonly at: readonly number[] } => {
  const step = STEPS.find(s => (to - from) / s <= most) ?? 7 * DAY;
  const shift = offset * MINUTE;
  const first = Math.ceil((from - shift) / step) * step + shift;
  return { step, at: Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => first + i * step) };
};

/** A ceiling for sizes: round in powers of 1024, so that its ticks read `512 MiB`, not `477 MiB`. */
export const byteCeiling = (highest: number, least: number): number => {
  const wanted = Math.max(highest * 1.05, least);
  let unit = 1;
  while (wanted >= unit * 1024) unit *= 1024;
  return [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024].map(m => m * unit).find(c => c >= wanted) ?? wanted;
};

/** The value of each line nearest to a moment, none that is further off than `reach`. */
export const readAt = (lines: readonly Line[], at: number, reach: number): readonly (Point | undefined)[] => lines.map(({ points }) => {
  const i = indexAfter(points, at);
  const [before, after] = [points[i - 1], points[i]];
  const near = before && after ? (at - before.at <= after.at - at ? before : after) : before ?? after;
  return near && Math.abs(near.at - at) <= reach ? near : undefined;
});

/** Index of the first point later than a moment. */
const indexAfter = (points: readonly Point[], at: number): number => {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.at ?? 0) > at) high = middle; else low = middle + 1;
  }
  return low;
};

/** Every moment that has a value, in order: the steps of the read-out by keyboard. */
export const moments = (lines: readonly Line[]): readonly number[] => [...new Set(lines.flatMap(l => l.points.map(p => p.at)))].sort((a, b) => a - b);

/** The next moment from where the read-out is; from nowhere it begins at the newest. */
export const stepFrom = (all: readonly number[], at: number | undefined, by: number): number | undefined => {
  if (all.length === 0) return undefined;
  if (at === undefined) return all.at(-1);
  const here = all.findIndex(m => m >= at);
  const i = here < 0 ? all.length - 1 : here;
  return all[Math.min(all.length - 1, Math.max(0, i + by))];
};

/** Counters into amounts per second. A counter that went back began anew (the machine restarted): nothing is known of that stretch. */
export const perSecond = (points: readonly Point[]): readonly Point[] => points.flatMap((p, i) => {
  const before = points[i - 1];
  if (!before || p.value < before.value || p.at <= before.at) return [];
  return [{ at: p.at, value: (p.value - before.value) / ((p.at - before.at) / 1_000) }];
});

/** The area between the least and the greatest values of a run; nothing where they are the values themselves. */
export const bandPath = (run: readonly Point[], { from, to, ceiling, width, height }: Frame): string => {
  if (run.length < 2 || !run.some(p => (p.high ?? p.value) !== (p.low ?? p.value))) return '';
  const x = (at: number): string => (((at - from) / (to - from)) * width).toFixed(2);
  const y = (value: number): string => (height - Math.min(1, value / ceiling) * height).toFixed(2);
  const up = run.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(p.at)} ${y(p.high ?? p.value)}`);
  return `${up.join('')}${run.toReversed().map(p => `L${x(p.at)} ${y(p.low ?? p.value)}`).join('')}Z`;
};
