import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { generateSshKey, importSshKey, removeSshKey } from '@xanthus/proto/vps';
import { generateSshKey as runGenerate, importSshKey as runImport, removeSshKey as runRemove } from '../adoption/ssh-keys.js';
import type { VpsContext } from '../vps.context.js';
import { VPS_CONTEXT } from './tokens.js';

@Doors()
export class SshKeyDoors {
  constructor(@Inject(VPS_CONTEXT) private readonly vps: VpsContext) {}

  @CommandDoor(generateSshKey)
  generate(input: ParsedInputOf<typeof generateSshKey>, call: Call): Promise<OutputOf<typeof generateSshKey>> {
    return runGenerate(this.vps, input, call);
  }

  @CommandDoor(importSshKey)
  import(input: ParsedInputOf<typeof importSshKey>, call: Call): Promise<OutputOf<typeof importSshKey>> {
    return runImport(this.vps, input, call);
  }

  @CommandDoor(removeSshKey)
  remove(_input: ParsedInputOf<typeof removeSshKey>, call: Call): Promise<OutputOf<typeof removeSshKey>> {
    return runRemove(this.vps, call);
  }
}
