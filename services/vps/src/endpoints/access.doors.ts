import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { connectServer, signForServer } from '@xanthus/proto/vps';
import { connectServer as runConnect, signForServer as runSign } from '../access/let-in.js';
import type { VpsContext } from '../vps.context.js';
import { VPS_CONTEXT } from './tokens.js';

/** For services only; the contracts say so. */
@Doors()
export class AccessDoors {
  constructor(@Inject(VPS_CONTEXT) private readonly vps: VpsContext) {}

  @CommandDoor(connectServer)
  connect(input: ParsedInputOf<typeof connectServer>, call: Call): Promise<OutputOf<typeof connectServer>> {
    return runConnect(this.vps, input, call);
  }

  @CommandDoor(signForServer)
  sign(input: ParsedInputOf<typeof signForServer>, call: Call): Promise<OutputOf<typeof signForServer>> {
    return runSign(this.vps, input, call);
  }
}
