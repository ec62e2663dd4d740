/** Content comes in: part by part into a hidden file beside, which takes its place when it is whole. */
import { createHash } from 'node:crypto';
import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { FILE_PART, type abortUpload, type beginUpload, type finishUpload, type writePart } from '@xanthus/proto/terminals';
import type { Sftp, SftpAttributes } from '@xanthus/ssh';
import { mustBeFile } from './downloads.js';
import { again, deskOf, isMissing, needAccess, noting, once, rulesOf, shown, type Desk, type FilesContext } from './files.context.js';
import { join, nameOf, parentOf, partName } from './paths.js';
import { openToken, sealToken, whoOf, type FileToken } from './tokens.js';

/** So much may be under way behind what has arrived: after a cut one goes on so much before the end, for there may be holes in it. Bytes */
const AHEAD = 4 * 1024 * 1024;
/** Reading back for a hash takes this long at most before an answer, ms. */
const CHECKING = 20_000;

type Upload = FileToken & { readonly part: string; readonly overwrite: boolean };

export const found = async (sftp: Sftp, path: string): Promise<SftpAttributes | undefined> => sftp.lstat(path).catch((error: unknown) => {
  if (isMissing(error)) return undefined;
  throw error;
});
export const exists = (path: string): Refusal => new Refusal('FILES.EXISTS', `${shown(path)} is there already. Say that it may be replaced, or take another name.`);

const noSpace = async (desk: Desk, path: string, wanted: number): Promise<Refusal | undefined> => {
  const free = await desk.sftp.free(parentOf(path)).catch(() => undefined);
  return free !== undefined && free < wanted ? new Refusal('FILES.NO_SPACE', `The disk that holds ${shown(parentOf(path))} has ${free} bytes left, and ${wanted} are needed. Make room on the server first.`, { free, wanted }) : undefined;
};
/** The host says only that it failed; a full disk is looked for. */
export const orNoSpace = async <T>(desk: Desk, path: string, wanted: number, run: () => Promise<T>): Promise<T> => run().catch(async (error: unknown) => {
  throw (error instanceof Refusal && error.code === 'FILES.FAILED' ? await noSpace(desk, path, wanted) : undefined) ?? error;
});

/** Takes over whose file it was, where the account may: an upload as root shall not take a file away from its service. */
export const keepOwner = async (sftp: Sftp, path: string, { mode, uid, gid }: SftpAttributes): Promise<void> => {
  const now = await sftp.lstat(path);
  if (now.uid !== uid || now.gid !== gid) await sftp.chown(path, uid, gid).catch(() => undefined);
  await sftp.chmod(path, mode);
};

export const startUpload = (on: FilesContext, call: Call, { path: asked, size, modified, overwrite }: ParsedInputOf<typeof beginUpload>): Promise<OutputOf<typeof beginUpload>> =>
  noting(on, call, 'begin-upload', asked, async () => {
    const desk = await deskOf(on, call);
    const path = await desk.place(asked);
    desk.need(path, 'write');
    const before = await found(desk.sftp, path);
    if (before) mustBeFile(path, before);
    if (before && !overwrite) throw exists(path);
    const who = whoOf(call.actor);
    const part = join(parentOf(path), partName(nameOf(path), { size, modified, person: who, once: call.command_id }));
    let there = await found(desk.sftp, part);
    // Whatever else has this name was put there by somebody.
    if (there && (there.kind !== 'file' || there.size > size)) {
      await desk.sftp.unlink(part);
      there = undefined;
    }
    const full = await noSpace(desk, path, size - (there?.size ?? 0));
    if (full) throw full;
    if (!there) await (await desk.sftp.open(part, { for: 'create', ...(before ? { mode: 0o600 } : {}) })).close();
    const { tenant, id: server } = call;
    const upload = sealToken((await on.keys.get(tenant)).mark, { act: 'upload', tenant, server, who, path, part, size, overwrite, modified: modified === undefined ? null : Math.floor(Date.parse(modified) / 1_000) }, on.now());
    return { upload, path, offset: Math.max(0, (there?.size ?? 0) - AHEAD), part: FILE_PART };
  });

/** The token, and once more whether it may be: withdrawn in the middle, the next part is refused. */
const uploadOf = async (on: FilesContext, call: Call, given: string): Promise<Upload> => {
  const { tenant, id: server } = call;
  const token = openToken((await on.keys.get(tenant)).mark, given, { act: 'upload', tenant, server, who: whoOf(call.actor) }, on.now());
  const { part, overwrite } = token;
  if (part === undefined || overwrite === undefined) throw new Refusal('FILES.TOKEN_INVALID', 'This is no upload.');
  await noting(on, call, 'upload', token.path, async () => needAccess(await rulesOf(on, call), token.path, 'write'));
  return { ...token, part, overwrite };
};

