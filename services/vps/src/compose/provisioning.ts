import { ProvisioningDoors } from '../endpoints/provisioning.doors.js';
import { processPorts } from '../provisioning/process-ports.js';
import { runProcesses } from '../provisioning/run-processes.js';
import type { Part, VpsCore } from './part.js';

/** Making servers, setting them up, and taking them away again. */
export const composeProvisioning = ({ vps }: VpsCore): Part => ({
  controllers: [ProvisioningDoors],
  standing: [{ name: 'processes', run: signal => runProcesses(vps, processPorts(vps), signal) }],
});
