/** Everything that alerts asks of Xanthus and has done there. */
import * as contracts from '../contracts.js';
import type { ServerAlerts } from '../contracts.js';
import { onThing } from '../lib/act.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useServerAlerts = (id = '*'): Rows<ServerAlerts> => useRows<ServerAlerts>('vps', useClient().tenant, 'alerts', id);

export const acknowledgeAlert = onThing(contracts.acknowledgeAlert);
export const muteAlert = onThing(contracts.muteAlert);
