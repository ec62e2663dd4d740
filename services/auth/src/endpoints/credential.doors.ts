import { CapabilityMirror, CommandDoor, Doors, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { createCredential, revokeCredential } from '@xanthus/proto/auth';
import { Credentials } from '../app/credentials.js';
import { granterOf } from './granter.js';

@Doors()
export class CredentialDoors {
  constructor(private readonly credentials: Credentials, private readonly rights: CapabilityMirror) {}

  /** Not for NATS clients of tenants: a credential must not multiply itself. */
  @CommandDoor(createCredential, { external: false })
  create(input: ParsedInputOf<typeof createCredential>, call: Call): Promise<OutputOf<typeof createCredential>> {
    return this.credentials.create(call.context(), granterOf(this.rights, call), input);
  }

  @CommandDoor(revokeCredential)
  revoke(_input: ParsedInputOf<typeof revokeCredential>, call: Call): Promise<OutputOf<typeof revokeCredential>> {
    return this.credentials.revoke(call.context());
  }
}