export const addPart = async (on: FilesContext, call: Call, { upload: given, offset, data }: ParsedInputOf<typeof writePart>): Promise<OutputOf<typeof writePart>> => {
  const upload = await uploadOf(on, call, given);
  const bytes = Buffer.from(data, 'base64');
  const end = offset + bytes.length;
  if (bytes.length > FILE_PART || end > upload.size) throw new Refusal('FILES.OUT_OF_ORDER', `This part ends at ${end}, and the file at ${upload.size}; a part has at most ${FILE_PART} bytes.`);
  const write = async (): Promise<void> => {
    const file = await on.open.get(given, async () => {
      const desk = await deskOf(on, call);
      // The folder may have become a link to elsewhere since.
      if (await desk.itself(upload.part) !== upload.part) throw new Refusal('FILES.CHANGED', `The folder of ${shown(upload.path)} is another one now. Begin the upload again.`);
      if ((await desk.sftp.lstat(upload.part)).kind !== 'file') throw new Refusal('FILES.CHANGED', `What was uploaded of ${shown(upload.path)} is gone. Begin again.`);
      return desk.sftp.open(upload.part, { for: 'write' });
    });
    if (offset > AHEAD && offset > (await file.stat()).size + AHEAD) throw new Refusal('FILES.OUT_OF_ORDER', 'What comes before this part has not arrived. Begin the upload again: it goes on where it stopped.');
    await file.write(offset, bytes);
  };
  await again(() => write().catch(async (error: unknown) => {
    await on.open.close(given);
    if (error instanceof Refusal && error.code === 'FILES.FAILED') throw (await noSpace(await deskOf(on, call), upload.path, bytes.length)) ?? error;
    throw error;
  }));
  return { offset: end };
};

/** What is read back, per upload: who asks again finds it. */
const checks = new Map<string, Promise<string>>();
const hashOf = async (sftp: Sftp, path: string, size: number): Promise<string> => {
  const file = await sftp.open(path, { for: 'read' });
  const hash = createHash('sha256');
  try {
    for (let offset = 0; offset < size; offset += AHEAD) hash.update(await file.read(offset, Math.min(AHEAD, size - offset)));
    return hash.digest('hex');
  } finally {
    void file.close().catch(() => undefined);
  }
};
const checked = async (sftp: Sftp, given: string, upload: Upload): Promise<string> => {
  const running = checks.get(given) ?? hashOf(sftp, upload.part, upload.size);
  checks.set(given, running);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>(resolve => { timer = setTimeout(() => resolve(undefined), CHECKING); });
  try {
    const hash = await Promise.race([running, late]);
    if (hash === undefined) throw new Refusal('FILES.CHECKING', 'What arrived is still being read back. Ask again.', undefined, true);
    checks.delete(given);
    return hash;
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'FILES.CHECKING')) checks.delete(given);
    throw error;
  } finally {
    clearTimeout(timer);
  }
};

export const endUpload = async (on: FilesContext, call: Call, { upload: given, sha256 }: ParsedInputOf<typeof finishUpload>): Promise<OutputOf<typeof finishUpload>> => {
  const upload = await uploadOf(on, call, given);
  const { path, part, size } = upload;
  const { written } = await once(on, call, () => noting(on, call, 'finish-upload', path, async () => {
    await on.open.get(given, async () => (await deskOf(on, call)).sftp.open(part, { for: 'write' })).then(file => file.sync()).catch(() => false);
    await on.open.close(given);
    const desk = await deskOf(on, call);
    if (await desk.itself(part) !== part) throw new Refusal('FILES.CHANGED', `The folder of ${shown(path)} is another one now. Begin the upload again.`);
    const arrived = await desk.sftp.lstat(part);
    if (arrived.size !== size) throw new Refusal('FILES.INCOMPLETE', `${arrived.size} of ${size} bytes have arrived. Begin the upload again: it goes on where it stopped.`, { arrived: arrived.size, size });
    if (sha256 !== undefined && await checked(desk.sftp, given, upload) !== sha256) {
      await desk.sftp.unlink(part);
      throw new Refusal('FILES.DAMAGED', 'What arrived is not what was sent, by its hash. It was removed; upload it again.');
    }
    const before = await found(desk.sftp, path);
    if (before && !upload.overwrite) throw exists(path);
    if (before) {
      mustBeFile(path, before);
      await keepOwner(desk.sftp, part, before);
    }
    if (upload.modified !== null) await desk.sftp.setModified(part, upload.modified).catch(() => undefined);
    await desk.sftp.rename(part, path, before !== undefined).catch(async (error: unknown) => { throw !before && await found(desk.sftp, path) ? exists(path) : error; });
    return { type: 'FileUploaded', data: { path, size, replaced: before !== undefined, sha256: sha256 ?? null } };
  }));
  return { ...written, path, size };
};

export const dropUpload = async (on: FilesContext, call: Call, { upload: given }: ParsedInputOf<typeof abortUpload>): Promise<OutputOf<typeof abortUpload>> => {
  const { part } = await uploadOf(on, call, given);
  await on.open.close(given);
  const { sftp } = await deskOf(on, call);
  await sftp.unlink(part).catch((error: unknown) => { if (!isMissing(error)) throw error; });
  return {};
};
