import { CapabilityMirror, CommandDoor, Doors, type Call } from '@xanthus/nest';
import { Refusal } from '@xanthus/kernel';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { defineRole, removeRole, tagResource } from '@xanthus/proto/auth';
import { Roles } from '../app/roles.js';
import { granterOf } from './granter.js';

@Doors()
export class RoleDoors {
  constructor(private readonly roles: Roles, private readonly rights: CapabilityMirror) {}

  @CommandDoor(defineRole, { external: false })
  define(input: ParsedInputOf<typeof defineRole>, call: Call): Promise<OutputOf<typeof defineRole>> {
    return this.roles.define(call.context(), granterOf(this.rights, call), input);
  }

  @CommandDoor(removeRole, { external: false })
  remove(_input: ParsedInputOf<typeof removeRole>, call: Call): Promise<OutputOf<typeof removeRole>> {
    return this.roles.remove(call.context(), granterOf(this.rights, call));
  }

  /** The service that asks speaks of its own things. */
  @CommandDoor(tagResource, { external: false })
  tag(input: ParsedInputOf<typeof tagResource>, call: Call): Promise<OutputOf<typeof tagResource>> {
    if (call.identity.kind !== 'service') throw new Refusal('DENIED', 'Only services say what carries a tag.');
    return this.roles.tag(call.context(), call.identity.id, input);
  }
}
