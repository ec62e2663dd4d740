/** Everything that roles asks of Xanthus and has done there. */
import * as contracts from '../contracts.js';
import type { Role } from '../contracts.js';
import { onThing } from '../lib/act.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useRoleRows = (): Rows<Role> => useRows<Role>('auth', useClient().tenant, 'roles');

export const defineRole = onThing(contracts.defineRole);
export const removeRole = onThing(contracts.removeRole);
