/** Folders, names, permissions, texts: what is changed in one step, or beside and then put in its place. */
import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { FILE_TEXT, type makeFolder, type renameFile, type saveText, type setFileMode } from '@xanthus/proto/terminals';
import { mustBeFile, sha256 } from './downloads.js';
import { deskOf, noting, once, shown, type FilesContext } from './files.context.js';
import { timeOf } from './listing.js';
import { join, nameOf, parentOf, textName } from './paths.js';
import { allowsWithin } from './rules.js';
import { exists, found, keepOwner, orNoSpace } from './uploads.js';

export const addFolder = async (on: FilesContext, call: Call, { path: asked }: ParsedInputOf<typeof makeFolder>): Promise<OutputOf<typeof makeFolder>> => {
  const { written, event } = await once(on, call, () => noting(on, call, 'make-folder', asked, async () => {
    const desk = await deskOf(on, call);
    const path = await desk.itself(asked);
    desk.need(path, 'write');
    if (await found(desk.sftp, path)) throw exists(path);
    await orNoSpace(desk, path, 1, () => desk.sftp.mkdir(path));
    return { type: 'FolderMade', data: { path } };
  }));
  return { ...written, path: event.type === 'FolderMade' ? event.data.path : asked };
};

export const moveFile = async (on: FilesContext, call: Call, { from: source, to: target, overwrite }: ParsedInputOf<typeof renameFile>): Promise<OutputOf<typeof renameFile>> => {
  const { written, event } = await once(on, call, () => noting(on, call, 'rename', source, async () => {
    const desk = await deskOf(on, call);
    const [from, to] = await Promise.all([desk.itself(source), desk.itself(target)]);
    desk.need(from, 'write');
    desk.need(to, 'write');
    const moved = await desk.sftp.lstat(from);
    if (moved.kind === 'folder' && !(allowsWithin(desk.rules, from, 'write') && allowsWithin(desk.rules, to, 'write'))) {
      throw new Refusal('FILES.NOT_ALLOWED', `A rule of your organisation is about something in ${shown(from)} or ${shown(to)}, so that the folder cannot go there as a whole.`, { path: from, wanted: 'write' });
    }
    const before = await found(desk.sftp, to);
    if (before && (!overwrite || before.kind === 'folder' || moved.kind === 'folder')) throw exists(to);
    await desk.sftp.rename(from, to, before !== undefined);
    return { type: 'FileRenamed', data: { from, to, replaced: before !== undefined } };
  }));
  return { ...written, path: event.type === 'FileRenamed' ? event.data.to : target };
};

export const changeMode = async (on: FilesContext, call: Call, { path: asked, mode }: ParsedInputOf<typeof setFileMode>): Promise<OutputOf<typeof setFileMode>> => {
  const { written, event } = await once(on, call, () => noting(on, call, 'set-mode', asked, async () => {
    const desk = await deskOf(on, call);
    const path = await desk.sftp.realpath(asked);
    desk.need(path, 'write');
    const before = await desk.sftp.stat(path);
    await desk.sftp.chmod(path, mode);
    return { type: 'FileModeSet', data: { path, before: before.mode, mode } };
  }));
  return { ...written, path: event.type === 'FileModeSet' ? event.data.path : asked };
};

/** Written beside, then put in place in one step: who reads meanwhile sees the old text or the new one. */
export const writeText = async (on: FilesContext, call: Call, { path: asked, text, was }: ParsedInputOf<typeof saveText>): Promise<OutputOf<typeof saveText>> => {
  const bytes = Buffer.from(text);
  const hash = sha256(bytes);
  const { written, event } = await once(on, call, () => noting(on, call, 'save-text', asked, async () => {
    const desk = await deskOf(on, call);
    const { sftp } = desk;
    const path = await desk.place(asked);
    desk.need(path, 'write');
    const before = await found(sftp, path);
    if (before) {
      mustBeFile(path, before);
      if (was === null) throw exists(path);
      const file = await sftp.open(path, { for: 'read' });
      const now = await file.read(0, FILE_TEXT + 1).finally(() => void file.close().catch(() => undefined));
      if (sha256(now) !== was) throw new Refusal('FILES.CHANGED', `${shown(path)} changed on the server since it was read. Look at what is there now before you save.`, { sha256: sha256(now), size: now.length });
    } else if (was !== null) throw new Refusal('FILES.CHANGED', `${shown(path)} is gone from the server. Save it as a new file if it shall be there.`, { sha256: null });
    const beside = join(parentOf(path), textName(nameOf(path), call.command_id));
    try {
      await orNoSpace(desk, path, bytes.length, async () => {
        await sftp.unlink(beside).catch(() => undefined);
        const file = await sftp.open(beside, { for: 'create', ...(before ? { mode: 0o600 } : {}) });
        await file.write(0, bytes).then(() => file.sync()).finally(() => file.close());
        if (before) await keepOwner(sftp, beside, before);
      });
      await sftp.rename(beside, path, before !== undefined).catch(async (error: unknown) => { throw !before && await found(sftp, path) ? exists(path) : error; });
    } catch (error) {
      await sftp.unlink(beside).catch(() => undefined);
      throw error;
    }
    return { type: 'FileSaved', data: { path, size: bytes.length, sha256: hash, created: !before } };
  }));
  const path = event.type === 'FileSaved' ? event.data.path : asked;
  const stat = await (await deskOf(on, call)).sftp.stat(path).catch(() => undefined);
  return { ...written, path, size: bytes.length, sha256: hash, modified: stat ? timeOf(stat.modified) : null };
};
