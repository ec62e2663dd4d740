import { AccessDoors } from '../endpoints/access.doors.js';
import type { Part } from './part.js';

/** How one gets in, and what a deploy needs. */
export const composeAccess = (): Part => ({ controllers: [AccessDoors] });
