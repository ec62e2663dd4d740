/** Everything that terminals asks of Xanthus and has done there. */
import * as contracts from '../contracts.js';
import type { TerminalSession } from '../contracts.js';
import { onNew, onThing } from '../lib/act.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useSessions = (): Rows<TerminalSession> => useRows<TerminalSession>('terminals', useClient().tenant, 'sessions');

export const extendSession = onThing(contracts.extendSession);
export const openSession = onNew(contracts.openSession);
export const moderateSession = onThing(contracts.moderateSession);
export const renameSession = onThing(contracts.renameSession);
export const killSession = onThing(contracts.killSession);
export const closeSession = onThing(contracts.closeSession);
export const attachSession = onThing(contracts.attachSession);
export const shareSession = onThing(contracts.shareSession);
export const unshareSession = onThing(contracts.unshareSession);
export const handOverSession = onThing(contracts.handOverSession);
