import { Inject } from '@nestjs/common';
import { handle, writtenBy } from '@xanthus/kernel';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import {
  acceptApplicationDrift, applicationHistory, cancelDeployment, deleteApplication, deployApplication, exposePort, portForwards, restartApplication, retryDeployment, revertApplication, rollbackApplication, scaleApplication, setApplicationValues, setUpdatePolicy,
  startApplication, stopApplication, unexposePort, upgradeApplication,
} from '@xanthus/proto/applications';
import { applicationType } from '../application/application.decide.js';
import type { ApplicationsContext } from '../applications.context.js';
import { digestOf } from '../compose/sealed-releases.js';
import { forwardsOf, historyOf } from '../use-cases/history.js';
import { livingApplication } from '../use-cases/living.js';
import { cancel, deleteIt, deploy, retry, unexpose, workAtOnce, workByPlan } from '../use-cases/work.js';
import { APPLICATIONS_CONTEXT } from './tokens.js';

type Planned = ParsedInputOf<typeof deployApplication>;
type Started = OutputOf<typeof deployApplication>;

@Doors()
export class ApplicationDoors {
  constructor(@Inject(APPLICATIONS_CONTEXT) private readonly on: ApplicationsContext) {}

  @CommandDoor(deployApplication)
  deploy(input: Planned, call: Call): Promise<Started> {
    return deploy(this.on, call, input);
  }

  @CommandDoor(upgradeApplication)
  upgrade(input: Planned, call: Call): Promise<Started> {
    return workByPlan(this.on, call, 'upgrade', input);
  }

  @CommandDoor(setApplicationValues)
  setValues(input: Planned, call: Call): Promise<Started> {
    return workByPlan(this.on, call, 'set-values', input);
  }

  @CommandDoor(rollbackApplication)
  rollback(input: Planned, call: Call): Promise<Started> {
    return workByPlan(this.on, call, 'rollback', input);
  }

  @CommandDoor(exposePort)
  expose(input: Planned, call: Call): Promise<Started> {
    return workByPlan(this.on, call, 'expose', input);
  }

  @CommandDoor(revertApplication)
  revert(input: Planned, call: Call): Promise<Started> {
    return workByPlan(this.on, call, 'revert', input);
  }

  @CommandDoor(deleteApplication)
  delete(input: ParsedInputOf<typeof deleteApplication>, call: Call): Promise<Started> {
    return deleteIt(this.on, call, input);
  }

  @CommandDoor(unexposePort)
  unexpose({ host }: ParsedInputOf<typeof unexposePort>, call: Call): Promise<Started> {
    return unexpose(this.on, call, host);
  }

  @CommandDoor(restartApplication)
  restart(_input: ParsedInputOf<typeof restartApplication>, call: Call): Promise<Started> {
    return workAtOnce(this.on, call, 'restart', 'restart');
  }

  @CommandDoor(stopApplication)
  stop(_input: ParsedInputOf<typeof stopApplication>, call: Call): Promise<Started> {
    return workAtOnce(this.on, call, 'stop', 'stop');
  }

  @CommandDoor(startApplication)
  start(_input: ParsedInputOf<typeof startApplication>, call: Call): Promise<Started> {
    return workAtOnce(this.on, call, 'start', 'start');
  }

  @CommandDoor(scaleApplication)
  scale({ workload, replicas }: ParsedInputOf<typeof scaleApplication>, call: Call): Promise<Started> {
    return workAtOnce(this.on, call, 'scale', 'scale', { workload, replicas });
  }

  @CommandDoor(cancelDeployment)
  cancel(_input: ParsedInputOf<typeof cancelDeployment>, call: Call): Promise<OutputOf<typeof cancelDeployment>> {
    return cancel(this.on, call);
  }

  @CommandDoor(retryDeployment)
  retry(_input: ParsedInputOf<typeof retryDeployment>, call: Call): Promise<Started> {
    return retry(this.on, call);
  }

  @CommandDoor(setUpdatePolicy)
  async setUpdates({ auto, window }: ParsedInputOf<typeof setUpdatePolicy>, call: Call): Promise<OutputOf<typeof setUpdatePolicy>> {
    return writtenBy(await handle(this.on, applicationType, call.context(), { type: 'SetUpdates', auto, window }));
  }

  @CommandDoor(acceptApplicationDrift)
  async acceptDrift(_input: ParsedInputOf<typeof acceptApplicationDrift>, call: Call): Promise<OutputOf<typeof acceptApplicationDrift>> {
    const { findings } = await livingApplication(this.on, call.tenant, call.id);
    return writtenBy(await handle(this.on, applicationType, call.context(), { type: 'AcceptDrift', digest: digestOf(findings) }));
  }

  @QueryDoor(applicationHistory)
  history(_input: ParsedInputOf<typeof applicationHistory>, call: Call): Promise<OutputOf<typeof applicationHistory>> {
    return historyOf(this.on, call.tenant, call.id);
  }

  @QueryDoor(portForwards)
  forwards(_input: ParsedInputOf<typeof portForwards>, call: Call): Promise<OutputOf<typeof portForwards>> {
    return forwardsOf(this.on, call.tenant, call.id);
  }
}
