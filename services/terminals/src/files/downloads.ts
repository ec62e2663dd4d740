/** Content goes out: asked for once, which is written down, then part by part. */
import { createHash } from 'node:crypto';
import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { FILE_TEXT, type beginDownload, type filePart } from '@xanthus/proto/terminals';
import type { SftpAttributes } from '@xanthus/ssh';
import { again, deskOf, needAccess, note, noting, rulesOf, shown, type FilesContext } from './files.context.js';
import { timeOf } from './listing.js';
import { openToken, sealToken, whoOf } from './tokens.js';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const mustBeFile = (path: string, { kind }: SftpAttributes): void => {
  if (kind !== 'file') throw new Refusal('FILES.NOT_A_FILE', `${shown(path)} is no file.`);
};
const changed = (path: string): Refusal => new Refusal('FILES.CHANGED', `${shown(path)} changed on the server in the meantime. Begin again.`);

export const startDownload = (on: FilesContext, call: Call, { path: asked, purpose, from }: ParsedInputOf<typeof beginDownload>): Promise<OutputOf<typeof beginDownload>> =>
  noting(on, call, 'begin-download', asked, async () => {
    const desk = await deskOf(on, call);
    const path = await desk.place(asked);
    desk.need(path, 'read');
    mustBeFile(path, await desk.sftp.stat(path));
    const file = await desk.sftp.open(path, { for: 'read' });
    try {
      const stat = await file.stat();
      const content = purpose === 'view' ? await file.read(0, FILE_TEXT + 1) : undefined;
      if (content && content.length > FILE_TEXT) throw new Refusal('FILES.TOO_LARGE', `${shown(path)} is larger than 1 MiB: download it to look at it.`);
      // What the kernel makes up while it is read has no size.
      const size = content?.length ?? stat.size;
      const { written } = await note(on, call, content ? { type: 'FileRead', data: { path, size } } : { type: 'FileDownloaded', data: { path, size, from } });
      const { tenant, id: server } = call;
      const download = sealToken((await on.keys.get(tenant)).mark, { act: 'download', tenant, server, who: whoOf(call.actor), path, size, modified: stat.modified }, on.now());
      on.open.put(download, file);
      return { ...written, download, path, size, mode: stat.mode, modified: timeOf(stat.modified), sha256: content ? sha256(content) : null };
    } catch (error) {
      void file.close().catch(() => undefined);
      throw error;
    }
  });

/** @throws Refusal FILES.CHANGED where the file is another one than when the download began */
export const readPart = async (on: FilesContext, call: Call, { download, offset, length }: ParsedInputOf<typeof filePart>): Promise<OutputOf<typeof filePart>> => {
  const { tenant, id: server } = call;
  const token = openToken((await on.keys.get(tenant)).mark, download, { act: 'download', tenant, server, who: whoOf(call.actor) }, on.now());
  needAccess(await rulesOf(on, call), token.path, 'read');
  const wanted = Math.min(length, token.size - offset);
  if (wanted <= 0) return { data: '', end: true };
  const read = async (): Promise<Buffer> => {
    const file = await on.open.get(download, async () => {
      const desk = await deskOf(on, call);
      if (await desk.place(token.path) !== token.path) throw changed(token.path);
      const opened = await desk.sftp.open(token.path, { for: 'read' });
      const stat = await opened.stat();
      if (stat.modified !== token.modified || (stat.size !== token.size && stat.size !== 0)) {
        void opened.close().catch(() => undefined);
        throw changed(token.path);
      }
      return opened;
    });
    return file.read(offset, wanted);
  };
  const bytes = await again(() => read().catch((error: unknown) => {
    void on.open.close(download);
    throw error;
  }));
  if (bytes.length < wanted) throw changed(token.path);
  return { data: bytes.toString('base64'), end: offset + bytes.length >= token.size };
};
