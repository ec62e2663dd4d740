import { LifeDoors } from '../endpoints/life.doors.js';
import type { Part, VpsCore } from './part.js';

/** What is done to a server while it lives, and asked of it. */
export const composeLife = (_core: VpsCore): Part => ({ controllers: [LifeDoors] });
