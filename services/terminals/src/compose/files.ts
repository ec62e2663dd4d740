import type { FilesContext } from '../files/files.context.js';
import { FILES_CONTEXT, FilesDoors } from '../files/files.doors.js';
import { hostFiles } from '../files/host-files.js';
import { openFiles } from '../files/open-files.js';
import type { Part, TerminalsCore } from './part.js';

/** Files on servers, over the connections of this service. */
export const composeFiles = ({ terminals, onStop }: TerminalsCore): Part => {
  const hosts = hostFiles((o, open) => terminals.reach.channel(o, open));
  const open = openFiles();
  onStop(() => {
    open.stop();
    hosts.stop();
  });
  const files: FilesContext = { ...terminals, hosts, open };
  return { controllers: [FilesDoors], providers: [{ provide: FILES_CONTEXT, useValue: files }] };
};
