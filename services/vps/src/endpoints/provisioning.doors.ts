import { Inject } from '@nestjs/common';
import { Refusal } from '@xanthus/kernel';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { cancelSetUp, cloudInitPreview, createServer, installK3s, removalPlan, retrySetUp } from '@xanthus/proto/vps';
import type { VpsContext } from '../vps.context.js';
import { VPS_CONTEXT } from './tokens.js';

const soon = (): never => { throw new Refusal('SERVER.NOT_SUPPORTED', 'This is not built yet.'); };

@Doors()
export class ProvisioningDoors {
  constructor(@Inject(VPS_CONTEXT) private readonly vps: VpsContext) {}

  @CommandDoor(createServer)
  async create(_input: ParsedInputOf<typeof createServer>, _call: Call): Promise<OutputOf<typeof createServer>> {
    return soon();
  }

  @CommandDoor(installK3s)
  async install(_input: ParsedInputOf<typeof installK3s>, _call: Call): Promise<OutputOf<typeof installK3s>> {
    return soon();
  }

  @CommandDoor(cancelSetUp)
  async cancel(_input: ParsedInputOf<typeof cancelSetUp>, _call: Call): Promise<OutputOf<typeof cancelSetUp>> {
    return soon();
  }

  @CommandDoor(retrySetUp)
  async retry(_input: ParsedInputOf<typeof retrySetUp>, _call: Call): Promise<OutputOf<typeof retrySetUp>> {
    return soon();
  }

  @QueryDoor(cloudInitPreview)
  async cloudInit(_input: ParsedInputOf<typeof cloudInitPreview>, _call: Call): Promise<OutputOf<typeof cloudInitPreview>> {
    return soon();
  }

  @QueryDoor(removalPlan)
  async removalPlan(_input: ParsedInputOf<typeof removalPlan>, _call: Call): Promise<OutputOf<typeof removalPlan>> {
    return soon();
  }
}
