import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { applicationLogs, applicationStatus, checkApplication, followApplicationLogs, stopApplicationLogs } from '@xanthus/proto/applications';
import type { ApplicationsContext } from '../applications.context.js';
import { checkNow } from '../life/check-now.js';
import { followLogs, logs, stopLogs } from '../life/logs.js';
import { applicationStatusOf } from '../life/status.js';
import type { ProcessPorts } from '../running/ports.js';
import { APPLICATIONS_CONTEXT, PROCESS_PORTS } from './tokens.js';

/** What is asked of an application while it lives. */
@Doors()
export class LifeDoors {
  constructor(@Inject(APPLICATIONS_CONTEXT) private readonly on: ApplicationsContext, @Inject(PROCESS_PORTS) private readonly ports: ProcessPorts) {}

  @QueryDoor(applicationStatus)
  status(_input: ParsedInputOf<typeof applicationStatus>, call: Call): Promise<OutputOf<typeof applicationStatus>> {
    return applicationStatusOf(this.on, this.ports.ask, call);
  }

  @QueryDoor(applicationLogs)
  logs(input: ParsedInputOf<typeof applicationLogs>, call: Call): Promise<OutputOf<typeof applicationLogs>> {
    return logs(this.on, input, call);
  }

  @CommandDoor(followApplicationLogs)
  follow(input: ParsedInputOf<typeof followApplicationLogs>, call: Call): Promise<OutputOf<typeof followApplicationLogs>> {
    return followLogs(this.on, input, call);
  }

  @CommandDoor(stopApplicationLogs)
  stopFollowing(input: ParsedInputOf<typeof stopApplicationLogs>, call: Call): Promise<OutputOf<typeof stopApplicationLogs>> {
    return stopLogs(this.on, input, call);
  }

  @CommandDoor(checkApplication)
  check(_input: ParsedInputOf<typeof checkApplication>, call: Call): Promise<OutputOf<typeof checkApplication>> {
    return checkNow(this.on, this.ports.ask, call);
  }
}
