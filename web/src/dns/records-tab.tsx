import { useNavigate, useSearch } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Download, FileUp, ListTree, Plus, Search } from 'lucide-react';
import { useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import type { Zone } from '../contracts.js';
import { formatNumber } from '../lib/format.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { inputClass } from '../ui/field.js';
import { EmptyState, Panel } from '../ui/panel.js';
import { ListStates } from '../ui/row-list.js';
import { BulkBar } from './bulk-bar.js';
import { useRecords } from './dns.data.js';
import { wishCreate } from './pending.js';
import { RecordEditor } from './record-editor.js';
import { countByType, listRecords } from './record-list.js';
import { RecordTable } from './record-table.js';
import { OWNERS, RECORD_TYPES, type Owner } from './record-types.js';
import { useExport } from './use-export.js';
import { type Collected, useMakePlan } from './use-zone.js';
import { ZoneFileDialog } from './zone-file-dialog.js';
import type { ZoneSearch } from './zone-search.js';

const OWNER_WORDS: Readonly<Record<Owner, string>> = { ours: t('Ours'), others: t('Of others'), unsaved: t('Unsaved') };
const NONE: ReadonlySet<string> = new Set();
let made = 0;

/** Records as they were left, with the changes that nobody has planned yet laid over them. */
export const RecordsTab = ({ zone, pending }: { readonly zone: Zone; readonly pending: Collected }): ReactNode => {
  const search = useSearch({ from: '/shell/domains/$id' });
  const filter = useDeferredValue(search);
  const of = useRecords(zone.id);
  const { may } = useMakePlan(zone.id);
  const [chosen, setChosen] = useState(NONE);
  const [adding, setAdding] = useState(false);
  const [importing, setImporting] = useState(false);
  const rows = useMemo(() => listRecords(of.rows, pending.all, filter, zone.name), [of.rows, pending.all, filter, zone.name]);
  const selected = useMemo(() => rows.filter(r => chosen.has(r.key)), [rows, chosen]);
  const blocked = may ? undefined : NOT_YOURS;
  const counts = useMemo(() => countByType(of.rows.values()), [of.rows]);
  const total = of.rows.size + [...pending.all.values()].filter(p => p.op === 'create').length;
  const toggle = (keys: readonly string[], on: boolean): void => {
    const next = new Set(chosen);
    for (const key of keys) if (on) next.add(key); else next.delete(key);
    setChosen(next);
  };
  return (
    <>
      <Toolbar search={search} counts={counts} zone={zone} blocked={blocked} onAdd={() => setAdding(true)} onImport={() => setImporting(true)} />
      {adding && <Panel title={t('New record')} className="mb-3"><RecordEditor zone={zone} label={t('New record')} onCancel={() => setAdding(false)} onSave={input => { pending.change(all => wishCreate(all, input, `new-${++made}`)); setAdding(false); }} /></Panel>}
      {selected.length > 0 && <BulkBar zone={zone} rows={selected} pending={pending} blocked={blocked} onClear={() => setChosen(NONE)} />}
      <ListStates of={of} what={t('records')} right="dns.zone.read" count={total} empty={(
        <EmptyState icon={<ListTree />} title={t('No records yet')} action={<><Button kind="primary" blocked={blocked} onClick={() => setAdding(true)}>{t('Add a record')}</Button><Button blocked={blocked} onClick={() => setImporting(true)}>{t('Paste a zone file')}</Button></>}>
          {t('Add the first one, or bring a whole zone file. You see what would change before anything does.')}
        </EmptyState>
      )}>
        <RecordTable zone={zone} rows={rows} pending={pending} may={may} chosen={chosen} onChoose={toggle} />
        <p role="status" className="mt-2 text-[12px] text-ink-3">{rows.length === total ? t('{total, plural, one {# record} other {# records}}, {owned, number} ours', { total, owned: zone.owned }) : t('{rows, number} of {total, number} records, {owned, number} ours', { rows: rows.length, total, owned: zone.owned })}</p>
      </ListStates>
      <ZoneFileDialog zone={zone} open={importing} onClose={() => setImporting(false)} />
    </>
  );
};

interface ToolbarProps { readonly search: ZoneSearch; readonly counts: ReturnType<typeof countByType>; readonly zone: Zone; readonly blocked: string | undefined; readonly onAdd: () => void; readonly onImport: () => void }

const Toolbar = ({ search, counts, zone, blocked, onAdd, onImport }: ToolbarProps): ReactNode => {
  const navigate = useNavigate();
  const exporting = useExport(zone);
  const set = (change: { readonly [K in 'q' | 'type' | 'owner']?: string | undefined }): void =>
    void navigate({ to: '/domains/$id', params: { id: zone.id }, search: previous => ({ ...previous, ...change }) as ZoneSearch, replace: true });
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <div className="relative w-full sm:w-60">
        <Search aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
        <input type="search" aria-label={t('Search records')} placeholder={t('Name, value or comment')} value={search.q ?? ''} onChange={e => set({ q: e.target.value || undefined })} className={clsx(inputClass, 'h-8 pl-8')} />
      </div>
      <select aria-label={t('Type')} value={search.type ?? ''} onChange={e => set({ type: e.target.value || undefined })} className={clsx(inputClass, 'h-8 !w-auto pr-7')}>
        <option value="">{t('All types')}</option>{RECORD_TYPES.map(type => <option key={type} value={type}>{type} ({formatNumber(counts.get(type) ?? 0)})</option>)}
      </select>
      <select aria-label={t('Owner')} value={search.owner ?? ''} onChange={e => set({ owner: e.target.value || undefined })} className={clsx(inputClass, 'h-8 !w-auto pr-7')}>
        <option value="">{t('All owners')}</option>{OWNERS.map(o => <option key={o} value={o}>{OWNER_WORDS[o]}</option>)}
      </select>
      <div className="ml-auto flex flex-wrap gap-2">
        <Button icon={<Download aria-hidden className="size-4" />} busy={exporting.isPending} onClick={() => exporting.mutate(undefined)}>{t('Export')}</Button>
        <Button icon={<FileUp aria-hidden className="size-4" />} blocked={blocked} onClick={onImport}>{t('Zone file…')}</Button>
        <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={blocked} onClick={onAdd}>{t('Add record')}</Button>
      </div>
    </div>
  );
};
