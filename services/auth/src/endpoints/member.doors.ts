import { CapabilityMirror, CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import { Refusal } from '@xanthus/kernel';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { addMember, assignRole, leaveTenant, memberNames, removeMember } from '@xanthus/proto/auth';
import { Members } from '../app/members.js';
import { granterOf } from './granter.js';

@Doors()
export class MemberDoors {
  constructor(private readonly members: Members, private readonly rights: CapabilityMirror) {}

  /** A hash of another system comes with an import only: who gives one could log in as the person. */
  @CommandDoor(addMember)
  async add(input: ParsedInputOf<typeof addMember>, call: Call): Promise<OutputOf<typeof addMember>> {
    if (input.password_hash !== undefined && call.identity.kind !== 'service') throw new Refusal('DENIED', 'Only the installation itself imports password hashes; give a first password.');
    return this.members.add(call.context(), granterOf(this.rights, call), input);
  }

  @CommandDoor(assignRole)
  assign(input: ParsedInputOf<typeof assignRole>, call: Call): Promise<OutputOf<typeof assignRole>> {
    return this.members.assign(call.context(), granterOf(this.rights, call), input.role);
  }

  @CommandDoor(removeMember)
  remove(_input: ParsedInputOf<typeof removeMember>, call: Call): Promise<OutputOf<typeof removeMember>> {
    return this.members.remove(call.context(), granterOf(this.rights, call));
  }

  /** The right is on one's own id only; a person leaves, nobody else in their name. */
  @CommandDoor(leaveTenant, { external: false })
  leave(_input: ParsedInputOf<typeof leaveTenant>, call: Call): Promise<OutputOf<typeof leaveTenant>> {
    if (call.identity.id !== call.id) throw new Refusal('DENIED', 'Everybody leaves by themselves; to take somebody else out, remove them.');
    return this.members.leave(call.context());
  }

  @QueryDoor(memberNames)
  async names(_input: ParsedInputOf<typeof memberNames>, call: Call): Promise<OutputOf<typeof memberNames>> {
    return { members: await this.members.names(call.tenant) };
  }
}
