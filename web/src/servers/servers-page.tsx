import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Search, Server as ServerIcon } from 'lucide-react';
import { useCallback, useMemo, type ReactNode } from 'react';
import { useAlerts } from '../alerts/use-alerts.js';
import { Page } from '../app/page.js';
import type { Server } from '../contracts.js';
import { useKinds } from '../providers/providers.data.js';
import { t } from '../texts/text.js';
import { inputClass } from '../ui/field.js';
import { EmptyState, PageBody, Panel, Skeleton, SkeletonRows } from '../ui/panel.js';
import { ListStates } from '../ui/row-list.js';
import { AdoptLink } from './adopt-link.js';
import { NewServerLink } from './new-server-link.js';
import { SandboxCard } from './sandbox-card.js';
import { SORTS, type ListSearch, type Sort } from './list-search.js';
import { countByState, listServers, monthlyNow, type Monthly } from './server-list.js';
import { STATE_ORDER } from './list-search.js';
import { STATE_LABELS } from './server-state.js';
import { ServerTable } from './server-table.js';
import { useServerCosts, useServers } from './servers.data.js';
import { useMetricsBoard } from './use-metrics.js';

const SORT_WORDS: Readonly<Record<Sort, string>> = { name: t('Name'), status: t('Trouble first'), adopted: t('Newest first'), load: t('Busiest first'), cost: t('Dearest first') };

export const ServersPage = (): ReactNode => {
  const list = useServers();
  const all = useMemo(() => [...list.rows.values()], [list.rows]);
  return (
    <Page title={t('Servers')} actions={list.status === 'denied' ? undefined : <><AdoptLink className="max-sm:hidden" /><NewServerLink /></>}>
      <PageBody>
        <ListStates of={list} what={t('servers')} right="vps.server.read" count={all.length} empty={(
          <>
            <EmptyState icon={<ServerIcon />} title={t('No servers yet')} action={<><NewServerLink /><AdoptLink /></>}>
              {t('Have one made at a provider, set up with K3s in a few minutes. Or bring a machine that you reach by SSH under management; nothing is installed on it.')}
            </EmptyState>
            <SandboxCard className="mx-auto max-w-md" />
          </>
        )} skeleton={<><Skeleton className="mb-3 h-8 w-full sm:w-64" /><Panel flush><SkeletonRows rows={8} /></Panel></>}>
          <Listed all={all} />
        </ListStates>
      </PageBody>
    </Page>
  );
};

const Listed = ({ all }: { readonly all: readonly Server[] }): ReactNode => {
  const search = useSearch({ from: '/shell/servers' });
  const board = useMetricsBoard(all.length);
  const costs = useMonthly();
  const alerts = useAlertCounts();
  const kinds = useKinds();
  const title = useCallback((kind: string): string => (kind === 'existing' ? t('Adopted') : kinds.data?.find(k => k.kind === kind)?.title ?? kind.charAt(0).toUpperCase() + kind.slice(1)), [kinds.data]);
  // Figures come every second; the list is put in order by them only when that is what was asked for.
  const moving = search.sort === 'load' ? board : undefined;
  const shown = useMemo(() => listServers(all, search, { load: id => moving?.last(id)?.load1, cost: id => costs.get(id)?.amount }), [all, search, moving, costs]);
  const none = <p className="py-8 text-center text-ink-2">{search.q ? t('No server fits “{text}”.', { text: search.q }) : t('No server fits the filter.')} <Link to="/servers" className="text-accent-ink underline underline-offset-2">{t('Show all')}</Link></p>;
  return (
    <>
      <Toolbar all={all} search={search} title={title} />
      <ServerTable servers={shown} board={board} costs={costs} alerts={alerts} title={title} none={none} />
      <Tally shown={shown} all={all.length} />
    </>
  );
};

/** What each server costs a month at most; empty for who may not see it. */
const useMonthly = (): ReadonlyMap<string, Monthly> => {
  const { rows } = useServerCosts();
  return useMemo(() => new Map([...rows].flatMap(([id, costs]) => { const monthly = monthlyNow(costs); return monthly ? [[id, monthly] as const] : []; })), [rows]);
};

const useAlertCounts = (): ReadonlyMap<string, number> => {
  const { all } = useAlerts();
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const a of all) if (a.fresh) counts.set(a.server, (counts.get(a.server) ?? 0) + 1);
    return counts;
  }, [all]);
};

/** Below a list that does not fit the screen: how many they are. */
const Tally = ({ shown, all }: { readonly shown: readonly Server[]; readonly all: number }): ReactNode =>
  shown.length > 0 && <p role="status" className="mt-2 text-[12px] text-ink-3">{shown.length === all ? (t('{all, plural, one {1 server} other {# servers}}', { all })) : t('{shown, number} of {all, number} servers', { shown: shown.length, all })}</p>;

interface ToolbarProps { readonly all: readonly Server[]; readonly search: ListSearch; readonly title: (kind: string) => string }

const Toolbar = ({ all, search, title }: ToolbarProps): ReactNode => {
  const navigate = useNavigate();
  const counts = useMemo(() => countByState(all), [all]);
  const providers = useMemo(() => [...new Set(all.map(s => s.provider))].sort(), [all]);
  const set = (change: Partial<Record<keyof ListSearch, string | undefined>>): void =>
    void navigate({ to: '/servers', search: previous => ({ ...previous, ...change }) as ListSearch, replace: true });
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <div className="relative w-full sm:w-64">
        <Search aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
        <input type="search" aria-label={t('Search servers')} placeholder={t('Search')} value={search.q ?? ''} onChange={e => set({ q: e.target.value || undefined })} className={clsx(inputClass, 'h-8 pl-8')} />
      </div>
      <div role="group" aria-label={t('Filter by status')} className="flex flex-wrap gap-1">
        {STATE_ORDER.filter(s => counts.has(s) || search.status === s).map(s => (
          <button key={s} type="button" aria-pressed={search.status === s} onClick={() => set({ status: search.status === s ? undefined : s })}
            className={clsx('flex h-8 items-center gap-1.5 rounded-md border px-2.5 text-[13px]', search.status === s ? 'border-accent bg-accent-wash text-ink' : 'border-line text-ink-2 hover:bg-raised')}>
            {STATE_LABELS[s].label}<span className="figure text-ink-3">{counts.get(s) ?? 0}</span>
          </button>
        ))}
      </div>
      <div className="ml-auto flex flex-wrap gap-2">
        {(providers.length > 1 || search.provider) && (
          <select aria-label={t('Provider')} value={search.provider ?? ''} onChange={e => set({ provider: e.target.value || undefined })} className={clsx(inputClass, 'h-8 !w-auto pr-7')}>
            <option value="">{t('All providers')}</option>{providers.map(p => <option key={p} value={p}>{title(p)}</option>)}
          </select>
        )}
        <select aria-label={t('Sort by')} value={search.sort ?? 'name'} onChange={e => set({ sort: e.target.value === 'name' ? undefined : e.target.value })} className={clsx(inputClass, 'h-8 !w-auto pr-7')}>
          {SORTS.map(s => <option key={s} value={s}>{SORT_WORDS[s]}</option>)}
        </select>
      </div>
    </div>
  );
};
