import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { completeSetup, issueSetupLink, setupStatus } from '@xanthus/proto/auth';
import { SetUp } from '../app/set-up.js';

@Doors()
export class InstallationDoors {
  constructor(private readonly setUp: SetUp) {}

  @CommandDoor(issueSetupLink, { external: false })
  issueLink(_input: ParsedInputOf<typeof issueSetupLink>, call: Call): Promise<OutputOf<typeof issueSetupLink>> {
    return this.setUp.issueLink(call.context());
  }

  @CommandDoor(completeSetup, { external: false })
  complete(input: ParsedInputOf<typeof completeSetup>, call: Call): Promise<OutputOf<typeof completeSetup>> {
    return this.setUp.complete(call.context(), input);
  }

  @QueryDoor(setupStatus, { external: false })
  async status(): Promise<OutputOf<typeof setupStatus>> {
    return { done: await this.setUp.done() };
  }
}
