export {
  abortUpload, beginDownload, beginUpload, FILE_ACCESS, FILE_KINDS, FILE_PART, FILE_RULES, FILE_TEXT, filePart, fileRule, fileRuleEvents, fileRulesView, FILES_PAGE, FILES_REMOVED, filesCount, filesEvents, filesList, filesStat, finishUpload, isFilePath, makeFolder,
  removeFile, removeFileRule, renameFile, saveText, setFileMode, setFileRule, writePart, type FileAccess, type FileRule,
} from './files.js';
export { closeForward, enterForward, extendForward, FORWARD_ENDS, FORWARD_LABEL, FORWARD_MOST_MINUTES, FORWARD_NAMES, FORWARD_SHARES, FORWARD_STATES, forwardEvents, forwardsView, openForward } from './forwards.js';
export {
  deleteRecording, keepRecording, openRecording, RECORDING_OPENINGS, RECORDING_PART_BYTES, recordingEvents, recordingIndex, recordingPart, recordingView, searchRecording, searchRecordings, verifyRecording,
} from './recordings.js';
export {
  attachSession, closeSession, detachSession, EXAMPLE_SESSION, extendSession, handOverSession, killSession, moderateSession, openSession, RECORDING_KINDS, renameSession, resizeSession, SESSION_ACTIONS, SESSION_ENDS, SESSION_ROLES, SESSION_STATES, sessionEvents,
  sessionRole, sessionView, shareSession, terminalCols, terminalRows, unshareSession, type SessionRole,
} from './sessions.js';
export { terminalsCommands, terminalsEvents, terminalsQueries, terminalsSignals, terminalsViews } from './contracts.js';
export { CSI_QUERIES, DCS_QUERIES, isOscQuery, isTerminalLink, LINK_SCHEMES, LONGEST_TITLE, OSC_QUERIES, TERMINAL_COLOURS, wholeCharacters, type CsiQuery } from './queries.js';
