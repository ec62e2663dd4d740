import { CapabilityMirror, CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import { Refusal } from '@xanthus/kernel';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { acceptInvitation, invitationNames, inviteMember, joinTenant, resendInvitation, revokeInvitation, showInvitation } from '@xanthus/proto/auth';
import { Invitations } from '../app/invitations.js';
import { granterOf } from './granter.js';
import { gatewayOnly } from './own.js';

/** Invitations hand out membership: people and their programs make them, tenants' NATS clients do not. */
@Doors()
export class InvitationDoors {
  constructor(private readonly invitations: Invitations, private readonly rights: CapabilityMirror) {}

  @CommandDoor(inviteMember, { external: false })
  create(input: ParsedInputOf<typeof inviteMember>, call: Call): Promise<OutputOf<typeof inviteMember>> {
    return this.invitations.create(call.context(), granterOf(this.rights, call), input);
  }

  @CommandDoor(resendInvitation, { external: false })
  resend(_input: ParsedInputOf<typeof resendInvitation>, call: Call): Promise<OutputOf<typeof resendInvitation>> {
    return this.invitations.resend(call.context(), granterOf(this.rights, call));
  }

  @CommandDoor(revokeInvitation, { external: false })
  revoke(_input: ParsedInputOf<typeof revokeInvitation>, call: Call): Promise<OutputOf<typeof revokeInvitation>> {
    return this.invitations.revoke(call.context(), granterOf(this.rights, call));
  }

  @QueryDoor(showInvitation, { external: false })
  async show(input: ParsedInputOf<typeof showInvitation>, call: Call): Promise<OutputOf<typeof showInvitation>> {
    gatewayOnly(call);
    return this.invitations.show(call.context(), input.token);
  }

  @CommandDoor(acceptInvitation, { external: false })
  async accept(input: ParsedInputOf<typeof acceptInvitation>, call: Call): Promise<OutputOf<typeof acceptInvitation>> {
    gatewayOnly(call);
    return this.invitations.accept(call.context(), input);
  }

  @CommandDoor(joinTenant, { external: false })
  async join(input: ParsedInputOf<typeof joinTenant>, call: Call): Promise<OutputOf<typeof joinTenant>> {
    if (call.identity.kind !== 'person') throw new Refusal('DENIED', 'People join, by themselves.');
    return this.invitations.join(call.context(), call.identity.id, input.token);
  }

  @QueryDoor(invitationNames, { external: false })
  names(_input: ParsedInputOf<typeof invitationNames>, call: Call): Promise<OutputOf<typeof invitationNames>> {
    return this.invitations.names(call.tenant);
  }
}
