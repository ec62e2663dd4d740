/** Everything that drift asks of Xanthus and has done there. */
import type { ServerDrift } from '../contracts.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useServerDrift = (): Rows<ServerDrift> => useRows<ServerDrift>('vps', useClient().tenant, 'drift');
