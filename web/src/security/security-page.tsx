import { useNavigate, useSearch } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { ScrollText, Search } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { Page } from '../app/page.js';
import { shortId } from '../lib/format.js';
import { useClient } from '../live/live-context.js';
import { HistoryList } from '../servers/history-list.js';
import { actorName, toHistory } from '../servers/history.js';
import { t } from '../texts/text.js';
import { inputClass } from '../ui/field.js';
import { EmptyState, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { feedStatus, ListStates } from '../ui/row-list.js';
import { useWindowRows } from '../ui/window-rows.js';
import { filterRows, securityWords } from './security-events.js';
import { KINDS, type Kind } from './security-search.js';
import { useSecurityEvents } from './security.data.js';
import { useThings } from './use-things.js';

/** Every change of people, rights, keys and secrets, as it is stored: live. */
export const SecurityPage = (): ReactNode => {
  const { user } = useClient();
  const search = useSearch({ from: '/shell/security' });
  const feed = useSecurityEvents();
  const names = useThings();
  const all = useMemo(() => toHistory(feed.items, securityWords(id => (id === user.id ? user.name : names.get(id) ?? t('Somebody ({id})', { id: shortId(id) })))), [feed.items, names, user]);
  const rows = useMemo(() => filterRows(all, search, row => actorName(row.actor, user.id, names)), [all, search, user.id, names]);
  const drawn = useWindowRows<HTMLOListElement>(rows.length, 57, i => rows[i]?.seq ?? i);
  const { status, problem } = feedStatus(feed);
  return (
    <Page title={t('Security events')}>
      <PageBody>
        <ListStates of={{ status: status === 'loading' ? 'ready' : status, ...(problem ? { problem } : {}) }} what={t('security events')} right="auth.event.read" count={1} empty={null}>
          <Toolbar />
          <Panel title={t('What happened')} flush aside={<span className="text-[12px] text-ink-3">{feed.state === 'live' ? t('Every event, as it is stored') : t('Catching up…')}</span>}>
            {status === 'loading' && <SkeletonRows label={t('Loading security events')} rows={6} />}
            {status === 'ready' && feed.items.length === 0 && <EmptyState icon={<ScrollText />} title={t('Nothing yet')}>{t('Who was invited, which role changed, which key was made: it shows here as it happens, and stays.')}</EmptyState>}
            {feed.items.length > 0 && rows.length === 0 && <p className="py-8 text-center text-ink-2">{t('No event fits. Show all kinds, or search for something else.')}</p>}
            {rows.length > 0 && <HistoryList rows={rows} feed={feed} drawn={drawn} />}
          </Panel>
        </ListStates>
      </PageBody>
    </Page>
  );
};

const Toolbar = (): ReactNode => {
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/security' });
  const set = (change: { readonly q?: string | undefined; readonly kind?: Kind | undefined }): void =>
    void navigate({ to: '/security', search: previous => JSON.parse(JSON.stringify({ ...previous, ...change })) as object, replace: true });
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <div className="relative w-full sm:w-64">
        <Search aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
        <input type="search" aria-label={t('Search security events')} placeholder={t('Search')} value={search.q ?? ''} onChange={e => set({ q: e.target.value || undefined })} className={clsx(inputClass, 'h-8 pl-8')} />
      </div>
      <div role="group" aria-label={t('Filter by kind')} className="flex flex-wrap gap-1">
        {(Object.keys(KINDS) as Kind[]).map(kind => (
          <button key={kind} type="button" aria-pressed={search.kind === kind} onClick={() => set({ kind: search.kind === kind ? undefined : kind })}
            className={clsx('h-8 rounded-md border px-2.5 text-[13px]', search.kind === kind ? 'border-accent bg-accent-wash text-ink' : 'border-line text-ink-2 hover:bg-raised')}>{KINDS[kind].label}</button>
        ))}
      </div>
    </div>
  );
};
