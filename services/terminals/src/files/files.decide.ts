/** The log of a server's files: what was done is written down after it was, so that there is nothing to decide. Pure. */
import type { AggregateType, Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { filesEvents } from '@xanthus/proto/terminals';

export type FilesEvent = EventOf<typeof filesEvents>;
/** `Look`: was this very command here before? */
export type FilesCommand = { readonly type: 'Note'; readonly event: FilesEvent } | { readonly type: 'Look' };
/** What is on the server is known by the server alone. */
export type FilesState = Readonly<Record<never, never>>;

const decider: Decider<FilesState, FilesCommand, FilesEvent> = {
  initialState: {},
  evolve: state => state,
  decide: (_state, command) => (command.type === 'Look' ? [] : [command.event]),
};

export const filesType: AggregateType<FilesState, FilesCommand, FilesEvent> = {
  service: 'terminals', name: 'files', decider,
  schemas: { FileUploaded: 1, FileDownloaded: 1, FileRead: 1, FileSaved: 1, FolderMade: 1, FileRenamed: 1, FileRemoved: 1, FileModeSet: 1, FileRefused: 1 },
};
