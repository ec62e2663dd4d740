import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { AppWindow, ArrowUpCircle, Ellipsis, ExternalLink, Play, RotateCw, Square, Trash2, Undo2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { Application, ApplicationAction, Deployment } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { buttonClass, IconButton } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Menu, MenuItem, MenuLine } from '../ui/menu.js';
import { EmptyState, PageBody, Skeleton } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { StatusPill } from '../ui/status-pill.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { AccessTab } from './access-tab.js';
import { APPLICATION_TABS, type ApplicationTab } from './application-search.js';
import { deleteApplication, restartApplication, revertApplication, startApplication, stopApplication, upgradeApplication, useApplications, useDeployments } from './applications.data.js';
import { DeleteDialog } from './delete-dialog.js';
import { DeploymentPanel } from './deployment-panel.js';
import { EventsTab } from './events-tab.js';
import { HistoryTab } from './history-tab.js';
import { LogsTab } from './logs-tab.js';
import { OverviewTab } from './overview-tab.js';
import { PlanDialog } from './plan-dialog.js';
import { PortsTab } from './ports-tab.js';
import { UpgradeDialog } from './upgrade-dialog.js';
import { ValuesTab } from './values-tab.js';
import { isUnderway, shownStatus } from './words.js';
import { Why } from '../why/why.js';

const CRUMBS = [{ label: t('Applications'), to: '/applications' }] as const;

export const ApplicationPage = (): ReactNode => {
  const { id } = useParams({ from: '/shell/applications/$id' });
  const { status, rows, problem } = useApplications();
  const application = rows.get(id);
  if (application) return <Known key={id} application={application} />;
  return (
    <Page title={t('Application')} crumbs={CRUMBS}>
      <PageBody>
        {status === 'denied' && <Denied what={t('applications')} right="applications.application.read" />}
        {status === 'failed' && problem && <ProblemNote problem={problem} />}
        {status === 'loading' && <div role="status" aria-label={t('Loading the application')} className="grid gap-3"><Skeleton className="h-8 w-64" /><Skeleton className="h-64" /></div>}
        {status === 'ready' && <EmptyState icon={<AppWindow />} title={t('There is no such application')} action={<Link to="/applications" className={buttonClass()}>{t('All applications')}</Link>}>{t('It was deleted, or was never here. Its history is kept in the audit log.')}</EmptyState>}
      </PageBody>
    </Page>
  );
};

