import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Copy, Ellipsis, PencilLine, ServerOff, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { deleteServer, renameServer, type Server } from '../contracts.js';
import { FilesTab } from '../files/files-tab.js';
import { useCan, useClient } from '../live/live-context.js';
import { toHistory } from '../servers/history.js';
import { stateOf } from '../servers/server-state.js';
import { blockedBecause } from '../servers/server-status.js';
import { useServers } from '../servers/servers.data.js';
import { ServerTerminals } from '../terminals/server-terminals.js';
import { t } from '../texts/text.js';
import { IconButton, buttonClass } from '../ui/button.js';
import { copyText } from '../ui/copy-text.js';
import { Menu, MenuItem, MenuLine } from '../ui/menu.js';
import { EmptyState, PageBody, Panel, Skeleton } from '../ui/panel.js';
import { ListStates } from '../ui/row-list.js';
import { StatusPill } from '../ui/status-pill.js';
import { toast } from '../ui/toaster.js';
import { ApplicationsTab } from './applications-tab.js';
import { DeleteServerDialog } from './delete-dialog.js';
import { HistoryTab, LongHistory } from './history-tab.js';
import { LogsTab } from './logs/logs-tab.js';
import { MetricsTab } from './metrics/metrics-tab.js';
import { PowerMenu } from './power-menu.js';
import { RenameServerDialog } from './server-dialogs.js';
import { ServerOverview } from './server-overview.js';
import type { ServerTab } from './server-search.js';
import { ServerTabs } from './server-tabs.js';
import { useServerFeed } from './server.data.js';
import { SettingsTab } from './settings/settings-tab.js';
import { SetUpTab } from './setup-tab.js';
import { sshCommand } from './ssh-command.js';
import { Why } from '../why/why.js';

const CRUMBS = [{ label: t('Servers'), to: '/servers' }] as const;

export const ServerPage = (): ReactNode => {
  const { id } = useParams({ from: '/shell/servers/$id' });
  const list = useServers();
  const server = list.rows.get(id);
  if (server) return <Known key={id} server={server} />;
  return (
    <Page title={t('Server')} crumbs={CRUMBS}>
      <PageBody>
        <ListStates of={list} what={t('servers')} right="vps.server.read" count={0} empty={<Gone id={id} />}
          skeleton={<div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4"><Skeleton className="h-32" /><Skeleton className="h-32" /><Skeleton className="h-32" /><Skeleton className="h-32" /></div>}>{null}</ListStates>
      </PageBody>
    </Page>
  );
};

/** Not in the view: removed, or never there. Its history says which. */
const Gone = ({ id }: { readonly id: string }): ReactNode => {
  const feed = useServerFeed(id);
  const rows = toHistory(feed.items);
  return (
    <>
      <EmptyState icon={<ServerOff />} title={rows.length > 0 ? t('This server was removed') : t('There is no such server')} action={<Link to="/servers" className={buttonClass()}>{t('All servers')}</Link>}>
        {rows.length > 0 ? t('It is no longer managed here. What happened to it is kept.') : t('The address may be mistyped.')}
      </EmptyState>
      {rows.length > 0 && <Panel title={t('History')} flush><LongHistory feed={feed} /></Panel>}
    </>
  );
};

const Known = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const navigate = useNavigate();
  const { tab = 'overview' } = useSearch({ from: '/shell/servers/$id' });
  const mayRename = useCan(maySend(client.tenant, renameServer, server.id));
  const mayRemove = useCan(maySend(client.tenant, deleteServer, server.id));
  const [dialog, setDialog] = useState<'rename' | 'remove'>();
  const { state, label, tone, moving } = stateOf(server);
  const close = (): void => setDialog(undefined);
  const copy = (text: string): void => void copyText(text).then(done => done && toast(t('Copied'), text));

  return (
    <Page title={server.name} crumbs={CRUMBS} status={<span className="group/fact inline-flex items-center gap-1"><span data-testid="server-status" data-status={server.status} data-state={state}><StatusPill tone={tone} {...(moving ? { moving } : {})}>{label}</StatusPill></span><Why service="vps" view="servers" id={server.id} path="" name={server.name} /></span>} tabs={<ServerTabs id={server.id} at={tab} />}
      actions={(
        <>
          <PowerMenu server={server} />
          <Menu trigger={<IconButton label={t('Actions')}><Ellipsis aria-hidden className="size-4" /></IconButton>}>
            <MenuItem icon={<PencilLine aria-hidden />} onSelect={() => setDialog('rename')} blocked={blockedBecause('rename', server, mayRename)}>{t('Rename…')}</MenuItem>
            <MenuItem icon={<Copy aria-hidden />} blocked={server.host ? undefined : t('It has no address yet.')} onSelect={() => copy(sshCommand(server))}>{t('Copy SSH command')}</MenuItem>
            <MenuItem icon={<Copy aria-hidden />} onSelect={() => copy(server.id)}>{t('Copy id')}</MenuItem>
            <MenuLine />
            <MenuItem danger icon={<Trash2 aria-hidden />} onSelect={() => setDialog('remove')} blocked={blockedBecause('remove', server, mayRemove)}>{server.provider_id ? t('Delete…') : t('Remove…')}</MenuItem>
          </Menu>
        </>
      )}>
      <PageBody><Part server={server} tab={tab} onDelete={() => setDialog('remove')} /></PageBody>
      <RenameServerDialog server={server} open={dialog === 'rename'} onClose={close} />
      <DeleteServerDialog server={server} open={dialog === 'remove'} onClose={close} onGone={machine => void (machine ? navigate({ to: '/servers/$id', params: { id: server.id } }) : navigate({ to: '/servers' }))} />
    </Page>
  );
};

const Part = ({ server, tab, onDelete }: { readonly server: Server; readonly tab: ServerTab; readonly onDelete: () => void }): ReactNode => {
  switch (tab) {
    case 'set-up': return <SetUpTab server={server} />;
    case 'metrics': return <MetricsTab server={server} />;
    case 'applications': return <ApplicationsTab server={server} />;
    case 'terminal': return <ServerTerminals server={server} />;
    case 'files': return <FilesTab key={server.id} server={server} />;
    case 'logs': return <LogsTab key={server.id} server={server} />;
    case 'settings': return <SettingsTab server={server} onDelete={onDelete} />;
    case 'history': return <HistoryTab id={server.id} />;
    default: return <ServerOverview server={server} />;
  }
};
