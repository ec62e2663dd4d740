import { clsx } from 'clsx';
import { CircleQuestionMark, Cloud, CloudOff, Ellipsis, HandHelping, History, PencilLine, Trash2, Undo2 } from 'lucide-react';
import { memo, useCallback, useState, type ReactNode } from 'react';
import { useNavigate } from '@tanstack/react-router';
import type { RecordInput, Zone } from '../contracts.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { IconButton } from '../ui/button.js';
import { Menu, MenuItem, MenuLine } from '../ui/menu.js';
import { Panel } from '../ui/panel.js';
import { useWindowRows } from '../ui/window-rows.js';
import { WhyOpen } from '../why/why.js';
import { drop, wishCreate, wishDelete, wishUpdate, type Row } from './pending.js';
import { RecordEditor } from './record-editor.js';
import { dataText, fullName, inputText, shortName, ttlText } from './record-model.js';
import { PROXIABLE } from './record-types.js';
import { useOwning } from './use-owning.js';
import type { Collected } from './use-zone.js';

interface Props { readonly zone: Zone; readonly rows: readonly Row[]; readonly pending: Collected; readonly may: boolean; readonly chosen: ReadonlySet<string>; readonly onChoose: (keys: readonly string[], on: boolean) => void }

/** Height of a row with its line, px. */
const ROW = 49;
const COLUMNS = 7;
const Gap = ({ height }: { readonly height: number }): ReactNode => (height > 0 ? <tr aria-hidden><td colSpan={COLUMNS} style={{ height }} /></tr> : null);

export const RecordTable = ({ zone, rows, pending, may, chosen, onChoose }: Props): ReactNode => {
  const [editing, setEditing] = useState<string>();
  const { list, indices, before, after, measure } = useWindowRows<HTMLTableSectionElement>(rows.length, ROW, i => rows[i]?.key ?? i);
  const choose = useCallback((key: string, on: boolean) => onChoose([key], on), [onChoose]);
  const all = rows.length > 0 && rows.every(r => chosen.has(r.key));
  const save = (row: Row, input: RecordInput): void => {
    pending.change(set => (row.record ? wishUpdate(set, row.record, input, zone.name) : wishCreate(set, input, row.key)));
    setEditing(undefined);
  };
  if (rows.length === 0) return <Panel><p className="py-6 text-center text-ink-2">{t('No record fits the search.')}</p></Panel>;
  return (
    <Panel flush className="overflow-hidden">
      <table aria-label={t('Records')} aria-rowcount={rows.length + 1} className="drawn-in-part w-full table-fixed text-[13px]">
        <thead>
          <tr className="border-b border-line text-left text-[12px] text-ink-3 [&>th]:h-9 [&>th]:px-2 [&>th]:font-medium">
            <th scope="col" className="w-10 !pl-4"><input type="checkbox" aria-label={t('Select all shown records')} checked={all} onChange={e => onChoose(rows.map(r => r.key), e.target.checked)} className="size-4 align-middle accent-accent" /></th>
            <th scope="col" className="w-16">{t('Type')}</th><th scope="col" className="md:w-[30%]">{t('Name')}</th><th scope="col" className="hidden md:table-cell">{t('Value')}</th>
            <th scope="col" className="hidden w-24 lg:table-cell">TTL</th><th scope="col" className="w-12 sm:w-28">{t('Proxy')}</th><th scope="col" className="w-12"><span className="sr-only">{t('Actions')}</span></th>
          </tr>
        </thead>
        <tbody ref={list}>
          <Gap height={before} />
          {indices.map(i => {
            const row = rows[i];
            if (!row) return null;
            if (editing === row.key) {
              return <tr key={row.key} ref={measure} data-index={i} aria-rowindex={i + 2} className="border-t border-line bg-sunken"><td colSpan={COLUMNS} className="p-4"><RecordEditor zone={zone} input={row.input} label={t('Edit {type} {name}', { type: row.input.type, name: shortName(fullName(row.input.name, zone.name), zone.name) })} onCancel={() => setEditing(undefined)} onSave={input => save(row, input)} /></td></tr>;
            }
            return <RecordRow key={row.key} row={row} at={i} measure={measure} zone={zone} may={may} chosen={chosen.has(row.key)} onChoose={choose} onEdit={setEditing} change={pending.change} />;
          })}
          <Gap height={after} />
        </tbody>
      </table>
    </Panel>
  );
};

const TINTS = { create: 'bg-ok-wash', update: 'bg-warn-wash', delete: 'bg-bad-wash' } as const;
const WORDS = { create: 'new', update: 'changed', delete: 'deleted' } as const;

interface RowProps {
  readonly row: Row; readonly at: number; readonly measure: (row: HTMLElement | null) => void; readonly zone: Zone; readonly may: boolean; readonly chosen: boolean;
  readonly onChoose: (key: string, on: boolean) => void; readonly onEdit: (key: string) => void; readonly change: Collected['change'];
}

const same = (a: RowProps, b: RowProps): boolean => (Object.keys(a) as (keyof RowProps)[]).every(k => k === 'row' || k === 'measure' || a[k] === b[k]) && a.row.record === b.row.record && a.row.pending === b.row.pending;

