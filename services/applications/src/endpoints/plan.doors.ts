import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { applicationPlan, planApplication } from '@xanthus/proto/applications';
import type { ApplicationsContext } from '../applications.context.js';
import { makePlan, planInWhole } from '../use-cases/plans.js';
import { APPLICATIONS_CONTEXT } from './tokens.js';

@Doors()
export class PlanDoors {
  constructor(@Inject(APPLICATIONS_CONTEXT) private readonly on: ApplicationsContext) {}

  @CommandDoor(planApplication)
  plan(input: ParsedInputOf<typeof planApplication>, call: Call): Promise<OutputOf<typeof planApplication>> {
    return makePlan(this.on, call, input);
  }

  @QueryDoor(applicationPlan)
  whole(_input: ParsedInputOf<typeof applicationPlan>, call: Call): Promise<OutputOf<typeof applicationPlan>> {
    return planInWhole(this.on, call.tenant, call.id);
  }
}
