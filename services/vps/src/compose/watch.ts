import { AlertDoors } from '../endpoints/alert.doors.js';
import { MetricsDoors } from '../endpoints/metrics.doors.js';
import { keepSeries } from '../metrics/keep-series.js';
import type { Part, VpsCore } from './part.js';

/** What is seen of servers over time: series of their metrics, and alerts. */
export const composeWatch = ({ vps }: VpsCore): Part => ({
  controllers: [MetricsDoors, AlertDoors],
  standing: [{ name: 'series', run: signal => keepSeries(vps, signal) }],
});
