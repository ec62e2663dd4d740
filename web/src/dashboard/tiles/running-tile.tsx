import { CircleCheckBig } from 'lucide-react';
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import { maySend } from '../../app/nav.js';
import { useApplications } from '../../applications/applications.data.js';
import { stepsOf } from '../../applications/words.js';
import { formatDuration } from '../../lib/format.js';
import { useCan, useClient } from '../../live/live-context.js';
import { cancelSetUp } from '../../server/server.data.js';
import { useServers, useSetUps } from '../../servers/servers.data.js';
import { t } from '../../texts/text.js';
import { useNow } from '../../ui/ago.js';
import { Button } from '../../ui/button.js';
import { needs } from '../../ui/forbidden.js';
import { Skeleton } from '../../ui/panel.js';
import { StatusPill } from '../../ui/status-pill.js';
import { ThingLink } from '../../ui/thing-link.js';
import { cancelDeployment, cancelPlan, useDeployment, useDomainRows, useOperations, usePlans } from '../dashboard.data.js';
import { runningWork, type Work } from '../running-work.js';
import { Nothing, Tile } from '../tile.js';
import { TileRows } from '../tile-rows.js';

const CancelDialog = lazy(() => import('../cancel-dialog.js').then(m => ({ default: m.CancelDialog })));

const STATES: Readonly<Record<Work['state'], { readonly label: string; readonly tone: 'info' | 'warn' | 'bad'; readonly moving?: true }>> = {
  running: { label: t('Under way'), tone: 'info', moving: true }, waiting: { label: t('Waits to try again'), tone: 'warn', moving: true }, stuck: { label: t('Needs you'), tone: 'bad' },
};

export const RunningTile = (): ReactNode => {
  const setUps = useSetUps();
  const operations = useOperations();
  const servers = useServers();
  const applications = useApplications();
  const plans = usePlans();
  const domains = useDomainRows();
  const work = useMemo(
    () => runningWork({ setUps: setUps.rows.values(), operations: operations.rows.values(), servers: servers.rows, applications: applications.rows.values(), plans: plans.rows.values(), domains: domains.rows.values() }),
    [setUps.rows, operations.rows, servers.rows, applications.rows, plans.rows, domains.rows],
  );
  const all = [setUps, operations, applications, plans, domains];
  // What one may not see is left out; only where nothing may be seen is there anything to say.
  const state = all.every(r => r.status === 'denied') ? setUps : all.some(r => r.status === 'loading') && work.length === 0 ? { status: 'loading' as const, stale_since: null } : { status: 'ready' as const, stale_since: null };
  return (
    <Tile of="running" title={t('Under way')} aside={work.length > 0 ? <span className="figure text-[12px] text-ink-3">{work.length}</span> : undefined}>
      <TileRows rows={state} right="vps.server.read" what={t('work on servers')} label={t('Loading what is under way')} skeleton={<div className="flex h-14 items-center px-4"><Skeleton className="h-3 w-1/3" /></div>}>
        {work.length === 0 ? <Nothing icon={<CircleCheckBig aria-hidden />}>{t('Nothing is under way. What is made, changed or deployed shows here while it runs.')}</Nothing> : <Table work={work} />}
      </TileRows>
    </Tile>
  );
};

const Table = ({ work }: { readonly work: readonly Work[] }): ReactNode => (
  <div className="overflow-x-auto">
    <table className="w-full text-left text-[13px]">
      <caption className="sr-only">{t('Work that is under way, with its step and how long it takes')}</caption>
      <thead className="max-sm:sr-only">
        <tr className="border-b border-line text-[12px] text-ink-3">
          <th scope="col" className="h-9 px-4 font-normal">{t('Work')}</th><th scope="col" className="px-2 font-normal">{t('Step')}</th><th scope="col" className="px-2 text-right font-normal">{t('Since')}</th><th scope="col" className="px-2 font-normal">{t('State')}</th>
          <th scope="col" className="px-4"><span className="sr-only">{t('Actions')}</span></th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {work.map(w => (w.deployment === undefined ? <Row key={w.key} work={w} /> : <DeploymentRow key={w.key} work={w} id={w.deployment} />))}
      </tbody>
    </table>
  </div>
);

