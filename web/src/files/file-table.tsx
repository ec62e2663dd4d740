import { clsx } from 'clsx';
import { ArrowDown, ArrowUp, Copy, Download, Ellipsis, File, FileQuestion, Folder, KeyRound, Link2, PencilLine, TextCursorInput, Trash2 } from 'lucide-react';
import { useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { FileEntry } from '../contracts.js';
import { formatBytes, formatMoment } from '../lib/format.js';
import { t } from '../texts/text.js';
import { IconButton } from '../ui/button.js';
import { Menu, MenuItem, MenuLine } from '../ui/menu.js';
import { useWindowRows } from '../ui/window-rows.js';
import { isFile, isFolder, modeText, ownerText, type Order, type Sort } from './listing.js';
import { shownName } from './paths.js';

export interface FileActs {
  open(entry: FileEntry): void;
  download(entry: FileEntry): void;
  edit(entry: FileEntry): void;
  rename(entry: FileEntry): void;
  mode(entry: FileEntry): void;
  remove(entries: readonly FileEntry[]): void;
  copy(entry: FileEntry): void;
  /** Why not, or undefined. */
  blocked(what: 'read' | 'save' | 'rename' | 'mode' | 'remove', entry: FileEntry): string | undefined;
}
interface Props { readonly rows: readonly FileEntry[]; readonly order: Order; readonly onOrder: (order: Order) => void; readonly chosen: ReadonlySet<string>; readonly onChoose: (names: readonly string[], on: boolean) => void; readonly acts: FileActs }

const ROW = 45;
const COLUMNS = 6;
const Gap = ({ height }: { readonly height: number }): ReactNode => (height > 0 ? <tr aria-hidden><td colSpan={COLUMNS} style={{ height }} /></tr> : null);
const iconOf = (e: FileEntry): ReactNode => {
  const look = 'size-4 shrink-0';
  if (!e.usable || e.kind === 'other') return <FileQuestion aria-hidden className={clsx(look, 'text-ink-3')} />;
  if (e.kind === 'link') return <Link2 aria-hidden className={clsx(look, e.to === null ? 'text-bad' : isFolder(e) ? 'text-accent-ink' : 'text-ink-3')} />;
  return e.kind === 'folder' ? <Folder aria-hidden className={clsx(look, 'text-accent-ink')} /> : <File aria-hidden className={clsx(look, 'text-ink-3')} />;
};
const KIND = { file: t('File'), folder: t('Folder'), link: t('Link'), other: t('Special file') } as const;

export const FileTable = ({ rows, order, onOrder, chosen, onChoose, acts }: Props): ReactNode => {
  const { list, indices, before, after, measure } = useWindowRows<HTMLTableSectionElement>(rows.length, ROW, i => rows[i]?.name ?? i);
  const body = useRef<HTMLTableElement>(null);
  const head = (by: Sort, label: string, className = ''): ReactNode => (
    <th scope="col" className={className} aria-sort={order.by === by ? (order.down ? 'descending' : 'ascending') : 'none'}>
      <button type="button" onClick={() => onOrder({ by, down: order.by === by ? !order.down : false })} className="inline-flex items-center gap-1 rounded hover:text-ink">{label}{order.by === by && (order.down ? <ArrowDown aria-hidden className="size-3" /> : <ArrowUp aria-hidden className="size-3" />)}</button>
    </th>
  );
  /** Up and down from name to name; Delete asks; F2 renames. */
  const keys = (event: KeyboardEvent<HTMLTableElement>): void => {
    const at = (event.target as HTMLElement).closest<HTMLElement>('[data-testid=file]');
    const entry = rows[Number(at?.dataset['index'] ?? -1)];
    if (!at || !entry || !(event.target as HTMLElement).matches('[data-open]')) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const next = body.current?.querySelector<HTMLElement>(`[data-index="${Number(at.dataset['index']) + step}"] [data-open]`);
      next?.focus();
    } else if (event.key === 'Delete' && acts.blocked('remove', entry) === undefined) acts.remove([entry]);
    else if (event.key === 'F2' && acts.blocked('rename', entry) === undefined) acts.rename(entry);
    else if (event.key === ' ') onChoose([entry.name], !chosen.has(entry.name));
    else return;
    event.preventDefault();
  };
  return (
    <table ref={body} aria-label={t('Files')} aria-rowcount={rows.length + 1} onKeyDown={keys} className="drawn-in-part w-full table-fixed text-[13px]">
      <thead>
        <tr className="border-b border-line text-left text-[12px] text-ink-3 [&>th]:h-9 [&>th]:px-2 [&>th]:font-medium">
          <th scope="col" className="w-10 !pl-4"><input type="checkbox" aria-label={t('Select all shown files')} checked={rows.length > 0 && rows.every(r => chosen.has(r.name))} onChange={e => onChoose(rows.map(r => r.name), e.target.checked)} className="size-4 align-middle accent-accent" /></th>
          {head('name', t('Name'))}{head('size', t('Size'), 'w-20')}{head('modified', t('Changed'), 'hidden w-44 md:table-cell')}{head('mode', t('Permissions'), 'hidden w-36 lg:table-cell')}
          <th scope="col" className="w-12"><span className="sr-only">{t('Actions')}</span></th>
        </tr>
      </thead>
      <tbody ref={list}>
        <Gap height={before} />
        {indices.map(i => {
          const entry = rows[i];
          return entry && <FileRow key={entry.name} entry={entry} at={i} measure={measure} chosen={chosen.has(entry.name)} onChoose={on => onChoose([entry.name], on)} acts={acts} />;
        })}
        <Gap height={after} />
      </tbody>
    </table>
  );
};

