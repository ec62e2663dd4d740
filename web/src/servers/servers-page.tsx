import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Search, Server as ServerIcon } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { Page } from '../app/page.js';
import type { Server } from '../contracts.js';
import { formatBytes, formatPercent } from '../lib/format.js';
import { useClient, useRows } from '../live/live-context.js';
import { useTenantName } from '../session/session-context.js';
import { Ago } from '../ui/ago.js';
import { inputClass } from '../ui/field.js';
import { EmptyState, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { StatusPill } from '../ui/status-pill.js';
import { AdoptLink } from './adopt-link.js';
import { countByStatus, listServers, SORTS, type ListSearch } from './server-list.js';
import { STATUS, STATUSES } from './server-status.js';
import { ServerSpark, useMetricsBoard } from './use-metrics.js';
import { useWindowRows } from '../ui/window-rows.js';
import { SandboxCard } from './sandbox-card.js';

const SORT_WORDS = { name: 'Name', status: 'Trouble first', adopted: 'Newest first' } as const;

export const ServersPage = (): ReactNode => {
  const { tenant } = useClient();
  const search = useSearch({ from: '/shell/servers' });
  const { status, rows, problem } = useRows<Server>('vps', tenant, 'servers');
  const name = useTenantName();
  const all = useMemo(() => [...rows.values()], [rows]);
  const shown = useMemo(() => listServers(all, search), [all, search]);
  return (
    <Page title="Servers" actions={status === 'denied' ? undefined : <AdoptLink />}>
      <PageBody>
        {status === 'denied' && <Denied what="servers" tenant={name} />}
        {status === 'failed' && problem && <ProblemNote problem={problem} />}
        {status === 'loading' && <Panel flush><SkeletonRows label="Loading servers" /></Panel>}
        {status === 'ready' && all.length === 0 && (
          <EmptyState icon={<ServerIcon />} title="No servers yet" action={<AdoptLink />}>
            Bring any machine that you reach by SSH under management. Nothing is installed on it.
            <SandboxCard className="mt-6 text-left" />
          </EmptyState>
        )}
        {all.length > 0 && <><Toolbar all={all} search={search} /><ServerTable servers={shown} search={search} /></>}
      </PageBody>
    </Page>
  );
};

const Toolbar = ({ all, search }: { readonly all: readonly Server[]; readonly search: ListSearch }): ReactNode => {
  const navigate = useNavigate();
  const counts = countByStatus(all);
  const set = (change: Partial<Record<keyof ListSearch, string | undefined>>): void =>
    void navigate({ to: '/servers', search: previous => ({ ...previous, ...change }) as ListSearch, replace: true });
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <div className="relative w-full sm:w-64">
        <Search aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
        <input type="search" aria-label="Search servers" placeholder="Search" value={search.q ?? ''} onChange={e => set({ q: e.target.value || undefined })} className={clsx(inputClass, 'h-8 pl-8')} />
      </div>
      <div role="group" aria-label="Filter by status" className="flex flex-wrap gap-1">
        {STATUSES.filter(s => counts[s] > 0 || search.status === s).map(s => (
          <button key={s} type="button" aria-pressed={search.status === s} onClick={() => set({ status: search.status === s ? undefined : s })}
            className={clsx('flex h-8 items-center gap-1.5 rounded-md border px-2.5 text-[13px]', search.status === s ? 'border-accent bg-accent-wash text-ink' : 'border-line text-ink-2 hover:bg-raised')}>
            {STATUS[s].label}<span className="figure text-ink-3">{counts[s]}</span>
          </button>
        ))}
      </div>
      <select aria-label="Sort by" value={search.sort ?? 'name'} onChange={e => set({ sort: e.target.value === 'name' ? undefined : e.target.value })} className={clsx(inputClass, 'ml-auto h-8 !w-auto pr-7')}>
        {SORTS.map(s => <option key={s} value={s}>{SORT_WORDS[s]}</option>)}
      </select>
    </div>
  );
};

/** Height of a row with its line, px. */
const ROW = 53;
const Gap = ({ height }: { readonly height: number }): ReactNode => (height > 0 ? <tr aria-hidden><td colSpan={6} style={{ height }} /></tr> : null);

const ServerTable = ({ servers, search }: { readonly servers: readonly Server[]; readonly search: ListSearch }): ReactNode => {
  const board = useMetricsBoard();
  const { list, indices, before, after } = useWindowRows<HTMLTableSectionElement>(servers.length, ROW, i => servers[i]?.id ?? i);
  if (servers.length === 0) return <Panel><p className="py-8 text-center text-ink-2">No server fits {search.q ? `“${search.q}”` : 'the filter'}. <Link to="/servers" className="text-accent-ink underline underline-offset-2">Show all</Link></p></Panel>;
  return (
    <Panel flush className="overflow-hidden">
      <table aria-rowcount={servers.length + 1} className="drawn-in-part w-full table-fixed text-[13px]">
        <thead>
          <tr className="border-b border-line text-left text-[12px] text-ink-3 [&>th]:h-9 [&>th]:px-4 [&>th]:font-medium">
            <th scope="col">Server</th><th scope="col" className="w-36">Status</th><th scope="col" className="hidden w-44 md:table-cell">Load</th>
            <th scope="col" className="hidden w-40 text-right lg:table-cell">Memory</th><th scope="col" className="hidden w-40 text-right lg:table-cell">Disk</th><th scope="col" className="hidden w-32 text-right sm:table-cell">Last sample</th>
          </tr>
        </thead>
        <tbody ref={list}>
          <Gap height={before} />
          {indices.map(i => {
            const server = servers[i];
            if (!server) return null;
            const sample = board.last(server.id);
            const { label, tone, moving } = STATUS[server.status];
            return (
              <tr key={server.id} data-testid="server-row" aria-rowindex={i + 2} className={clsx('group relative h-13 transition-colors hover:bg-raised/60 [&>td]:px-4', i > 0 && 'border-t border-line')}>
                <td>
                  <Link to="/servers/$id" params={{ id: server.id }} className="block truncate font-medium text-ink after:absolute after:inset-0">{server.name}</Link>
                  <span className="block truncate text-[12px] text-ink-3">{server.user}@{server.host}{server.facts ? ` · ${server.facts.os}` : ''}</span>
                </td>
                <td><StatusPill tone={tone} {...(moving ? { moving } : {})}>{label}</StatusPill></td>
                <td className="hidden md:table-cell">
                  <div className="flex items-center gap-3"><ServerSpark id={server.id} name={server.name} of="load1" board={board} className="w-24" height={24} /><span className="figure text-ink-2">{sample ? sample.load1.toFixed(2) : '–'}</span></div>
                </td>
                <td className="figure hidden whitespace-nowrap text-right text-ink-2 lg:table-cell">{sample ? <>{formatPercent(sample.memory_used_bytes / sample.memory_bytes)} <span className="text-ink-3">of {formatBytes(sample.memory_bytes)}</span></> : '–'}</td>
                <td className="figure hidden whitespace-nowrap text-right text-ink-2 lg:table-cell">{sample ? <>{formatPercent(sample.disk_used_bytes / sample.disk_bytes)} <span className="text-ink-3">of {formatBytes(sample.disk_bytes)}</span></> : '–'}</td>
                <td className="hidden text-right text-ink-3 sm:table-cell">{sample ? <Ago at={sample.at} /> : '–'}</td>
              </tr>
            );
          })}
          <Gap height={after} />
        </tbody>
      </table>
    </Panel>
  );
};
