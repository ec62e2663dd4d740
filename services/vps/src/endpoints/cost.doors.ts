import { Inject } from '@nestjs/common';
import { Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { costReport } from '@xanthus/proto/vps';
import { reportCosts } from '../costs/cost-arithmetic.js';
import type { CostRow } from '../views/costs.js';
import type { VpsContext } from '../vps.context.js';
import { VPS_CONTEXT } from './tokens.js';

@Doors()
export class CostDoors {
  constructor(@Inject(VPS_CONTEXT) private readonly vps: VpsContext) {}

  @QueryDoor(costReport)
  async report(input: ParsedInputOf<typeof costReport>, call: Call): Promise<OutputOf<typeof costReport>> {
    const rows = await this.vps.views.list<CostRow>(call.tenant, 'costs');
    return reportCosts(rows.map(r => r.value.data), call.now, input.month);
  }
}