interface RowProps { readonly entry: FileEntry; readonly at: number; readonly measure: (row: HTMLElement | null) => void; readonly chosen: boolean; readonly onChoose: (on: boolean) => void; readonly acts: FileActs }

const FileRow = ({ entry, at, measure, chosen, onChoose, acts }: RowProps): ReactNode => {
  const name = shownName(entry.name);
  const opens = isFolder(entry) || isFile(entry);
  const owner = ownerText(entry);
  return (
    <tr ref={measure} data-index={at} data-testid="file" data-name={entry.name} data-kind={entry.kind} aria-rowindex={at + 2} aria-selected={chosen}
      className={clsx('relative h-11 align-middle transition-colors [&>td]:px-2', at > 0 && 'border-t border-line', chosen ? 'bg-accent-wash' : 'hover:bg-raised/60')}>
      <td className="!pl-4"><input type="checkbox" aria-label={t('Select {name}', { name })} disabled={!entry.usable} checked={chosen} onChange={e => onChoose(e.target.checked)} className="relative z-10 size-4 align-middle accent-accent" /></td>
      <td>
        <div className={clsx('flex min-w-0 items-center gap-2', entry.hidden && 'opacity-75')}>
          {iconOf(entry)}
          <span className="min-w-0 flex-1 truncate" title={name}>
            {opens && entry.usable ? <button type="button" data-open onClick={() => acts.open(entry)} aria-label={`${KIND[entry.kind]} ${name}`} className="max-w-full truncate align-bottom text-ink after:absolute after:inset-0">{name}</button> : name}
            {entry.kind === 'link' && entry.target !== null && <span className="text-[12px] text-ink-3"> → {shownName(entry.target)}{entry.to === null && ` ${t('(leads nowhere)')}`}</span>}
            {!entry.usable && <span className="text-[12px] text-ink-3">{' '}{t('its name is no UTF-8: use a terminal')}</span>}
          </span>
        </div>
      </td>
      <td className="figure text-[12px] text-ink-2">{entry.kind === 'file' ? formatBytes(entry.size) : ''}</td>
      <td className="figure hidden text-[12px] text-ink-2 md:table-cell">{entry.modified === null ? '' : formatMoment(Date.parse(entry.modified))}</td>
      <td className="hidden truncate lg:table-cell" title={`${modeText(entry.mode, entry.kind)} ${owner}`}><span className="block font-mono text-[12px] leading-4 text-ink-2">{modeText(entry.mode, entry.kind)}</span><span className="block truncate text-[11px] leading-4 text-ink-3">{owner}</span></td>
      <td className="!pl-0">{entry.usable && <RowMenu entry={entry} name={name} acts={acts} />}</td>
    </tr>
  );
};

const RowMenu = ({ entry, name, acts }: { readonly entry: FileEntry; readonly name: string; readonly acts: FileActs }): ReactNode => (
  <span className="relative z-10">
    <Menu trigger={<IconButton label={t('Actions of {name}', { name })}><Ellipsis aria-hidden className="size-4" /></IconButton>}>
      {isFile(entry) && <MenuItem icon={<Download aria-hidden />} blocked={acts.blocked('read', entry)} onSelect={() => acts.download(entry)}>{t('Download')}</MenuItem>}
      {isFile(entry) && <MenuItem icon={<TextCursorInput aria-hidden />} blocked={acts.blocked('read', entry)} onSelect={() => acts.edit(entry)}>{t('View or edit')}</MenuItem>}
      <MenuItem icon={<Copy aria-hidden />} onSelect={() => acts.copy(entry)}>{t('Copy path')}</MenuItem>
      <MenuItem icon={<PencilLine aria-hidden />} blocked={acts.blocked('rename', entry)} onSelect={() => acts.rename(entry)}>{t('Rename or move…')}</MenuItem>
      <MenuItem icon={<KeyRound aria-hidden />} blocked={acts.blocked('mode', entry)} onSelect={() => acts.mode(entry)}>{t('Permissions…')}</MenuItem>
      <MenuLine />
      <MenuItem danger icon={<Trash2 aria-hidden />} blocked={acts.blocked('remove', entry)} onSelect={() => acts.remove([entry])}>{t('Delete…')}</MenuItem>
    </Menu>
  </span>
);
