import { Inject } from '@nestjs/common';
import { Doors, QueryDoor, type Call } from '@xanthus/nest';
import { viewKey, type OutputOf, type ParsedInputOf } from '@xanthus/proto';
import { metricsSeries } from '@xanthus/proto/vps';
import { readSeries } from '../metrics/read-series.js';
import { notFound } from '../server/server.errors.js';
import type { VpsContext } from '../vps.context.js';
import { VPS_CONTEXT } from './tokens.js';

@Doors()
export class MetricsDoors {
  constructor(@Inject(VPS_CONTEXT) private readonly vps: VpsContext) {}

  @QueryDoor(metricsSeries)
  async series({ span }: ParsedInputOf<typeof metricsSeries>, { tenant, id }: Call): Promise<OutputOf<typeof metricsSeries>> {
    if (await this.vps.views.get(viewKey(tenant, 'servers', id)) === undefined) throw notFound();
    return readSeries(this.vps.nc, { tenant, id, span, now: Date.now() });
  }
}
