import { ProvisioningDoors } from '../endpoints/provisioning.doors.js';
import type { Part, VpsCore } from './part.js';

/** Making servers, setting them up, and taking them away again. */
export const composeProvisioning = (_core: VpsCore): Part => ({ controllers: [ProvisioningDoors] });
