import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { acceptDrift, checkDrift, ignoreDrift, revertDrift } from '@xanthus/proto/vps';
import { acceptDrift as accept, ignoreDrift as ignore, revertDrift as revert } from '../drift/answer.js';
import { createDriftCheck } from '../drift/run-drift.js';
import type { VpsContext } from '../vps.context.js';
import { VPS_CONTEXT } from './tokens.js';

@Doors()
export class DriftDoors {
  readonly #check: ReturnType<typeof createDriftCheck>;

  constructor(@Inject(VPS_CONTEXT) private readonly vps: VpsContext) {
    this.#check = createDriftCheck(vps);
  }

  @CommandDoor(acceptDrift)
  accept(input: ParsedInputOf<typeof acceptDrift>, call: Call): Promise<OutputOf<typeof acceptDrift>> {
    return accept(this.vps, input, call);
  }

  @CommandDoor(revertDrift)
  revert(input: ParsedInputOf<typeof revertDrift>, call: Call): Promise<OutputOf<typeof revertDrift>> {
    return revert(this.vps, input, call);
  }

  @CommandDoor(ignoreDrift)
  ignore(input: ParsedInputOf<typeof ignoreDrift>, call: Call): Promise<OutputOf<typeof ignoreDrift>> {
    return ignore(this.vps, input, call);
  }

  @CommandDoor(checkDrift)
  check(_input: ParsedInputOf<typeof checkDrift>, call: Call): Promise<OutputOf<typeof checkDrift>> {
    return this.#check(call.tenant, call.signal);
  }
}