const RecordRow = memo(({ row, at, measure, zone, may, chosen, onChoose, onEdit, change }: RowProps): ReactNode => {
  const { key, record, pending, input } = row;
  const full = fullName(input.name, zone.name);
  const name = shortName(full, zone.name);
  const value = inputText(input);
  const was = pending?.op === 'update' && record && dataText(record.data) !== value ? dataText(record.data) : undefined;
  const title = `${input.type} ${name}`;
  const gone = pending?.op === 'delete';
  return (
    <tr ref={measure} data-index={at} data-testid="record" data-name={full} data-type={input.type} data-pending={pending?.op} aria-rowindex={at + 2} aria-selected={chosen}
      className={clsx('relative h-12 align-middle transition-colors [&>td]:px-2', at > 0 && 'border-t border-line', pending ? TINTS[pending.op] : chosen ? 'bg-accent-wash' : 'hover:bg-raised/60')}>
      <td className="!pl-4"><input type="checkbox" aria-label={t('Select {title}', { title })} checked={chosen} onChange={e => onChoose(key, e.target.checked)} className="relative z-10 size-4 align-middle accent-accent" /></td>
      <td className="font-mono text-[12px] font-medium text-ink-2">{input.type}</td>
      <td className="py-1.5">
        <p className={clsx('truncate font-mono text-[12.5px] text-ink', gone && 'line-through')} title={full}>
          {may && !gone ? <button type="button" aria-label={t('Edit {title}', { title })} onClick={() => onEdit(key)} className="max-w-full truncate align-bottom after:absolute after:inset-0">{name}</button> : name}
        </p>
        <p className={clsx('truncate font-mono text-[12px] text-ink-2 md:hidden', gone && 'line-through')}>{value}</p>
        {(pending || record?.owned === false || input.comment) && (
          <p className="truncate text-[12px] text-ink-2">{pending && <span className="mr-1.5 font-medium">{WORDS[pending.op]}</span>}{record?.owned === false && <span className="mr-1.5">{t('of others')}</span>}{input.comment}</p>
        )}
      </td>
      <td className="hidden py-1.5 md:table-cell"><p className={clsx('truncate font-mono text-[12px] text-ink-2', gone && 'line-through')} title={value}>{value}</p>{was && <p className="truncate font-mono text-[12px] text-ink-2"><span className="font-sans">{t('was')} </span>{was}</p>}</td>
      <td className="figure hidden text-[12px] text-ink-2 lg:table-cell">{ttlText(input.ttl ?? 1)}</td>
      <td>{PROXIABLE.has(input.type) ? <span className="inline-flex items-center gap-1.5 align-middle text-[12px] text-ink-2">{input.proxied ? <Cloud aria-hidden className="size-4 text-accent-ink" /> : <CloudOff aria-hidden className="size-4 text-ink-3" />}<span className="max-sm:sr-only">{input.proxied ? t('Proxied') : t('DNS only')}</span></span> : <span className="text-[12px] text-ink-2"><span aria-hidden>–</span><span className="sr-only">{t('not proxied')}</span></span>}</td>
      <td className="!pl-0"><RowMenu row={row} zone={zone} may={may} title={title} onEdit={onEdit} change={change} /></td>
    </tr>
  );
}, same);

const RowMenu = ({ row: { key, record, pending }, zone, may, title, onEdit, change }: Pick<RowProps, 'row' | 'zone' | 'may' | 'onEdit' | 'change'> & { readonly title: string }): ReactNode => {
  const navigate = useNavigate();
  const { adopt, disown, mayAdopt, mayDisown } = useOwning(zone);
  const [why, setWhy] = useState(false);
  const blocked = may ? undefined : NOT_YOURS;
  return (
    <span className="relative z-10">
      <Menu trigger={<IconButton label={t('Actions of {title}', { title })}><Ellipsis aria-hidden className="size-4" /></IconButton>}>
        {pending?.op !== 'delete' && <MenuItem icon={<PencilLine aria-hidden />} blocked={blocked} onSelect={() => onEdit(key)}>{t('Edit')}</MenuItem>}
        {pending && <MenuItem icon={<Undo2 aria-hidden />} onSelect={() => change(all => drop(all, [key]))}>{t('Forget this change')}</MenuItem>}
        {record && <MenuItem icon={<History aria-hidden />} onSelect={() => void navigate({ to: '/domains/$id', params: { id: zone.id }, search: { tab: 'history', record: record.id } })}>{t('History of this record')}</MenuItem>}
        {record && <MenuItem icon={<CircleQuestionMark aria-hidden />} onSelect={() => setWhy(true)}>{t('Why is it so…')}</MenuItem>}
        {record && (record.owned ? <MenuItem icon={<HandHelping aria-hidden />} blocked={mayDisown ? undefined : NOT_YOURS} onSelect={() => disown.mutate([record.id])}>{t('Give back: no plan touches it')}</MenuItem>
          : <MenuItem icon={<HandHelping aria-hidden />} blocked={mayAdopt ? undefined : NOT_YOURS} onSelect={() => adopt.mutate([record.id])}>{t('Adopt: plans may change it')}</MenuItem>)}
        {record && pending?.op !== 'delete' && <><MenuLine /><MenuItem danger icon={<Trash2 aria-hidden />} blocked={blocked} onSelect={() => change(all => wishDelete(all, record))}>{t('Delete')}</MenuItem></>}
      </Menu>
      {why && record && <WhyOpen service="dns" view="records" id={`${zone.id}.${record.id}`} path="" name={title} onClose={() => setWhy(false)} />}
    </span>
  );
};
