/** Everything that proof asks of Xanthus and has done there. */
import * as contracts from '../contracts.js';
import { onThing } from '../lib/act.js';

export const proveSession = onThing(contracts.proveSession);
