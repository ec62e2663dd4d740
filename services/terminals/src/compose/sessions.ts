import { SessionDoors } from '../endpoints/session.doors.js';
import type { Part, TerminalsCore } from './part.js';

/** Sessions: who opens them, who is in them, how they end. */
export const composeSessions = (_core: TerminalsCore): Part => ({ controllers: [SessionDoors] });
