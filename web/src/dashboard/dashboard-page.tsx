import { Link } from '@tanstack/react-router';
import { Rocket } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { Page } from '../app/page.js';
import type { Server } from '../contracts.js';
import { formatPercent } from '../lib/format.js';
import { useClient, useFeed, useRows } from '../live/live-context.js';
import { AdoptLink } from '../servers/adopt-link.js';
import { HistoryList } from '../servers/history-list.js';
import { toHistory } from '../servers/history.js';
import { NewServerLink } from '../servers/new-server-link.js';
import { SandboxCard } from '../servers/sandbox-card.js';
import { countByStatus, listServers } from '../servers/server-list.js';
import { stateOf } from '../servers/server-state.js';
import { STATUS, STATUSES } from '../servers/server-status.js';
import { ServerSpark, useMetricsBoard } from '../servers/use-metrics.js';
import { useSessionState } from '../session/session-context.js';
import { t } from '../texts/text.js';
import { EmptyState, PageBody, Panel, Skeleton, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { Dot, StatusPill } from '../ui/status-pill.js';
import { NextSteps } from './next-steps.js';

/** How far back the list of what happened goes, ms. */
const DAY = 86_400_000;

export const DashboardPage = (): ReactNode => {
  const { tenant } = useClient();
  const { status, rows, problem } = useRows<Server>('vps', tenant, 'servers');
  const servers = useMemo(() => listServers(rows.values(), { sort: 'status' }), [rows]);
  return (
    <Page title="Dashboard" actions={status === 'denied' ? undefined : <><AdoptLink className="max-sm:hidden" /><NewServerLink /></>}>
      <PageBody>
        {status === 'denied' && <Denied what={t('anything here yet')} right="vps.server.read" />}
        {status === 'failed' && problem && <ProblemNote problem={problem} />}
        {status === 'loading' && <div className="grid gap-4 sm:grid-cols-4">{STATUSES.map(s => <Skeleton key={s} className="h-20" />)}<div className="sm:col-span-4"><Panel flush><SkeletonRows label="Loading" /></Panel></div></div>}
        {status === 'ready' && (servers.length === 0 ? <Welcome /> : <Overview servers={servers} />)}
      </PageBody>
    </Page>
  );
};

const Welcome = (): ReactNode => {
  const state = useSessionState();
  const person = state.status === 'signed_in' ? state.identity.user.name.split(' ')[0] : '';
  return (
    <div className="mx-auto max-w-xl">
      <EmptyState icon={<Rocket />} title={`Welcome, ${person}`} action={<><NewServerLink /><AdoptLink /></>}>
        Have a server made at a provider, set up with K3s in a few minutes. Or adopt a machine that you reach by SSH: nothing is installed on it, and removing it here leaves it as it was.
      </EmptyState>
      <SandboxCard />
    </div>
  );
};

const Overview = ({ servers }: { readonly servers: readonly Server[] }): ReactNode => {
  const { tenant } = useClient();
  const board = useMetricsBoard(servers.length);
  const counts = countByStatus(servers);
  const feed = useFeed({ stream: 'VPS', filter: `evt.${tenant}.vps.server.>`, from: { back_ms: DAY }, keep: 400 });
  const history = useMemo(() => toHistory(feed.items), [feed.items]);
  const names = useMemo(() => new Map(servers.map(s => [s.id, s.name])), [servers]);
  return (
    <div className="grid gap-4">
      <ul aria-label="Servers by status" className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-4">
        {ORDER.map(s => (
          <li key={s} className="bg-surface">
            <Link to="/servers" search={{ status: s }} className="block px-4 py-3 transition-colors hover:bg-raised/60">
              <span className="eyebrow flex items-center gap-1.5"><Dot tone={counts[s] > 0 ? STATUS[s].tone : 'idle'} />{STATUS[s].label}</span>
              <span className={`figure mt-0.5 block text-[22px] font-semibold leading-7 tracking-tight ${counts[s] === 0 ? 'text-ink-3' : ''}`}>{counts[s]}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]">
        <div className="grid gap-4">
          <Panel title="Servers" flush aside={<Link to="/servers" className="text-[13px] text-accent-ink hover:underline">All servers</Link>}>
            <ul className="divide-y divide-line">
              {servers.slice(0, 8).map(server => {
                const sample = board.last(server.id);
                const { label, tone, moving, sentence } = stateOf(server);
                return (
                  <li key={server.id} className="relative flex h-14 items-center gap-4 px-4 transition-colors hover:bg-raised/60">
                    <div className="min-w-0 flex-1">
                      <Link to="/servers/$id" params={{ id: server.id }} className="block truncate text-[13px] font-medium after:absolute after:inset-0">{server.name}</Link>
                      <span className="block truncate text-[12px] text-ink-3">{server.lifecycle && server.lifecycle !== 'ready' ? sentence : server.reason?.message ?? server.facts?.os ?? server.host}</span>
                    </div>
                    <div className="hidden items-center gap-3 sm:flex">
                      <ServerSpark id={server.id} name={server.name} of="cpu" board={board} className="w-24 lg:w-40" height={24} />
                      <span className="figure w-12 whitespace-nowrap text-right text-[13px] text-ink-2">{sample && server.status === 'reachable' ? formatPercent(sample.cpu) : '–'}</span>
                    </div>
                    <span className="flex w-27 shrink-0 justify-end"><StatusPill tone={tone} {...(moving ? { moving } : {})}>{label}</StatusPill></span>
                  </li>
                );
              })}
            </ul>
          </Panel>
          <NextSteps servers={servers} />
        </div>
        <Panel title="Last 24 hours" flush>
          {feed.problem ? <ProblemNote className="m-4" problem={feed.problem} />
            : history.length > 0 ? <HistoryList dense rows={history.slice(0, 10)} feed={{ ...feed, truncated: false }} subject={row => names.get(row.aggregate.id)} />
              : feed.state === 'live' ? <p className="p-6 text-center text-[13px] text-ink-3">Nothing happened.</p> : <SkeletonRows rows={4} label="Loading" />}
        </Panel>
      </div>
      {!servers.some(s => s.provider === 'sandbox') && <SandboxCard />}
    </div>
  );
};

const ORDER = ['reachable', 'unreachable', 'blocked', 'connecting'] as const;
