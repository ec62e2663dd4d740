import { CostDoors } from '../endpoints/cost.doors.js';
import { priceWhenServerPlaced } from '../reactors/price-when-server-placed.js';
import type { Part, VpsCore } from './part.js';

/** What servers cost. Prices that change are seen by the reconciler of `drift.ts`. */
export const composeCosts = ({ vps }: VpsCore): Part => ({ controllers: [CostDoors], reactors: [priceWhenServerPlaced(vps)] });
