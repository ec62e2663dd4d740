import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { applicationValues, checkHost, prerequisites, readAccess, setPassword } from '@xanthus/proto/applications';
import { checkHostOf } from '../access/check-host.js';
import { prerequisitesOf } from '../access/prerequisites.js';
import { accessOf } from '../access/read-access.js';
import { changePassword } from '../access/set-password.js';
import { valuesOf } from '../access/values.js';
import type { ApplicationsContext } from '../applications.context.js';
import { APPLICATIONS_CONTEXT } from './tokens.js';

/** How to get into an application, and what somebody who wants one needs to know. */
@Doors()
export class AccessDoors {
  constructor(@Inject(APPLICATIONS_CONTEXT) private readonly on: ApplicationsContext) {}

  @CommandDoor(readAccess)
  read(_input: ParsedInputOf<typeof readAccess>, call: Call): Promise<OutputOf<typeof readAccess>> {
    return accessOf(this.on, call);
  }

  @CommandDoor(setPassword)
  setPassword({ password }: ParsedInputOf<typeof setPassword>, call: Call): Promise<OutputOf<typeof setPassword>> {
    return changePassword(this.on, call, password);
  }

  @QueryDoor(applicationValues)
  values({ revision }: ParsedInputOf<typeof applicationValues>, call: Call): Promise<OutputOf<typeof applicationValues>> {
    return valuesOf(this.on, call, revision);
  }

  @QueryDoor(prerequisites)
  prerequisites(_input: ParsedInputOf<typeof prerequisites>, call: Call): Promise<OutputOf<typeof prerequisites>> {
    return prerequisitesOf(this.on, call);
  }

  @QueryDoor(checkHost)
  checkHost(input: ParsedInputOf<typeof checkHost>, call: Call): Promise<OutputOf<typeof checkHost>> {
    return checkHostOf(this.on, call.tenant, input);
  }
}