const Known = ({ application: a }: { readonly application: Application }): ReactNode => {
  const navigate = useNavigate();
  const { tab = 'overview' } = useSearch({ from: '/shell/applications/$id' });
  const deployments = useDeployments(a.id);
  const deployment = [...deployments.rows.values()].find(d => d.id === a.deployment);
  const { label, tone, moving } = shownStatus(a);
  const show = (next: ApplicationTab): void => void navigate({ to: '/applications/$id', params: { id: a.id }, search: next === 'overview' ? {} : { tab: next }, replace: true });
  return (
    <Page title={a.name} crumbs={CRUMBS} actions={<>
      <span className="group/fact inline-flex items-center gap-1"><StatusPill tone={tone} {...(moving ? { moving } : {})}>{label}</StatusPill><Why service="applications" view="applications" id={a.id} path="" name={a.name} /></span>
      {a.host && <a href={`https://${a.host}`} target="_blank" rel="noreferrer" className={buttonClass('secondary', 'sm')}>{t('Open')}<ExternalLink aria-hidden className="size-3.5" /><span className="sr-only">{' '}{t('{host} in a new tab', { host: a.host })}</span></a>}
      <Actions application={a} />
    </>}>
      <PageBody>
        <nav aria-label={t('Sections')} className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
          {APPLICATION_TABS.map(([key, text]) => (
            <button key={key} type="button" aria-current={tab === key ? 'page' : undefined} onClick={() => show(key)} className={clsx('-mb-px border-b-2 px-3 py-2 text-[13px] whitespace-nowrap transition-colors', tab === key ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-2 hover:text-ink')}>{text}</button>
          ))}
        </nav>
        {deployment && (isUnderway(deployment) || (deployment.state !== 'done' && a.deployment === deployment.id && tab === 'overview')) && <div className="mb-4"><DeploymentPanel deployment={deployment} /></div>}
        <Tab tab={tab} application={a} deployments={deployments.rows} />
      </PageBody>
    </Page>
  );
};

const Tab = ({ tab, application, deployments }: { readonly tab: ApplicationTab; readonly application: Application; readonly deployments: ReadonlyMap<string, Deployment> }): ReactNode => {
  switch (tab) {
    case 'overview': return <OverviewTab application={application} />;
    case 'logs': return <LogsTab application={application} />;
    case 'values': return <ValuesTab key={application.revision} application={application} />;
    case 'history': return <HistoryTab application={application} deployments={deployments} />;
    case 'ports': return <PortsTab application={application} />;
    case 'access': return <AccessTab application={application} />;
    case 'events': return <EventsTab application={application} />;
  }
};

const BUSY = t('Wait until what is under way has ended.');
const NOT_NOW: Readonly<Partial<Record<ApplicationAction, string>>> = { start: t('It runs already.'), revert: t('Nothing was changed by hand.'), upgrade: t('It has no release yet.') };

const Actions = ({ application: a }: { readonly application: Application }): ReactNode => {
  const client = useClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'upgrade' | 'revert' | 'delete' | 'stop'>();
  const rights = {
    upgrade: useCan(maySend(client.tenant, upgradeApplication, a.id)), restart: useCan(maySend(client.tenant, restartApplication, a.id)), stop: useCan(maySend(client.tenant, stopApplication, a.id)),
    start: useCan(maySend(client.tenant, startApplication, a.id)), revert: useCan(maySend(client.tenant, revertApplication, a.id)), delete: useCan(maySend(client.tenant, deleteApplication, a.id)),
  };
  const send = useMutation({ mutationFn: (act: typeof restartApplication | typeof startApplication) => act(client, a.id, {}), onError: toastProblem });
  const why = (action: keyof typeof rights): string | undefined => (!rights[action] ? NOT_YOURS : a.next.includes(action) ? undefined : a.work !== null ? BUSY : NOT_NOW[action] ?? t('Not possible while it is {status}.', { status: a.status }));
  const close = (): void => setOpen(undefined);
  return (
    <>
      <Menu trigger={<IconButton label={t('Actions')}><Ellipsis aria-hidden className="size-4" /></IconButton>}>
        <MenuItem icon={<ArrowUpCircle />} blocked={why('upgrade')} onSelect={() => setOpen('upgrade')}>{t('Change version…')}</MenuItem>
        <MenuItem icon={<RotateCw />} blocked={why('restart')} onSelect={() => send.mutate(restartApplication)}>{t('Restart')}</MenuItem>
        {a.status === 'stopped' ? <MenuItem icon={<Play />} blocked={why('start')} onSelect={() => send.mutate(startApplication)}>{t('Start')}</MenuItem> : <MenuItem icon={<Square />} blocked={why('stop')} onSelect={() => setOpen('stop')}>{t('Stop…')}</MenuItem>}
        <MenuItem icon={<Undo2 />} blocked={why('revert')} onSelect={() => setOpen('revert')}>{t('Undo changes by hand…')}</MenuItem>
        <MenuLine />
        <MenuItem icon={<Trash2 />} danger blocked={why('delete')} onSelect={() => setOpen('delete')}>{t('Delete…')}</MenuItem>
      </Menu>
      {open === 'upgrade' && <UpgradeDialog application={a} onClose={close} />}
      {open === 'revert' && <PlanDialog title={t('Make {name} what its release says', { name: a.name })} action={t('Revert')} wish={{ kind: 'revert', application: a.id }} onClose={close} onBegun={close} />}
      {open === 'delete' && <DeleteDialog application={a} onClose={close} onBegun={() => { close(); toast(t('Being deleted'), a.name); void navigate({ to: '/applications/$id', params: { id: a.id } }); }} />}
      <ConfirmDialog open={open === 'stop'} onClose={close} title={t('Stop {name}?', { name: a.name })} action={t('Stop')} effect={t('Its pods end, and its address answers no more. Data and settings stay; start it again at any time.')} run={() => stopApplication(client, a.id, {})} />
    </>
  );
};
