/** Everything that costs asks of Xanthus and has done there. */
import * as contracts from '../contracts.js';
import { asking } from '../lib/act.js';

export const costReport = asking(contracts.costReport);
