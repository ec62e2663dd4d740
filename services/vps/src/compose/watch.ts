import { viewKey } from '@xanthus/proto';
import { AlertDoors } from '../endpoints/alert.doors.js';
import { MetricsDoors } from '../endpoints/metrics.doors.js';
import { keepSeries } from '../metrics/keep-series.js';
import type { Part, VpsCore } from './part.js';

/** What is seen of servers over time: series of their metrics, and alerts. */
export const composeWatch = ({ vps }: VpsCore): Part => ({
  controllers: [MetricsDoors, AlertDoors],
  standing: [{ name: 'series', run: signal => keepSeries({ nc: vps.nc, log: vps.log, exists: async (tenant, id) => !vps.forgotten.has(tenant) && await vps.views.get(viewKey(tenant, 'servers', id)) !== undefined }, signal) }],
});
