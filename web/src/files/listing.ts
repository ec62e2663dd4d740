/** What is shown of a folder, and in which order. Pure. */
import type { FileEntry } from '../contracts.js';
import { compareNames } from '../lib/format.js';

export const SORTS = ['name', 'size', 'modified', 'owner', 'mode'] as const;
export type Sort = (typeof SORTS)[number];
export interface Order { readonly by: Sort; readonly down: boolean }

export const isFolder = (e: Pick<FileEntry, 'kind' | 'to'>): boolean => e.kind === 'folder' || (e.kind === 'link' && e.to === 'folder');
/** A file, or a link to one: what can be downloaded and read. */
export const isFile = (e: Pick<FileEntry, 'kind' | 'to'>): boolean => e.kind === 'file' || (e.kind === 'link' && e.to === 'file');

const byName = (a: FileEntry, b: FileEntry): number => compareNames(a.name, b.name) || (a.name < b.name ? -1 : 1);
const COMPARE: Readonly<Record<Sort, (a: FileEntry, b: FileEntry) => number>> = {
  name: byName, size: (a, b) => a.size - b.size, modified: (a, b) => (a.modified ?? '').localeCompare(b.modified ?? ''),
  owner: (a, b) => compareNames(ownerText(a), ownerText(b)), mode: (a, b) => a.mode - b.mode,
};

/** Folders first, whichever way; equal ones by name. */
export const arrange = (entries: readonly FileEntry[], o: { readonly order: Order; readonly hidden: boolean; readonly filter: string }): readonly FileEntry[] => {
  const wanted = o.filter.trim().toLowerCase();
  return entries.filter(e => (o.hidden || !e.hidden) && (wanted === '' || e.name.toLowerCase().includes(wanted)))
    .toSorted((a, b) => Number(isFolder(b)) - Number(isFolder(a)) || (o.order.down ? -1 : 1) * COMPARE[o.order.by](a, b) || byName(a, b));
};

export const ownerText = ({ owner, group, uid, gid }: Pick<FileEntry, 'owner' | 'group' | 'uid' | 'gid'>): string => `${owner ?? uid}:${group ?? gid}`;

const TYPES = { file: '-', folder: 'd', link: 'l', other: '?' } as const;
/** `rwxr-xr-x`, with `s` and `t` as `ls` has them. */
export const modeText = (mode: number, kind: FileEntry['kind'] = 'file'): string => {
  const three = (shift: number, special: boolean, mark: string): string => {
    const bits = mode >> shift;
    const run = (bits & 1) !== 0;
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${special ? (run ? mark : mark.toUpperCase()) : run ? 'x' : '-'}`;
  };
  return TYPES[kind] + three(6, (mode & 0o4000) !== 0, 's') + three(3, (mode & 0o2000) !== 0, 's') + three(0, (mode & 0o1000) !== 0, 't');
};
export const octal = (mode: number): string => mode.toString(8).padStart(mode > 0o777 ? 4 : 3, '0');
/** Of three or four octal digits; undefined: no mode. */
export const readOctal = (text: string): number | undefined => (/^[0-7]{3,4}$/.test(text.trim()) ? Number.parseInt(text.trim(), 8) : undefined);

/** Names that are taken of those that would come: for the question whether to replace them. */
export const taken = (entries: readonly FileEntry[], names_: readonly string[]): readonly string[] => {
  const there = new Set(entries.map(e => e.name));
  return names_.filter(n => there.has(n));
};

/** Text, or something that a text field would spoil: what holds NUL is none, nor what is no UTF-8. */
export const readText = (bytes: Uint8Array<ArrayBuffer>): string | undefined => {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};
