/** Everything that alerts asks of Xanthus and has done there. */
import type { ServerAlerts } from '../contracts.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useServerAlerts = (id = '*'): Rows<ServerAlerts> => useRows<ServerAlerts>('vps', useClient().tenant, 'alerts', id);
