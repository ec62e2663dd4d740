import { Inject } from '@nestjs/common';
import { handle, writtenBy } from '@xanthus/kernel';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { applyPlan, cancelPlan, checkRecords, discardPlan, makePlan, planDetails, planVisibility, resumePlan } from '@xanthus/proto/dns';
import type { DnsContext } from '../dns.context.js';
import { planType } from '../plan/plan.decide.js';
import { checkRecord, type RecordInput } from '../records/check-record.js';
import { apply, details, limitsOf, make, resume } from '../use-cases/plans.js';
import { visibilityOf } from '../use-cases/visibility.js';
import { managedZone } from '../use-cases/zones.js';
import { DNS_CONTEXT } from './tokens.js';

@Doors()
export class PlanDoors {
  constructor(@Inject(DNS_CONTEXT) private readonly dns: DnsContext) {}

  @CommandDoor(makePlan)
  make(input: ParsedInputOf<typeof makePlan>, call: Call): Promise<OutputOf<typeof makePlan>> {
    return make(this.dns, call, input);
  }

  @CommandDoor(applyPlan)
  apply(input: ParsedInputOf<typeof applyPlan>, call: Call): Promise<OutputOf<typeof applyPlan>> {
    return apply(this.dns, call, input);
  }

  @CommandDoor(cancelPlan)
  async cancel({ roll_back }: ParsedInputOf<typeof cancelPlan>, call: Call): Promise<OutputOf<typeof cancelPlan>> {
    return writtenBy(await handle(this.dns, planType, call.context(), { type: 'Cancel', roll_back }));
  }

  @CommandDoor(resumePlan)
  resume({ how }: ParsedInputOf<typeof resumePlan>, call: Call): Promise<OutputOf<typeof resumePlan>> {
    return resume(this.dns, call, how);
  }

  @CommandDoor(discardPlan)
  async discard(_input: ParsedInputOf<typeof discardPlan>, call: Call): Promise<OutputOf<typeof discardPlan>> {
    return writtenBy(await handle(this.dns, planType, call.context(), { type: 'Discard' }));
  }

  @QueryDoor(planDetails)
  details(input: ParsedInputOf<typeof planDetails>, call: Call): Promise<OutputOf<typeof planDetails>> {
    return details(this.dns, call.tenant, call.id, input);
  }

  @QueryDoor(planVisibility)
  visibility(_input: ParsedInputOf<typeof planVisibility>, call: Call): Promise<OutputOf<typeof planVisibility>> {
    return visibilityOf(this.dns, call.tenant, call.id);
  }

  @QueryDoor(checkRecords)
  async check({ records }: ParsedInputOf<typeof checkRecords>, call: Call): Promise<OutputOf<typeof checkRecords>> {
    const { about } = await managedZone(this.dns, call.tenant, call.id);
    return { issues: records.flatMap((record, at) => { const checked = checkRecord(record as RecordInput, about.name, limitsOf(about.plan)); return checked.ok ? [] : checked.issues.map(issue => ({ at, ...issue })); }) };
  }
}
