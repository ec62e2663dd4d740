import { CapabilityMirror, CommandDoor, Doors, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { changePassword, confirmTotp, disableTotp, issueResetLink, renamePerson, renewRecoveryCodes, resetPassword, startTotp } from '@xanthus/proto/auth';
import { People } from '../app/people.js';
import { SecondFactors } from '../app/second-factors.js';
import { granterOf } from './granter.js';
import { gatewayOnly, ownPerson } from './own.js';

/** Persons at a browser; nothing here for a tenant's NATS clients. */
@Doors()
export class PersonDoors {
  constructor(private readonly people: People, private readonly secondFactors: SecondFactors, private readonly rights: CapabilityMirror) {}

  @CommandDoor(changePassword, { external: false })
  async changePassword(input: ParsedInputOf<typeof changePassword>, call: Call): Promise<OutputOf<typeof changePassword>> {
    ownPerson(call);
    return this.people.changePassword(call.context(), call.identity.session, input);
  }

  @CommandDoor(renamePerson, { external: false })
  async rename(input: ParsedInputOf<typeof renamePerson>, call: Call): Promise<OutputOf<typeof renamePerson>> {
    ownPerson(call);
    return this.people.rename(call.context(), input.name);
  }

  @CommandDoor(issueResetLink, { external: false })
  async issueResetLink(input: ParsedInputOf<typeof issueResetLink>, call: Call): Promise<OutputOf<typeof issueResetLink>> {
    return this.people.issueResetLink(call.context(), granterOf(this.rights, call), input);
  }

  @CommandDoor(resetPassword, { external: false })
  async resetPassword(input: ParsedInputOf<typeof resetPassword>, call: Call): Promise<OutputOf<typeof resetPassword>> {
    gatewayOnly(call);
    return this.people.resetPassword(call.context(), input);
  }

  @CommandDoor(startTotp, { external: false })
  async startTotp(_input: ParsedInputOf<typeof startTotp>, call: Call): Promise<OutputOf<typeof startTotp>> {
    ownPerson(call);
    return this.secondFactors.start(call.context());
  }

  @CommandDoor(confirmTotp, { external: false })
  async confirmTotp(input: ParsedInputOf<typeof confirmTotp>, call: Call): Promise<OutputOf<typeof confirmTotp>> {
    ownPerson(call);
    return this.secondFactors.confirm(call.context(), input.code);
  }

  @CommandDoor(disableTotp, { external: false })
  async disableTotp(_input: ParsedInputOf<typeof disableTotp>, call: Call): Promise<OutputOf<typeof disableTotp>> {
    ownPerson(call);
    return this.secondFactors.disable(call.context());
  }

  @CommandDoor(renewRecoveryCodes, { external: false })
  async renewRecoveryCodes(_input: ParsedInputOf<typeof renewRecoveryCodes>, call: Call): Promise<OutputOf<typeof renewRecoveryCodes>> {
    ownPerson(call);
    return this.secondFactors.renew(call.context());
  }
}
