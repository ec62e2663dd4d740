import { useNavigate, useParams, useSearch, Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Copy, Ellipsis, PencilLine, ServerOff, Trash2 } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { deleteServer, renameServer, type Server } from '../contracts.js';
import { useCan, useClient, useRows } from '../live/live-context.js';
import { IconButton, buttonClass } from '../ui/button.js';
import { Menu, MenuItem, MenuLine } from '../ui/menu.js';
import { copyText } from '../ui/copy-text.js';
import { EmptyState, PageBody, Panel, Skeleton, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { StatusPill } from '../ui/status-pill.js';
import { toast } from '../ui/toaster.js';
import { useWindowRows } from '../ui/window-rows.js';
import { HistoryList } from './history-list.js';
import { toHistory } from './history.js';
import { RemoveServerDialog, RenameServerDialog } from './server-dialogs.js';
import { ServerOverview } from './server-overview.js';
import { blockedBecause, STATUS } from './server-status.js';
import { useTenantName } from '../session/session-context.js';
import { useServerFeed } from './use-server-feed.js';

/** All of a history, however long. */
const LongHistory = ({ feed }: { readonly feed: ReturnType<typeof useServerFeed> }): ReactNode => {
  const rows = useMemo(() => toHistory(feed.items), [feed.items]);
  const drawn = useWindowRows<HTMLOListElement>(rows.length, 57, i => rows[i]?.seq ?? i);
  return <HistoryList rows={rows} feed={feed} drawn={drawn} />;
};

const CRUMBS = [{ label: 'Servers', to: '/servers' }] as const;

export const ServerPage = (): ReactNode => {
  const { id } = useParams({ from: '/shell/servers/$id' });
  const { tenant } = useClient();
  const { status, rows, problem } = useRows<Server>('vps', tenant, 'servers');
  const name = useTenantName();
  const server = rows.get(id);
  if (server) return <Known key={id} server={server} />;
  return (
    <Page title="Server" crumbs={CRUMBS}>
      <PageBody>
        {status === 'denied' && <Denied what="servers" tenant={name} />}
        {status === 'failed' && problem && <ProblemNote problem={problem} />}
        {status === 'loading' && <div role="status" aria-label="Loading the server" className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4"><Skeleton className="h-32" /><Skeleton className="h-32" /><Skeleton className="h-32" /><Skeleton className="h-32" /></div>}
        {status === 'ready' && <Gone id={id} />}
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
      <EmptyState icon={<ServerOff />} title={rows.length > 0 ? 'This server was removed' : 'There is no such server'} action={<Link to="/servers" className={buttonClass()}>All servers</Link>}>
        {rows.length > 0 ? 'It is no longer managed here. What happened to it is kept.' : 'The address may be mistyped.'}
      </EmptyState>
      {rows.length > 0 && <Panel title="History" flush><LongHistory feed={feed} /></Panel>}
    </>
  );
};

const Known = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/shell/servers/$id' });
  const mayRename = useCan(maySend(client.tenant, renameServer, server.id));
  const mayRemove = useCan(maySend(client.tenant, deleteServer, server.id));
  const [dialog, setDialog] = useState<'rename' | 'remove'>();
  const { label, tone, moving } = STATUS[server.status];
  const close = (): void => setDialog(undefined);
  const copy = (text: string): void => void copyText(text).then(done => done && toast('Copied', text));

  return (
    <Page title={server.name} crumbs={CRUMBS} status={<span data-testid="server-status" data-status={server.status}><StatusPill tone={tone} {...(moving ? { moving } : {})}>{label}</StatusPill></span>} tabs={<Tabs id={server.id} tab={tab} />}
      actions={(
        <Menu trigger={<IconButton label="Actions"><Ellipsis aria-hidden className="size-4" /></IconButton>}>
          <MenuItem icon={<PencilLine aria-hidden />} onSelect={() => setDialog('rename')} blocked={blockedBecause('rename', server, mayRename)}>Rename…</MenuItem>
          <MenuItem icon={<Copy aria-hidden />} onSelect={() => copy(`ssh -p ${server.port} ${server.user}@${server.host}`)}>Copy SSH command</MenuItem>
          <MenuItem icon={<Copy aria-hidden />} onSelect={() => copy(server.id)}>Copy id</MenuItem>
          <MenuLine />
          <MenuItem danger icon={<Trash2 aria-hidden />} onSelect={() => setDialog('remove')} blocked={blockedBecause('remove', server, mayRemove)}>Remove…</MenuItem>
        </Menu>
      )}>
      <PageBody>{tab === 'history' ? <HistoryTab id={server.id} /> : <ServerOverview server={server} />}</PageBody>
      <RenameServerDialog server={server} open={dialog === 'rename'} onClose={close} />
      <RemoveServerDialog server={server} open={dialog === 'remove'} onClose={close} onRemoved={() => void navigate({ to: '/servers' })} />
    </Page>
  );
};

const Tabs = ({ id, tab }: { readonly id: string; readonly tab: 'history' | undefined }): ReactNode => (
  <nav aria-label="Parts of this server" className="-mb-px flex gap-5">
    {([['Overview', undefined], ['History', 'history']] as const).map(([label, key]) => (
      <Link key={label} to="/servers/$id" params={{ id }} search={key ? { tab: key } : {}} aria-current={tab === key ? 'page' : undefined}
        className={clsx('border-b-2 pb-2 pt-0.5 text-[13px] transition-colors', tab === key ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-3 hover:text-ink')}>{label}</Link>
    ))}
  </nav>
);

const HistoryTab = ({ id }: { readonly id: string }): ReactNode => {
  const feed = useServerFeed(id);
  const name = useTenantName();
  if (feed.problem) return feed.problem.code === 'DENIED' || feed.problem.code === 'REVOKED' ? <Denied what="the history of servers" tenant={name} /> : <ProblemNote problem={feed.problem} />;
  return (
    <Panel title="History" flush aside={<span className="text-[12px] text-ink-3">{feed.state === 'live' ? 'Every event, as it is stored' : 'Catching up…'}</span>}>
      {feed.items.length === 0 ? <SkeletonRows label="Loading the history" rows={6} /> : <LongHistory feed={feed} />}
    </Panel>
  );
};
