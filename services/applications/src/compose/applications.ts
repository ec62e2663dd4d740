import { ApplicationDoors } from '../endpoints/application.doors.js';
import { PlanDoors } from '../endpoints/plan.doors.js';
import { beginWorkWhenStarted } from '../reactors/begin-work-when-started.js';
import { endWorkWhenDeploymentEnded } from '../reactors/end-work-when-deployment-ended.js';
import { freeNamesWhenWorkEnded } from '../reactors/free-names-when-work-ended.js';
import { runProcesses } from '../running/run-processes.js';
import type { ApplicationsCore, Part } from './part.js';

/** Plans, and what is made of them. */
export const composeApplications = ({ applications, ports }: ApplicationsCore): Part => ({
  controllers: [ApplicationDoors, PlanDoors],
  reactors: [beginWorkWhenStarted(applications), endWorkWhenDeploymentEnded(applications), freeNamesWhenWorkEnded(applications)],
  standing: [{ name: 'processes', run: signal => runProcesses(applications.nc, ports, signal) }],
});
