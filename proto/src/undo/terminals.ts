import { cannot, command, each, fieldsOf, NOT_BEFORE, OBSERVED, page, pick, text, type Fields, type Undo, type UndoneEvent, type UndoTable } from './undo.js';

const GONE = cannot('Nobody keeps the former contents here. A backup of the server may have them.');
const ruleOf = (before: Fields | undefined, id: string): Fields | undefined => (Array.isArray(before?.['rules']) ? before['rules'].map(fieldsOf).find(rule => rule['id'] === id) : undefined);
const RULE = ['server', 'role', 'pattern', 'access'] as const;

const shared = ({ data }: UndoneEvent): Undo => command({
  aggregate: 'session', verbs: ['unshare', 'share'], row: { view: 'sessions', fields: ['participants'] },
  make: ({ before }) => {
    const had = Array.isArray(before?.['participants']) ? before['participants'].map(fieldsOf).find(p => p['person'] === data['person']) : undefined;
    return had && had['role'] !== 'owner' ? { verb: 'share', input: { person: data['person'], role: had['role'] } } : { verb: 'unshare', input: { person: data['person'] } };
  },
});

export const terminalsUndo: UndoTable = {
  'session.SessionRenamed': command({ aggregate: 'session', verbs: ['rename'], row: { view: 'sessions', fields: ['title'] }, make: ({ before }) => (before ? { verb: 'rename', input: { title: before['title'] } } : NOT_BEFORE) }),
  'session.SessionModerationSet': command({ aggregate: 'session', verbs: ['moderate'], row: { view: 'sessions', fields: ['moderated'] }, make: ({ event }) => ({ verb: 'moderate', input: { on: event.data['on'] !== true } }) }),
  'session.SessionShared': shared,
  'session.SessionUnshared': ({ data }) => (data['why'] !== 'withdrawn' ? cannot('They left, their time was over, or their right went: invite them again from the terminal.') : command({
    aggregate: 'session', verbs: ['share'], row: { view: 'sessions', fields: ['participants'] },
    make: ({ event, before }) => {
      const had = Array.isArray(before?.['participants']) ? before['participants'].map(fieldsOf).find(p => p['person'] === event.data['person']) : undefined;
      return had && had['role'] !== 'owner' ? { verb: 'share', input: { person: event.data['person'], role: had['role'] } } : NOT_BEFORE;
    },
  })),
  'session.SessionHandedOver': command({ aggregate: 'session', verbs: ['hand-over'], row: { view: 'sessions', fields: ['owner'] }, make: ({ event }) => ({ verb: 'hand-over', input: { person: event.data['from'] } }) }),
  ...each('session', ['SessionRequested', 'SessionOpened'], page('Close the terminal on its page. What was typed in it has taken effect on the server.')),
  'session.SessionCommandRan': cannot('What ran on the server can only be undone there.'),
  'session.SessionEnded': cannot('A shell that has ended does not come back. Open another.'),
  'session.SessionExtended': cannot('It ends by itself; close it if it should end earlier.'),
  ...each('session', ['SessionAttached', 'SessionDetached', 'SessionInterrupted', 'SessionResumed', 'SessionResized', 'SessionForgotten'], OBSERVED),
  'recording.RecordingKept': command({ aggregate: 'recording', verbs: ['keep'], row: { view: 'recordings', fields: ['kept_until'] }, make: ({ before, now }) => { const until = text(before?.['kept_until']); return { verb: 'keep', input: { until: until > now ? until : null } }; } }),
  'recording.RecordingDeleted': cannot('The recording and the key to it were destroyed.'),
  'recording.RecordingOpened': cannot('What somebody has seen can’t be taken from them.'),
  ...each('recording', ['RecordingStarted', 'RecordingEnded', 'RecordingExpired'], OBSERVED),
  'files.FileModeSet': command({
    aggregate: 'files', verbs: ['set-mode'], says: e => [{ name: text(e.data['path']), is: modeText(e.data['mode']), will: modeText(e.data['before']) }], make: ({ event }) => ({ verb: 'set-mode', input: { path: event.data['path'], mode: event.data['before'] } }),
  }),
  'files.FileRenamed': command({
    aggregate: 'files', verbs: ['rename'], says: e => [{ name: 'Name', is: text(e.data['to']), will: text(e.data['from']) }],
    make: ({ event }) => (event.data['replaced'] === true ? 'It took the place of another file, which is gone.' : { verb: 'rename', input: { from: event.data['to'], to: event.data['from'] } }),
  }),
  'files.FolderMade': command({
    aggregate: 'files', verbs: ['remove'], says: e => [{ name: text(e.data['path']), is: 'a folder', will: 'gone' }], note: 'Only while it is empty: else it is refused.', make: ({ event }) => ({ verb: 'remove', input: { path: event.data['path'], recursive: false } }),
  }),
  'files.FileSaved': GONE,
  'files.FileUploaded': GONE,
  'files.FileRemoved': GONE,
  ...each('files', ['FileRead', 'FileDownloaded'], cannot('What somebody has read can’t be taken from them.')),
  'files.FileRefused': cannot('Nothing was done, so there is nothing to take back.'),
  'file-rule.FileRuleSet': command({
    aggregate: 'file-rule', verbs: ['set', 'remove'], row: { view: 'file-rules', fields: ['rules'] },
    make: ({ event, before }) => {
      const was = ruleOf(before, text(event.data['id']));
      return was ? { verb: 'set', input: { id: was['id'], ...pick(was, RULE) } } : { verb: 'remove', input: { rule: event.data['id'] } };
    },
  }),
  'file-rule.FileRuleRemoved': command({
    aggregate: 'file-rule', verbs: ['set'], row: { view: 'file-rules', fields: ['rules'] },
    make: ({ event, before }) => { const was = ruleOf(before, text(event.data['rule'])); return was ? { verb: 'set', input: pick(was, RULE) } : NOT_BEFORE; },
  }),
  'forward.ForwardOpened': command({ aggregate: 'forward', verbs: ['close'], row: { view: 'forwards', fields: ['state'] }, make: () => ({ verb: 'close', input: {} }) }),
  'forward.ForwardClosed': cannot('Open the port again from the server; it gets an address of its own.'),
  'forward.ForwardExtended': cannot('It ends by itself; close it if it should end earlier.'),
  'forward.ForwardEntered': OBSERVED,
};

function modeText(mode: unknown): string { return typeof mode === 'number' ? (mode & 0o7777).toString(8).padStart(4, '0') : ''; }
