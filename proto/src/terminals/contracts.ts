/** All of terminals' contracts by kind, for doors, documents and tests. */
import { attachSession, closeSession, detachSession, extendSession, handOverSession, killSession, moderateSession, openSession, renameSession, resizeSession, sessionEvents, sessionView, shareSession, unshareSession } from './sessions.js';

export const terminalsCommands = { openSession, attachSession, detachSession, resizeSession, closeSession, killSession, renameSession, shareSession, unshareSession, handOverSession, moderateSession, extendSession } as const;
export const terminalsQueries = {} as const;
export const terminalsEvents = { ...sessionEvents } as const;
export const terminalsViews = { sessions: sessionView } as const;
export const terminalsSignals = {} as const;
