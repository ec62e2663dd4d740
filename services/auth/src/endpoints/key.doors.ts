import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { keyRings, rotateDataKeys, rotateMasterKey } from '@xanthus/proto/auth';
import { DataKeyRotation } from '../app/data-keys.js';

@Doors()
export class KeyDoors {
  constructor(private readonly keys: DataKeyRotation) {}

  @CommandDoor(rotateDataKeys, { external: false })
  rotate(_input: ParsedInputOf<typeof rotateDataKeys>, call: Call): Promise<OutputOf<typeof rotateDataKeys>> {
    return this.keys.rotate(call.context(), call.id);
  }

  @QueryDoor(keyRings, { external: false })
  rings(_input: ParsedInputOf<typeof keyRings>, call: Call): Promise<OutputOf<typeof keyRings>> {
    return this.keys.rings(call.tenant);
  }

  @CommandDoor(rotateMasterKey, { external: false })
  master(_input: ParsedInputOf<typeof rotateMasterKey>, call: Call): Promise<OutputOf<typeof rotateMasterKey>> {
    return this.keys.rotateMaster(call.context());
  }
}
