import { CommandDoor, Doors, type Call } from '@xanthus/nest';
import { Refusal } from '@xanthus/kernel';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { handOverSecret, putSecret, removeSecret, rotateSecret } from '@xanthus/proto/auth';
import { Secrets } from '../app/secrets.js';

@Doors()
export class SecretDoors {
  constructor(private readonly secrets: Secrets) {}

  @CommandDoor(putSecret)
  put(input: ParsedInputOf<typeof putSecret>, call: Call): Promise<OutputOf<typeof putSecret>> {
    return this.secrets.put(call.context(), input);
  }

  @CommandDoor(rotateSecret)
  rotate(input: ParsedInputOf<typeof rotateSecret>, call: Call): Promise<OutputOf<typeof rotateSecret>> {
    return this.secrets.rotate(call.context(), input.value);
  }

  @CommandDoor(removeSecret)
  remove(_input: ParsedInputOf<typeof removeSecret>, call: Call): Promise<OutputOf<typeof removeSecret>> {
    return this.secrets.remove(call.context());
  }

  /** For nobody but a service that runs here, whatever a role may say. */
  @CommandDoor(handOverSecret, { external: false })
  handOver(input: ParsedInputOf<typeof handOverSecret>, call: Call): Promise<OutputOf<typeof handOverSecret>> {
    const { kind, id, seal } = call.identity;
    if (kind !== 'service') throw new Refusal('SECRET.NOT_FOR_YOU', 'A secret is handed to services only; nobody can read it back.');
    return this.secrets.handOver(call.context(), { service: id, seal }, input.reason);
  }
}
