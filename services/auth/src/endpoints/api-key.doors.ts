import { CapabilityMirror, CommandDoor, Doors, type Call } from '@xanthus/nest';
import { Refusal } from '@xanthus/kernel';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { createApiKey, noteApiKeyUse, revokeApiKey } from '@xanthus/proto/auth';
import { ApiKeys } from '../app/api-keys.js';
import { granterOf } from './granter.js';
import { gatewayOnly } from './own.js';

@Doors()
export class ApiKeyDoors {
  constructor(private readonly keys: ApiKeys, private readonly rights: CapabilityMirror) {}

  /** Not for keys and credentials: they must not multiply themselves. */
  @CommandDoor(createApiKey, { external: false })
  create(input: ParsedInputOf<typeof createApiKey>, call: Call): Promise<OutputOf<typeof createApiKey>> {
    if (call.identity.kind === 'credential') throw new Refusal('DENIED', 'An API key or credential makes no others; a person does.');
    return this.keys.create(call.context(), granterOf(this.rights, call), input);
  }

  @CommandDoor(revokeApiKey)
  revoke(_input: ParsedInputOf<typeof revokeApiKey>, call: Call): Promise<OutputOf<typeof revokeApiKey>> {
    return this.keys.revoke(call.context(), granterOf(this.rights, call));
  }

  @CommandDoor(noteApiKeyUse, { external: false })
  noteUse(_input: ParsedInputOf<typeof noteApiKeyUse>, call: Call): Promise<OutputOf<typeof noteApiKeyUse>> {
    gatewayOnly(call);
    return this.keys.noteUse({ ...call.context(), actor: { kind: 'credential', id: call.id, via: 'gateway' } });
  }
}
