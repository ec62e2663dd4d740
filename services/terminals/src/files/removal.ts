/** Files, links and folders with what is in them go. */
import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { FILES_REMOVED, type removeFile } from '@xanthus/proto/terminals';
import type { Sftp, SftpKind } from '@xanthus/ssh';
import { deskOf, note, noting, once, shown, type FilesContext } from './files.context.js';
import { walk } from './listing.js';

/** Below the command's deadline: what is over is said, and the rest is asked for again. ms */
const LONGEST = 24_000;
const SIDE_BY_SIDE = 32;

/** One after the other in `SIDE_BY_SIDE` rows, until the time is over or one fails: then no other is begun. `done` counts what is gone, also then. */
const each = async (paths: readonly string[], until: number, remove: (path: string) => Promise<void>, done: () => void): Promise<void> => {
  const waiting = paths.values();
  let failed = false;
  const rows = await Promise.allSettled(Array.from({ length: SIDE_BY_SIDE }, async () => {
    for (const path of waiting) {
      if (failed || performance.now() > until) return;
      try {
        await remove(path);
        done();
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }));
  for (const row of rows) if (row.status === 'rejected') throw row.reason;
};

const depth = (path: string): number => path.split('/').length;

interface Removed { readonly kind: SftpKind; readonly removed: number; readonly problem?: unknown }

const removeAll = async (sftp: Sftp, folder: string, call: Call, need: (path: string) => void): Promise<Removed> => {
  const until = performance.now() + LONGEST;
  const all = await walk(sftp, folder, FILES_REMOVED, call.signal);
  if (!all) throw new Refusal('FILES.TOO_MANY', `There are more than ${FILES_REMOVED.toLocaleString('en')} files in ${shown(folder)}: remove it in parts, or in a terminal.`);
  for (const { path } of all) need(path);
  const files = all.filter(f => f.kind !== 'folder').map(f => f.path);
  const folders = [...all.filter(f => f.kind === 'folder').map(f => f.path), folder];
  let removed = 0;
  const done = (): void => { removed++; };
  try {
    await each(files, until, path => sftp.unlink(path), done);
    for (const level of new Set(folders.map(depth).toSorted((a, b) => b - a))) await each(folders.filter(f => depth(f) === level), until, path => sftp.rmdir(path), done);
  } catch (problem) {
    return { kind: 'folder', removed, problem };
  }
  const left = files.length + folders.length - removed;
  return { kind: 'folder', removed, ...(left > 0 ? { problem: new Refusal('FILES.NOT_FINISHED', `${removed} are removed, ${left} are left: it takes longer than an answer may. Ask again.`, { removed, left }, true) } : {}) };
};

export const remove = async (on: FilesContext, call: Call, { path: asked, recursive }: ParsedInputOf<typeof removeFile>): Promise<OutputOf<typeof removeFile>> => {
  const { written, event } = await once(on, call, () => noting(on, call, 'remove', asked, async () => {
    const desk = await deskOf(on, call);
    const { sftp } = desk;
    const path = await desk.itself(asked);
    if (path === '/') throw new Refusal('FILES.NOT_ALLOWED', 'The whole of a server is not removed here.', { path, wanted: 'write' });
    desk.need(path, 'write');
    const { kind } = await sftp.lstat(path);
    if (kind !== 'folder') {
      await sftp.unlink(path);
      return { type: 'FileRemoved', data: { path, kind, removed: 1, complete: true } };
    }
    if (!recursive) {
      if ((await sftp.list(path, 1)).length > 0) throw new Refusal('FILES.NOT_EMPTY', `${shown(path)} is not empty.`);
      await sftp.rmdir(path);
      return { type: 'FileRemoved', data: { path, kind, removed: 1, complete: true } };
    }
    const done = await removeAll(sftp, path, call, p => desk.need(p, 'write'));
    if (done.problem === undefined) return { type: 'FileRemoved', data: { path, kind, removed: done.removed, complete: true } };
    if (done.removed > 0) await note(on, call, { type: 'FileRemoved', data: { path, kind, removed: done.removed, complete: false } });
    throw done.problem;
  }));
  const data = event.type === 'FileRemoved' ? event.data : { path: asked, removed: 0 };
  return { ...written, path: data.path, removed: data.removed };
};

