/** The hours that are not complete yet, of all servers, in memory. Pure. About 12 KB per server and hour. */
import type { MetricsSample } from '@xanthus/proto/vps';
import { merge, pointOf, startOf, type Bucket } from './bucket.js';
import { CHUNKS } from './chunk.js';

const { seconds: HOUR, step: MINUTE } = CHUNKS.hour;

interface OpenHour { /** Minutes that are over. */ readonly minutes: Bucket[]; /** Points of the minute that is not. */ points: Bucket[]; minute: number }
interface Server { before: MetricsSample | undefined; readonly hours: Map<number, OpenHour> }

const minutesOf = ({ minutes, points }: OpenHour): Bucket[] => merge([...minutes, ...points], MINUTE);

/** Folds samples as they come, one after the other, into minutes by hour. A series is named by any text. */
export const openHours = () => {
  const servers = new Map<string, Server>();

  const add = (series: string, sample: MetricsSample): void => {
    const server = servers.get(series) ?? { before: undefined, hours: new Map<number, OpenHour>() };
    servers.set(series, server);
    const point = pointOf(sample, server.before);
    server.before = sample;
    const start = startOf(point.at, HOUR);
    const minute = startOf(point.at, MINUTE);
    const hour = server.hours.get(start) ?? { minutes: [], points: [], minute };
    server.hours.set(start, hour);
    if (hour.minute !== minute) {
      hour.minutes.push(...merge(hour.points, MINUTE));
      hour.points = [];
      hour.minute = minute;
    }
    hour.points.push(point);
  };

  /** Takes the hours out that ended at or before `now` (seconds since 1970), oldest first. */
  const takeOver = function* (now: number): Generator<{ readonly series: string; readonly at: number; readonly minutes: readonly Bucket[] }> {
    for (const [series, server] of servers) {
      for (const at of [...server.hours.keys()].filter(start => start + HOUR <= now).sort((a, b) => a - b)) {
        const hour = server.hours.get(at) as OpenHour;
        server.hours.delete(at);
        yield { series, at, minutes: minutesOf(hour) };
      }
      // of a server that says nothing any more nothing stays
      if (server.hours.size === 0) servers.delete(series);
    }
  };

  return { add, takeOver, get size() { return servers.size; } };
};
