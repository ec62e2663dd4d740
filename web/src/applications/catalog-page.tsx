import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { LayoutGrid, Plus, Search } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { mayAsk, maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { ListedEntry } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Button, buttonClass } from '../ui/button.js';
import { inputClass } from '../ui/field.js';
import { EmptyState, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { Tag } from '../ui/row-list.js';
import { addCatalogEntry, catalogEntries } from './applications.data.js';
import { EntryDialog } from './entry-dialog.js';
import { EntryIcon } from './entry-icon.js';
import { Why } from '../why/why.js';

const CRUMBS = [{ label: t('Applications'), to: '/applications' }] as const;
const fits = ({ entry }: ListedEntry, words: string): boolean =>
  words.toLowerCase().split(/\s+/).filter(Boolean).every(w => [entry.name, entry.description, entry.category, ...entry.tags].some(t => t.toLowerCase().includes(w)));

/** Everything that can be deployed: what Xanthus ships, and the tenant's own. */
export const CatalogPage = (): ReactNode => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, catalogEntries));
  const mayAdd = useCan(maySend(client.tenant, addCatalogEntry, '*'));
  const asked = useQuery({ queryKey: ['catalog', client.tenant], enabled: may, queryFn: () => catalogEntries(client, {}) });
  const [q, setQ] = useState('');
  const [category, setCategory] = useState<string>();
  const [editing, setEditing] = useState<'new' | ListedEntry>();
  const entries = asked.data?.entries ?? [];
  const categories = [...new Set(entries.map(e => e.entry.category))].toSorted();
  const shown = entries.filter(e => (category === undefined || e.entry.category === category) && fits(e, q));
  const add = <Button size="sm" icon={<Plus aria-hidden className="size-3.5" />} blocked={mayAdd ? undefined : NOT_YOURS} onClick={() => setEditing('new')}>{t('Own entry')}</Button>;
  return (
    <Page title={t('Catalog')} crumbs={CRUMBS} actions={may ? add : undefined}>
      <PageBody>
        {!may ? <Denied what={t('the catalog')} right="applications.catalog-entry.read" /> : asked.error ? <ProblemNote problem={toProblem(asked.error)} onRetry={() => void asked.refetch()} /> : !asked.data ? <Panel flush><SkeletonRows label={t('Loading the catalog')} /></Panel> : (
          <>
            <div className="mb-4 flex flex-wrap items-center gap-2">
              <div className="relative w-full sm:w-64">
                <Search aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
                <input type="search" aria-label={t('Search the catalog')} placeholder={t('Search')} value={q} onChange={e => setQ(e.target.value)} className={clsx(inputClass, 'h-8 pl-8')} />
              </div>
              <div role="group" aria-label={t('Category')} className="flex flex-wrap gap-1.5">
                {[undefined, ...categories].map(c => (
                  <button key={c ?? 'all'} type="button" aria-pressed={category === c} onClick={() => setCategory(c)} className={clsx('h-7 rounded-full border px-3 text-[12px] transition-colors', category === c ? 'border-accent bg-accent-wash text-accent-ink' : 'border-line-strong text-ink-2 hover:text-ink')}>{c ?? t('All')}</button>
                ))}
              </div>
            </div>
            {shown.length === 0 ? <EmptyState icon={<LayoutGrid />} title={t('Nothing fits')}>{q === '' ? t('There is nothing in this category.') : t('Nothing in the catalog fits “{q}”.', { q })}{' '}{t('An own entry can bring any Helm chart.')}</EmptyState>
              : <ul aria-label={t('Catalog')} className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">{shown.map(e => <Card key={e.entry.id} listed={e} onEdit={() => setEditing(e)} />)}</ul>}
            <p role="status" className="mt-3 text-[12px] text-ink-3">{t('{shown, plural, one {1 entry} other {# entries}}', { shown: shown.length })}</p>
          </>
        )}
        {editing && <EntryDialog of={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
      </PageBody>
    </Page>
  );
};

const Card = ({ listed: { entry, own }, onEdit }: { readonly listed: ListedEntry; readonly onEdit: () => void }): ReactNode => {
  const { min_cpu, min_memory_gb, min_disk_gb } = entry.requirements;
  return (
    <li data-testid="catalog-card" data-entry={entry.id} className="group/fact relative flex min-w-0 flex-col rounded-xl border border-line bg-surface p-4 transition-colors hover:border-line-strong">
      <div className="flex items-start gap-3">
        <EntryIcon icon={entry.icon} name={entry.name} />
        <div className="min-w-0 flex-1">
          <h2 className="break-words text-[14px] font-semibold">{entry.name}{own && <Tag>{t('own')}</Tag>}</h2>
          <p className="text-[12px] text-ink-3">{entry.category}{own && <>{' '}<Why service="applications" view="catalog" id={entry.id} path="" name={entry.name} /></>}</p>
        </div>
      </div>
      <p className="mt-2 line-clamp-3 flex-1 text-[13px] text-ink-2">{entry.description}</p>
      <p className="mt-2 text-[12px] text-ink-3">{t('{min_cpu, plural, one {# core, {min_memory_gb} GB memory, {min_disk_gb} GB disk} other {# cores, {min_memory_gb} GB memory, {min_disk_gb} GB disk}}', { min_cpu, min_memory_gb, min_disk_gb })}</p>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <Link to="/applications/new" search={{ entry: entry.id }} aria-label={t('Deploy {name}', { name: entry.name })} className={buttonClass('primary', 'sm')}>{t('Deploy')}</Link>
        {own && <Button size="sm" kind="quiet" onClick={onEdit} aria-label={t('Edit {name}', { name: entry.name })}>{t('Edit')}</Button>}
        {entry.documentation !== '' && <a href={entry.documentation} target="_blank" rel="noreferrer" className="ml-auto text-[12px] text-accent-ink hover:underline">{t('Documentation')}<span className="sr-only">{' '}{t('of {name}, opens in a new tab', { name: entry.name })}</span></a>}
      </div>
    </li>
  );
};