const DeploymentRow = ({ work, id }: { readonly work: Work; readonly id: string }): ReactNode => {
  const deployment = useDeployment(id);
  if (!deployment) return <Row work={work} />;
  const steps = stepsOf(deployment);
  const at = steps.findLast(s => s.status === 'running') ?? steps.find(s => s.status === 'waiting');
  const done = steps.filter(s => s.status === 'passed' || s.status === 'skipped').length;
  return <Row work={{ ...work, step: at?.label ?? work.step, started_at: deployment.started_at, percent: steps.length === 0 ? undefined : Math.round((100 * done) / steps.length), retry_at: deployment.retry_at ?? undefined, cancel: deployment.next.includes('cancel') ? work.cancel : undefined }} />;
};

const Row = ({ work }: { readonly work: Work }): ReactNode => {
  const now = useNow();
  const { label, tone, moving } = STATES[work.state];
  const wait = work.retry_at === undefined ? 0 : Math.ceil((Date.parse(work.retry_at) - now) / 1_000);
  const said = work.state === 'stuck' ? work.problem ?? work.step : wait > 0 ? t('Tries again in {wait}', { wait: formatDuration(wait) }) : work.step;
  return (
    <tr data-testid="work" data-kind={work.kind} data-state={work.state} className="relative transition-colors hover:bg-raised/60 max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:items-center max-sm:py-2">
      <th scope="row" className="px-4 py-2 font-normal max-sm:py-0">
        <ThingLink to={work.link} className="font-medium after:absolute after:inset-0">{work.name}</ThingLink><span className="block text-[12px] text-ink-3">{work.title}</span>
      </th>
      <td className="max-w-96 px-2 py-2 max-sm:col-span-2 max-sm:px-4 max-sm:py-0">
        <span className="block truncate text-[12px] text-ink-2" title={said}>{said ?? '–'}</span>
        {work.percent !== undefined && work.state !== 'stuck' && <span role="progressbar" aria-label={work.title} aria-valuemin={0} aria-valuemax={100} aria-valuenow={work.percent} className="mt-1 block h-1 overflow-hidden rounded-full bg-raised"><span className="block h-full rounded-full bg-accent transition-[width] duration-500" style={{ width: `${work.percent}%` }} /></span>}
      </td>
      <td className="figure whitespace-nowrap px-2 py-2 text-right text-ink-2 max-sm:hidden">{work.started_at ? formatDuration((now - Date.parse(work.started_at)) / 1_000) : '–'}</td>
      <td className="px-2 py-2 max-sm:col-start-2 max-sm:row-start-1 max-sm:px-4 max-sm:py-0"><StatusPill tone={tone} {...(moving ? { moving } : {})}>{label}</StatusPill></td>
      <td className="relative z-10 px-4 py-2 text-right max-sm:col-span-2 max-sm:py-0 max-sm:pt-1">{work.cancel && <Cancel work={work} cancel={work.cancel} />}</td>
    </tr>
  );
};

const RIGHTS = { 'set-up': [cancelSetUp, 'vps.server.cancel'], deployment: [cancelDeployment, 'applications.application.cancel'], plan: [cancelPlan, 'dns.plan.cancel'] } as const;

const Cancel = ({ work, cancel }: { readonly work: Work; readonly cancel: NonNullable<Work['cancel']> }): ReactNode => {
  const client = useClient();
  /** Undefined: never asked, and not loaded. */
  const [open, setOpen] = useState<boolean>();
  const [contract, right] = RIGHTS[cancel.kind];
  const may = useCan(maySend(client.tenant, contract, cancel.id));
  return (
    <>
      <Button size="sm" blocked={may ? undefined : needs(right)} onClick={() => setOpen(true)} aria-label={t('Cancel: {title}, {name}', { title: work.title, name: work.name })}>{t('Cancel…')}</Button>
      {open !== undefined && <Suspense fallback={null}><CancelDialog work={work} cancel={cancel} open={open} onClose={() => setOpen(false)} /></Suspense>}
    </>
  );
};
