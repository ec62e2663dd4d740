/** Everything that files asks of Xanthus and has done there. */
import type { CapabilityRequest } from '@xanthus/proto';
import * as contracts from '../contracts.js';
import type { FileRuleRow } from '../contracts.js';
import { asking, onThing } from '../lib/act.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useFileRules = (): Rows<{ readonly rules: readonly FileRuleRow[] }> => useRows<{ readonly rules: readonly FileRuleRow[] }>('terminals', useClient().tenant, 'file-rules');

export const abortUpload = onThing(contracts.abortUpload);
export const beginUpload = onThing(contracts.beginUpload);
export const filesStat = asking(contracts.filesStat);
export const finishUpload = onThing(contracts.finishUpload);
export const makeFolder = onThing(contracts.makeFolder);
export const filesCount = asking(contracts.filesCount);
export const removeFile = onThing(contracts.removeFile);
export const renameFile = onThing(contracts.renameFile);
export const setFileMode = onThing(contracts.setFileMode);
export const beginDownload = onThing(contracts.beginDownload);
export const filesList = asking(contracts.filesList);
export const saveText = onThing(contracts.saveText);
export const setFileRule = onThing(contracts.setFileRule);
export const removeFileRule = onThing(contracts.removeFileRule);
export const filePart = asking(contracts.filePart);

/** Where the bytes of a file are, to read and to write. */
export const contentUrl = (server: string, query: Readonly<Record<string, string>>): string => `/api/files/${server}/content?${new URLSearchParams(query)}`;
/** Whoever works with files of a server must also be allowed to work on it by SSH. */
export const mayConnect = (tenant: string, server: string): CapabilityRequest => ({ what: 'command', subject: `cmd.${tenant}.vps.server.${server}.connect` });
