/** What the settings change, beyond what their sections bring along. */
import * as contracts from '../contracts.js';
import { onThing } from '../lib/act.js';

export const renameTenant = onThing(contracts.renameTenant);
export const leaveTenant = onThing(contracts.leaveTenant);

/** Where people of this organisation log in. */
export const loginPage = (origin: string, tenant: string): string => `${origin}/login?tenant=${tenant}`;
