/** All of terminals' contracts by kind, for doors, documents and tests. */
import { healthQuery } from '../health.js';
import { fileRuleEvents, fileRulesView, filesCommands, filesEvents, filesQueries } from './files.js';
import { closeForward, enterForward, extendForward, forwardEvents, forwardsView, openForward } from './forwards.js';
import { deleteRecording, keepRecording, openRecording, recordingEvents, recordingIndex, recordingPart, recordingView, searchRecording, searchRecordings, verifyRecording } from './recordings.js';
import { attachSession, closeSession, detachSession, extendSession, handOverSession, killSession, moderateSession, openSession, renameSession, resizeSession, sessionEvents, sessionView, shareSession, unshareSession } from './sessions.js';

export const terminalsCommands = { ...filesCommands, openForward, enterForward, extendForward, closeForward, openSession, attachSession, detachSession, resizeSession, closeSession, killSession, renameSession, shareSession, unshareSession, handOverSession, moderateSession, extendSession, openRecording, deleteRecording, keepRecording } as const;
export const terminalsQueries = { health: healthQuery('terminals'), ...filesQueries, recordingPart, recordingIndex, searchRecording, verifyRecording, searchRecordings } as const;
export const terminalsEvents = { ...filesEvents, ...fileRuleEvents, ...sessionEvents, ...recordingEvents, ...forwardEvents } as const;
export const terminalsViews = { 'file-rules': fileRulesView, sessions: sessionView, recordings: recordingView, forwards: forwardsView } as const;
export const terminalsSignals = {} as const;
