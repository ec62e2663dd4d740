import { DriftDoors } from '../endpoints/drift.doors.js';
import type { Part, VpsCore } from './part.js';

/** What differs at the providers. */
export const composeDrift = (_core: VpsCore): Part => ({ controllers: [DriftDoors] });
