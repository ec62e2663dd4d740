/** What is there: folders page by page, single paths, how much. */
import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { FILES_REMOVED, isFilePath, type FileAccess, type filesCount, type filesList, type filesStat, type FileRule } from '@xanthus/proto/terminals';
import type { Sftp, SftpAttributes, SftpEntry } from '@xanthus/ssh';
import { deskOf, shown, type Desk, type FilesContext } from './files.context.js';
import { join } from './paths.js';
import { accessTo, leadsOn } from './rules.js';

type List = OutputOf<typeof filesList>;
type Entry = List['entries'][number];

/** Longer folders are not listed: nobody looks through them, and each is in memory at once. */
const MOST_ENTRIES = 100_000;
/** A page as text, well below what a message holds. */
const PAGE_BYTES = 600_000;

export const timeOf = (seconds: number): string | null => (seconds > 0 && seconds < 8_640_000_000_000 ? new Date(seconds * 1_000).toISOString() : null);
export const about = ({ kind, size, mode, uid, gid, modified }: SftpAttributes) => ({ kind, size, mode, uid, gid, modified: timeOf(modified) });
export const isFolder = (path: string, { kind }: SftpAttributes): void => {
  if (kind !== 'folder') throw new Refusal('FILES.NOT_A_FOLDER', `${shown(path)} is no folder.`);
};

/** What a person sees of a folder: of one that is closed to them, only what leads on to what is not. */
const seen = (rules: readonly FileRule[], folder: string, entry: SftpEntry): FileAccess | undefined => {
  const path = join(folder, entry.name);
  const access = accessTo(rules, path);
  return access !== 'none' || (entry.kind === 'folder' && leadsOn(rules, path)) ? access : undefined;
};

const leading = async (sftp: Sftp, path: string): Promise<Pick<Entry, 'target' | 'to'>> => {
  const [target, to] = await Promise.all([sftp.readlink(path).catch(() => null), sftp.stat(path).then(s => s.kind, () => null)]);
  return { target, to };
};

const rowOf = async (desk: Desk, folder: string, entry: SftpEntry, access: FileAccess): Promise<Entry> => {
  const { name, owner = null, group = null } = entry;
  const usable = isFilePath(`/${name}`);
  return { name, ...about(entry), owner, group, hidden: name.startsWith('.'), usable, access, ...(entry.kind === 'link' && usable ? await leading(desk.sftp, join(folder, name)) : { target: null, to: null }) };
};

export const listFolder = async (on: FilesContext, call: Call, { path: asked, after, limit }: ParsedInputOf<typeof filesList>): Promise<List> => {
  const desk = await deskOf(on, call);
  const home = await desk.sftp.realpath('.');
  const path = asked === undefined ? home : await desk.sftp.realpath(asked);
  if (!leadsOn(desk.rules, path)) desk.need(path, 'read');
  isFolder(path, await desk.sftp.stat(path));
  const all = await desk.sftp.list(path, MOST_ENTRIES + 1);
  if (all.length > MOST_ENTRIES) throw new Refusal('FILES.TOO_MANY', `${shown(path)} holds more than ${MOST_ENTRIES.toLocaleString('en')} entries; look into it in a terminal.`);
  const visible = all.flatMap(entry => {
    const access = seen(desk.rules, path, entry);
    return access === undefined ? [] : [{ entry, access }];
  }).toSorted((a, b) => (a.entry.name < b.entry.name ? -1 : 1));
  const from = after === undefined ? 0 : visible.findIndex(v => v.entry.name > after);
  const page = from < 0 ? [] : visible.slice(from, from + limit);
  const rows = await Promise.all(page.map(({ entry, access }) => rowOf(desk, path, entry, access)));
  let bytes = 0;
  const fitting = rows.findIndex(row => (bytes += Buffer.byteLength(JSON.stringify(row))) > PAGE_BYTES);
  const entries = fitting > 0 ? rows.slice(0, fitting) : rows;
  const more = from >= 0 && from + entries.length < visible.length;
  return { path, home, access: accessTo(desk.rules, path), entries, total: visible.length, next: more ? entries.at(-1)?.name ?? null : null };
};

export const statPath = async (on: FilesContext, call: Call, { path: asked }: ParsedInputOf<typeof filesStat>): Promise<OutputOf<typeof filesStat>> => {
  const desk = await deskOf(on, call);
  const path = await desk.place(asked);
  desk.need(path, 'read');
  return { path, ...about(await desk.sftp.stat(path)), access: accessTo(desk.rules, path) };
};

export interface Found { readonly path: string; readonly kind: SftpAttributes['kind']; readonly size: number }

/**
 * All that is in a folder, folders before what is in them; links stand for themselves. `undefined`: more than `most`. A folder that became a link since it
 * was seen is not entered.
 */
export const walk = async (sftp: Sftp, folder: string, most: number, signal: AbortSignal): Promise<Found[] | undefined> => {
  const found: Found[] = [];
  const waiting = [folder];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    signal.throwIfAborted();
    if (await sftp.realpath(next) !== next) throw new Refusal('FILES.FAILED', `${shown(next)} was replaced while it was looked through. Try again.`, undefined, true);
    for (const entry of await sftp.list(next, most + 1 - found.length)) {
      if (!isFilePath(`/${entry.name}`)) throw new Refusal('FILES.NAME_INVALID', `${shown(next)} holds a name that is no UTF-8; remove that one in a terminal.`);
      const path = join(next, entry.name);
      found.push({ path, kind: entry.kind, size: entry.size });
      if (found.length > most) return undefined;
      if (entry.kind === 'folder') waiting.push(path);
    }
  }
  return found;
};

export const countFolder = async (on: FilesContext, call: Call, { path: asked }: ParsedInputOf<typeof filesCount>): Promise<OutputOf<typeof filesCount>> => {
  const desk = await deskOf(on, call);
  const path = await desk.itself(asked);
  desk.need(path, 'read');
  const stat = await desk.sftp.lstat(path);
  if (stat.kind !== 'folder') return { files: 1, folders: 0, bytes: stat.size, more: false };
  const found = await walk(desk.sftp, path, FILES_REMOVED, call.signal);
  if (!found) return { files: FILES_REMOVED, folders: 0, bytes: 0, more: true };
  const folders = found.filter(f => f.kind === 'folder').length;
  return { files: found.length - folders, folders: folders + 1, bytes: found.reduce((sum, f) => sum + (f.kind === 'file' ? f.size : 0), 0), more: false };
};
