import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { AlertList } from '../alerts/alert-list.js';
import { useAlerts } from '../alerts/use-alerts.js';
import type { Server } from '../contracts.js';
import { DriftList } from '../drift/drift-list.js';
import { driftRows } from '../drift/drift-words.js';
import { useServerDrift } from '../drift/drift.data.js';
import { formatBytes, formatFixed, formatPercent } from '../lib/format.js';
import { adviceFor } from '../lib/problem.js';
import { HistoryList } from '../servers/history-list.js';
import { toHistory } from '../servers/history.js';
import { formatSpan, spanOf } from '../servers/metrics-series.js';
import { FIGURES, ServerSpark, useMetricsBoard, type Figure, type MetricsBoard } from '../servers/use-metrics.js';
import { rich, t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { withoutSteps } from './history-steps.js';
import { HostKeyChanged } from './host-key-changed.js';
import { MachinePanels } from './machine-panels.js';
import { OperationsPanel } from './operations-panel.js';
import { RemovalPanel } from './removal-panel.js';
import { useServerFeed } from './server.data.js';

export const ServerOverview = ({ server }: { readonly server: Server }): ReactNode => {
  const board = useMetricsBoard();
  const sample = board.last(server.id);
  return (
    <div className="grid gap-4">
      {server.status === 'blocked' && <HostKeyChanged server={server} />}
      {server.status === 'unreachable' && server.reason && server.power !== 'off' && (server.lifecycle ?? 'ready') === 'ready' && (
        <ProblemNote tone="warn" problem={{ ...server.reason, ...(adviceFor(server.reason.code) ? { advice: adviceFor(server.reason.code) as string } : {}), retryable: false }} />
      )}
      {server.power === 'off' && (server.lifecycle ?? 'ready') === 'ready' && <Panel><p className="text-[13px] text-ink-2">{server.provider_id ? t('It is switched off. Figures below are the last known ones. Under Power it can be switched on.') : t('It is switched off. Figures below are the last known ones. Under Power it can be switched on, if its provider is connected here.')}</p></Panel>}
      <Lifecycle server={server} />
      <RemovalPanel server={server} />
      <OperationsPanel id={server.id} />
      <ServerAlertsPanel id={server.id} />
      <ServerDriftPanel id={server.id} />
      <div className="grid grid-cols-2 gap-3 sm:gap-4 lg:grid-cols-4">
        <Gauge server={server} board={board} of="load1" figure={sample ? formatFixed(sample.load1, 2) : undefined} beside={server.facts ? t('{cpus, plural, one {on # CPU} other {on # CPUs}}', { cpus: server.facts.cpus }) : ''} />
        <Gauge server={server} board={board} of="cpu" figure={sample ? formatPercent(sample.cpu) : undefined} beside={t('busy')} />
        <Gauge server={server} board={board} of="memory" ceiling={sample?.memory_bytes} figure={sample ? formatPercent(sample.memory_used_bytes / sample.memory_bytes) : undefined} beside={sample ? t('{memory_used_bytes} of {memory_bytes}', { memory_used_bytes: formatBytes(sample.memory_used_bytes), memory_bytes: formatBytes(sample.memory_bytes) }) : ''} />
        <Gauge server={server} board={board} of="disk" ceiling={sample?.disk_bytes} figure={sample ? formatPercent(sample.disk_used_bytes / sample.disk_bytes) : undefined} beside={sample ? t('{disk_used_bytes} of {disk_bytes}', { disk_used_bytes: formatBytes(sample.disk_used_bytes), disk_bytes: formatBytes(sample.disk_bytes) }) : ''} />
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]">
        <div className="grid gap-4"><Recent id={server.id} /><RoundTrip server={server} board={board} /></div>
        <MachinePanels server={server} sample={sample} />
      </div>
    </div>
  );
};

interface GaugeProps { readonly server: Server; readonly board: MetricsBoard; readonly of: Figure; readonly figure: string | undefined; readonly beside: string; readonly ceiling?: number | undefined }

