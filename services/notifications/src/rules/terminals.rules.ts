import type { terminalsEvents } from '@xanthus/proto/terminals';
import { ASKED, FACT, STEP, thingOf, type Rules } from './rule.js';

export const terminalsRules: Rules<typeof terminalsEvents> = {
  FileUploaded: { none: ASKED }, FileDownloaded: { none: ASKED }, FileRead: { none: ASKED }, FileSaved: { none: ASKED }, FolderMade: { none: ASKED }, FileRenamed: { none: ASKED }, FileRemoved: { none: ASKED }, FileModeSet: { none: ASKED }, FileRefused: { none: 'whoever asked sees why; it is in the audit' },
  FileRuleSet: { none: ASKED }, FileRuleRemoved: { none: ASKED },
  SessionRequested: { none: ASKED }, SessionOpened: { none: ASKED }, SessionInterrupted: { none: 'whoever is in it sees it' }, SessionResumed: { none: FACT }, SessionAttached: { none: 'everybody in it sees who is' }, SessionDetached: { none: FACT }, SessionResized: { none: FACT }, SessionRenamed: { none: ASKED },
  SessionShared: { none: 'whom it is shared with sees it in the list of terminals' }, SessionUnshared: { none: FACT }, SessionHandedOver: { none: ASKED }, SessionModerationSet: { none: ASKED }, SessionExtended: { none: ASKED }, SessionCommandRan: { none: FACT }, SessionEnded: { none: 'whoever was in it sees it' }, SessionForgotten: { none: FACT },
  RecordingStarted: { none: STEP, name: d => `${d.title} on ${d.server_name}` },
  RecordingEnded: { notice: (e, k) => (e.data.problem === null ? {} : { raise: { kind: 'recording-failed', severity: 'error', thing: thingOf(e, k), lasting: false, text: `The recording of a terminal${k.name === undefined ? '' : ` (${k.name})`} is not whole.` } }) },
  RecordingOpened: { none: 'it is in the audit' }, RecordingKept: { none: ASKED },
  RecordingDeleted: { notice: (e, k) => ({ raise: { kind: 'recording-deleted', severity: 'warning', thing: thingOf(e, k), lasting: false, by: true, text: `The recording of a terminal${k.name === undefined ? '' : ` (${k.name})`} was deleted: ${e.data.reason}` } }) },
  RecordingExpired: { none: 'its time was over' },
  ForwardOpened: { none: ASKED }, ForwardEntered: { none: FACT }, ForwardExtended: { none: ASKED }, ForwardClosed: { none: FACT },
};
