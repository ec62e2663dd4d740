/** Everything that drift asks of Xanthus and has done there. */
import * as contracts from '../contracts.js';
import type { ServerDrift } from '../contracts.js';
import { onNew, onThing } from '../lib/act.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useServerDrift = (): Rows<ServerDrift> => useRows<ServerDrift>('vps', useClient().tenant, 'drift');

export const acceptDrift = onThing(contracts.acceptDrift);
export const ignoreDrift = onThing(contracts.ignoreDrift);
export const revertDrift = onThing(contracts.revertDrift);
export const checkDrift = onNew(contracts.checkDrift);