const Gauge = ({ server, board, of, figure, beside, ceiling }: GaugeProps): ReactNode => (
  <section aria-label={FIGURES[of].label} data-testid={`gauge-${of}`} className="flex min-w-0 flex-col rounded-xl border border-line bg-surface p-3 sm:p-4 sm:pb-3">
    <h2 className="eyebrow">{FIGURES[of].label}</h2>
    <p className="mb-3 mt-1 flex flex-wrap items-baseline gap-x-2"><span className="figure text-[22px] font-semibold leading-7 tracking-tight">{figure ?? '–'}</span>{figure && <span className="figure truncate text-[12px] text-ink-3">{beside}</span>}</p>
    <ServerSpark id={server.id} name={server.name} of={of} board={board} interactive ceiling={ceiling} className="mt-auto" height={44} />
  </section>
);

const RoundTrip = ({ server, board }: { readonly server: Server; readonly board: MetricsBoard }): ReactNode => {
  const samples = board.series(server.id);
  const last = samples.at(-1);
  const span = spanOf(samples, useNow(5_000));
  return (
    <Panel title={t('Round trip over SSH')} aside={<span className="figure text-[13px] text-ink-2">{last ? FIGURES.latency.format(last.latency_ms) : '–'}</span>}>
      <ServerSpark id={server.id} name={server.name} of="latency" board={board} interactive height={88} />
      <p aria-hidden className="mt-2 flex justify-between text-[12px] text-ink-3"><span>{t('{time} ago', { time: formatSpan(span) })}</span><span>{t('now')}</span></p>
    </Panel>
  );
};

/** In the making, or not finished: what is going on stands under Set-up. */
const Lifecycle = ({ server }: { readonly server: Server }): ReactNode => {
  const { lifecycle = 'ready', lifecycle_problem: problem } = server;
  if (lifecycle === 'ready' || lifecycle === 'deleting' || lifecycle === 'removal-failed') return null;
  const link = <Link to="/servers/$id" params={{ id: server.id }} search={{ tab: 'set-up' }} className="text-accent-ink underline underline-offset-2">{t('Show the set-up')}</Link>;
  if (problem) return <div className="grid gap-2"><ProblemNote problem={{ ...problem, ...(adviceFor(problem.code) ? { advice: adviceFor(problem.code) as string } : {}), retryable: false }} /><p className="text-[13px]">{link}</p></div>;
  return <Panel><p role="status" className="text-[13px] text-ink-2">{rich('This server is being set up. {link}', { link })}</p></Panel>;
};

const ServerAlertsPanel = ({ id }: { readonly id: string }): ReactNode => {
  const rows = useAlerts(id).all.filter(r => r.status === 'open');
  return rows.length > 0 && <Panel title={t('Alerts')} flush><AlertList rows={rows} label={t('Alerts of this server')} /></Panel>;
};

const ServerDriftPanel = ({ id }: { readonly id: string }): ReactNode => {
  const { rows } = useServerDrift();
  const found = driftRows([...rows.values()].filter(d => d.server === id)).filter(([, f]) => f.state === 'open');
  return found.length > 0 && <Panel title={t('Changed outside Xanthus')} flush><DriftList rows={found} label={t('Changed outside Xanthus')} /></Panel>;
};

const Recent = ({ id }: { readonly id: string }): ReactNode => {
  const feed = useServerFeed(id);
  return (
    <Panel title={t('Recent history')} flush aside={<Link to="/servers/$id" params={{ id }} search={{ tab: 'history' }} className="text-[13px] text-accent-ink underline underline-offset-2">{t('All of it')}</Link>}>
      {feed.problem ? <ProblemNote className="m-4" problem={feed.problem} />
        : feed.items.length === 0 ? <SkeletonRows rows={3} label={t('Loading the history')} />
          : <HistoryList dense rows={withoutSteps(toHistory(feed.items)).slice(0, 8)} feed={{ ...feed, truncated: false }} />}
    </Panel>
  );
};
