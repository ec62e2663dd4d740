import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { cancelSetUp, cloudInitPreview, createServer, installK3s, removalPlan, retrySetUp } from '@xanthus/proto/vps';
import type { Catalogue } from '../providers/catalogue.js';
import { createServer as runCreate, previewCloudInit } from '../provisioning/create-server.js';
import { cancel, installOn, retry } from '../provisioning/requests.js';
import { planRemoval } from '../removal/removal-plan.js';
import type { VpsContext } from '../vps.context.js';
import { CATALOGUE, VPS_CONTEXT } from './tokens.js';

@Doors()
export class ProvisioningDoors {
  constructor(@Inject(VPS_CONTEXT) private readonly vps: VpsContext, @Inject(CATALOGUE) private readonly catalogue: Catalogue) {}

  @CommandDoor(createServer)
  create(input: ParsedInputOf<typeof createServer>, call: Call): Promise<OutputOf<typeof createServer>> {
    return runCreate(this.vps, this.catalogue, input, call);
  }

  @CommandDoor(installK3s)
  install(_input: ParsedInputOf<typeof installK3s>, call: Call): Promise<OutputOf<typeof installK3s>> {
    return installOn(this.vps, call.context());
  }

  @CommandDoor(cancelSetUp)
  cancel(_input: ParsedInputOf<typeof cancelSetUp>, call: Call): Promise<OutputOf<typeof cancelSetUp>> {
    return cancel(this.vps, call.context());
  }

  @CommandDoor(retrySetUp)
  retry({ from_step }: ParsedInputOf<typeof retrySetUp>, call: Call): Promise<OutputOf<typeof retrySetUp>> {
    return retry(this.vps, call.context(), from_step);
  }

  @QueryDoor(cloudInitPreview)
  cloudInit(input: ParsedInputOf<typeof cloudInitPreview>, call: Call): Promise<OutputOf<typeof cloudInitPreview>> {
    return previewCloudInit(this.vps, input, call);
  }

  @QueryDoor(removalPlan)
  removalPlan(_input: ParsedInputOf<typeof removalPlan>, call: Call): Promise<OutputOf<typeof removalPlan>> {
    return planRemoval(this.vps, call);
  }
}
