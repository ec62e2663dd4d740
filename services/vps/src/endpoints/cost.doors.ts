import { Doors, QueryDoor } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { costReport } from '@xanthus/proto/vps';

@Doors()
export class CostDoors {
  @QueryDoor(costReport)
  async report(input: ParsedInputOf<typeof costReport>): Promise<OutputOf<typeof costReport>> {
    const as_of = new Date().toISOString();
    return { month: input.month ?? as_of.slice(0, 7), as_of, totals: [], servers: [], days: [] };
  }
}
