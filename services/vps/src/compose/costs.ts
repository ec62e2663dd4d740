import { CostDoors } from '../endpoints/cost.doors.js';
import type { Part, VpsCore } from './part.js';

/** What servers cost. */
export const composeCosts = (_core: VpsCore): Part => ({ controllers: [CostDoors] });
