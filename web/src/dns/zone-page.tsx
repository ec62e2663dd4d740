import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Copy, Ellipsis, Globe, LogOut, RefreshCw } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { Zone } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { IconButton, buttonClass } from '../ui/button.js';
import { copyText } from '../ui/copy-text.js';
import { Menu, MenuItem, MenuLine } from '../ui/menu.js';
import { EmptyState, PageBody, Skeleton } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { StatusPill } from '../ui/status-pill.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { refreshZone, useDomains, useZones } from './dns.data.js';
import { DriftTab } from './drift-tab.js';
import { HistoryTab } from './history-tab.js';
import { PlansTab } from './plans-tab.js';
import { RecordsTab } from './records-tab.js';
import { ReleaseDialog } from './release-dialog.js';
import { TlsTab } from './tls-tab.js';
import { UnsavedBar } from './unsaved-bar.js';
import { usePending } from './use-zone.js';
import { zoneStatus } from './zone-list.js';
import { ZONE_TABS, type ZoneTab } from './zone-search.js';
import { Why } from '../why/why.js';

const CRUMBS = [{ label: t('Domains'), to: '/domains' }] as const;

export const ZonePage = (): ReactNode => {
  const { id } = useParams({ from: '/shell/domains/$id' });
  const { status, rows, problem } = useZones();
  const zone = rows.get(id);
  if (zone) return <Known key={id} zone={zone} />;
  return (
    <Page title={t('Domain')} crumbs={CRUMBS}>
      <PageBody>
        {status === 'denied' && <Denied what={t('domains')} right="dns.zone.read" />}
        {status === 'failed' && problem && <ProblemNote problem={problem} />}
        {status === 'loading' && <div role="status" aria-label={t('Loading the domain')} className="grid gap-3"><Skeleton className="h-8 w-64" /><Skeleton className="h-64" /></div>}
        {status === 'ready' && <EmptyState icon={<Globe />} title={t('This domain is not in Xanthus')} action={<Link to="/domains" className={buttonClass()}>{t('All domains')}</Link>}>{t('It was released or never added. Its history is kept and shows when it is added again.')}</EmptyState>}
      </PageBody>
    </Page>
  );
};

const Known = ({ zone }: { readonly zone: Zone }): ReactNode => {
  const client = useClient();
  const navigate = useNavigate();
  const { tab = 'records' } = useSearch({ from: '/shell/domains/$id' });
  const pending = usePending(zone.id);
  const domain = useDomains().rows.get(zone.id);
  const mayRefresh = useCan(maySend(client.tenant, refreshZone, zone.id));
  const [releasing, setReleasing] = useState(false);
  const status = zoneStatus(zone.status, zone);
  const refresh = useMutation({ mutationFn: () => refreshZone(client, zone.id, {}), onSuccess: ({ differences }) => toast(t('Compared with Cloudflare'), differences === 0 ? t('Everything is as it was left.') : t('{differences, plural, one {One record was changed outside.} other {# records were changed outside.}}', { differences })), onError: toastProblem });
  return (
    <Page title={zone.name} crumbs={CRUMBS} status={<span className="group/fact inline-flex items-center gap-1"><span data-testid="zone-status" title={status.text}><StatusPill tone={status.tone}>{status.label}</StatusPill></span><Why service="dns" view="zones" id={zone.id} path="" name={zone.name} /></span>} tabs={<Tabs zone={zone} at={tab} />}
      actions={(
        <Menu trigger={<IconButton label={t('Actions')}><Ellipsis aria-hidden className="size-4" /></IconButton>}>
          <MenuItem icon={<RefreshCw aria-hidden />} onSelect={() => refresh.mutate()} blocked={mayRefresh ? undefined : NOT_YOURS}>{t('Compare with Cloudflare now')}</MenuItem>
          <MenuItem icon={<Copy aria-hidden />} onSelect={() => void copyText(zone.name_servers.join('\n')).then(done => done && toast(t('Copied'), zone.name_servers.join(', ')))}>{t('Copy name servers')}</MenuItem>
          <MenuItem icon={<Copy aria-hidden />} onSelect={() => void copyText(zone.id).then(done => done && toast(t('Copied'), zone.id))}>{t('Copy id')}</MenuItem>
          <MenuLine />
          <MenuItem danger icon={<LogOut aria-hidden />} onSelect={() => setReleasing(true)}>{t('Release…')}</MenuItem>
        </Menu>
      )}>
      <PageBody>
        {status.tone !== 'ok' && <p className="mb-4 rounded-lg border border-line bg-surface px-4 py-2.5 text-[13px] text-ink-2">{status.text}</p>}
        <Part zone={zone} tab={tab} pending={pending} />
      </PageBody>
      <UnsavedBar zone={zone} pending={pending} away={tab !== 'records'} />
      <ReleaseDialog zone={releasing ? { ...zone, configured: domain && domain.state !== 'undone' ? domain.state : undefined } : undefined} onClose={() => setReleasing(false)} onDone={() => void navigate({ to: '/domains' })} />
    </Page>
  );
};

const Part = ({ zone, tab, pending }: { readonly zone: Zone; readonly tab: ZoneTab; readonly pending: ReturnType<typeof usePending> }): ReactNode => {
  switch (tab) {
    case 'plans': return <PlansTab zone={zone} />;
    case 'history': return <HistoryTab zone={zone} />;
    case 'drift': return <DriftTab zone={zone} />;
    case 'tls': return <TlsTab zone={zone} />;
    default: return <RecordsTab zone={zone} pending={pending} />;
  }
};

const Tabs = ({ zone, at }: { readonly zone: Zone; readonly at: ZoneTab }): ReactNode => {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => { nav.current?.querySelector(`[data-tab=${at}]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }, [at]);
  return (
    <nav ref={nav} aria-label={t('Parts of this domain')} className="-mx-4 -mb-px flex gap-5 overflow-x-auto px-4 [scrollbar-width:none] sm:mx-0 sm:px-0">
      {ZONE_TABS.map(([key, label]) => (
        <Link key={key} data-tab={key} to="/domains/$id" params={{ id: zone.id }} search={key === 'records' ? {} : { tab: key }} aria-current={at === key ? 'page' : undefined}
          className={clsx('whitespace-nowrap border-b-2 pb-2 pt-0.5 text-[13px] transition-colors', at === key ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-3 hover:text-ink')}>
          {label}{key === 'drift' && zone.drift > 0 && <span className="figure ml-1.5 rounded-full bg-warn-wash px-1.5 text-[11px] font-medium text-warn">{zone.drift}</span>}
        </Link>
      ))}
    </nav>
  );
};
