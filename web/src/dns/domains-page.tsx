import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { CloudOff, GitCompareArrows, Globe, RefreshCw, Search } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { mayAsk, maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t, within } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { Button, buttonClass } from '../ui/button.js';
import { inputClass } from '../ui/field.js';
import { EmptyState, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { Tag } from '../ui/row-list.js';
import { StatusPill } from '../ui/status-pill.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { listZones, manageZone, useCertificates, useDomains, useZones } from './dns.data.js';
import { ReleaseDialog } from './release-dialog.js';
import { DOMAIN_STATES } from './tls-model.js';
import { filterZones, zoneLines, type ZoneLine } from './zone-list.js';

/** Zones of the linked accounts, asked when the page is opened, joined with what is kept of them live. */
export const DomainsPage = (): ReactNode => {
  const client = useClient();
  const now = useNow(60_000);
  const may = useCan(mayAsk(client.tenant, listZones));
  const live = useQuery({ queryKey: ['dns-zones', client.tenant], enabled: may, staleTime: 30_000, queryFn: () => listZones(client, {}) });
  const kept = useZones();
  const domains = useDomains();
  const certificates = useCertificates();
  const lines = useMemo(() => zoneLines(live.data?.zones, kept.rows, domains.rows, certificates.rows, now), [live.data, kept.rows, domains.rows, certificates.rows, now]);
  const problem = live.error ? toProblem(live.error) : undefined;
  const unlinked = problem?.code === 'DNS.NOT_LINKED';
  const refresh = <Button size="sm" busy={live.isFetching} icon={<RefreshCw aria-hidden className="size-3.5" />} onClick={() => void live.refetch()}>{t('Ask Cloudflare')}</Button>;
  return (
    <Page title={t('Domains')} actions={kept.status === 'denied' || unlinked ? undefined : refresh}>
      <PageBody>
        {kept.status === 'denied' ? <Denied what={t('domains')} right="dns.zone.read" /> : kept.status === 'failed' && kept.problem ? <ProblemNote problem={kept.problem} /> : (
          <>
            {problem && !unlinked && <ProblemNote className="mb-4" tone="warn" problem={problem} onRetry={() => void live.refetch()} />}
            {unlinked && lines.length > 0 && <ProblemNote className="mb-4" tone="warn" problem={{ ...problem, advice: t('Link the account again in Settings → Cloudflare. What is kept here stays.') }} />}
            {lines.length > 0 ? <Listed lines={lines} asked={live.data !== undefined} /> : live.isLoading || kept.status === 'loading' ? <Panel flush><SkeletonRows label={t('Loading domains')} /></Panel> : unlinked ? <NotLinked /> : !problem && <NoZones />}
          </>
        )}
      </PageBody>
    </Page>
  );
};

const NotLinked = (): ReactNode => (
  <EmptyState icon={<CloudOff />} title={t('No Cloudflare account is linked')} action={<Link to="/settings" search={{ tab: 'cloudflare' }} className={buttonClass('primary')}>{t('Settings → Cloudflare')}</Link>}>
    {t('Link one with an API token, and its zones show here. Nothing in them is changed by that.')}
  </EmptyState>
);
const NoZones = (): ReactNode => (
  <EmptyState icon={<Globe />} title={t('The linked account has no zones')}>{t('Add a domain at Cloudflare, then ask again. If it has some, the token may not see them: check it in Settings → Cloudflare.')}</EmptyState>
);

const Listed = ({ lines, asked }: { readonly lines: readonly ZoneLine[]; readonly asked: boolean }): ReactNode => {
  const [q, setQ] = useState('');
  const [releasing, setReleasing] = useState<ZoneLine>();
  const shown = filterZones(lines, q);
  return (
    <>
      <div className="relative mb-3 w-full sm:w-64">
        <Search aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
        <input type="search" aria-label={t('Search domains')} placeholder={t('Search')} value={q} onChange={e => setQ(e.target.value)} className={clsx(inputClass, 'h-8 pl-8')} />
      </div>
      <Panel flush>
        {shown.length === 0 ? <p className="py-8 text-center text-ink-2">{t('No domain is called “{q}”.', { q })}</p> : <ul aria-label={t('Domains')} className="divide-y divide-line">{shown.map(line => <ZoneRow key={line.id} line={line} asked={asked} onRelease={() => setReleasing(line)} />)}</ul>}
      </Panel>
      <p role="status" className="mt-2 text-[12px] text-ink-3">{t('{count, plural, one {1 domain, {managed} in Xanthus} other {# domains, {managed} in Xanthus}}', { count: lines.length, managed: lines.filter(l => l.managed).length })}</p>
      <ReleaseDialog zone={releasing} onClose={() => setReleasing(undefined)} />
    </>
  );
};

const ZoneRow = ({ line, asked, onRelease }: { readonly line: ZoneLine; readonly asked: boolean; readonly onRelease: () => void }): ReactNode => {
  const client = useClient();
  const mayAdd = useCan(maySend(client.tenant, manageZone, line.id));
  const add = useMutation({ mutationFn: () => manageZone(client, line.id, {}), onSuccess: () => toast(t('Added to Xanthus'), t('{name}: its records are read and followed. Nothing of it was changed.', { name: line.name })), onError: toastProblem });
  const tls = line.configured && line.configured !== 'configured' ? DOMAIN_STATES[line.configured] : undefined;
  return (
    <li data-testid="zone-row" data-managed={line.managed} className={clsx('relative flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3', line.managed && 'transition-colors hover:bg-raised/60')}>
      <Globe aria-hidden className="size-4 text-ink-3" />
      <div className="min-w-0 flex-1 basis-52">
        <p className="break-words text-[13px] font-medium">
          {line.managed ? <Link to="/domains/$id" params={{ id: line.id }} className="after:absolute after:inset-0">{line.name}</Link> : line.name}
          {line.configured === 'configured' && <Tag>{t('configured')}</Tag>}{!line.managed && <Tag>{t('not managed')}</Tag>}
        </p>
        <p className="text-[12px] text-ink-3">{line.managed ? t('{records, plural, one {# record, {owned, number} ours} other {# records, {owned, number} ours}}', { records: line.records ?? 0, owned: line.owned ?? 0 }) : t('Not in Xanthus: nothing of it is followed or changed.')}</p>
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        {line.drift > 0 && <Link to="/domains/$id" params={{ id: line.id }} search={{ tab: 'drift' }} className="relative z-10 inline-flex h-6 items-center gap-1 rounded-full bg-warn-wash px-2 text-[12px] font-medium text-warn"><GitCompareArrows aria-hidden className="size-3" />{t('{drift} changed outside', { drift: line.drift })}</Link>}
        {tls && <StatusPill tone={tls.tone} {...(tls.moving ? { moving: true } : {})}>{t('TLS: {state}', { state: within(tls.label) })}</StatusPill>}
        {line.certificate && <span title={t('Origin certificate')}><StatusPill tone={line.certificate.tone}><span className="sr-only">{t('Certificate:')} </span>{line.certificate.label}</StatusPill></span>}
        <span title={line.status.text}><StatusPill tone={line.status.tone}>{line.status.label}</StatusPill></span>
      </div>
      <div className="relative z-10 ml-auto flex w-32 justify-end">
        {line.managed ? <Button size="sm" kind="quiet" onClick={onRelease} aria-label={t('Release {name}', { name: line.name })}>{t('Release…')}</Button>
          : <Button size="sm" busy={add.isPending} blocked={mayAdd ? undefined : NOT_YOURS} onClick={() => add.mutate()} aria-label={t('Add {name} to Xanthus', { name: line.name })}>{t('Add to Xanthus')}</Button>}
      </div>
      {!asked && line.managed && <span className="sr-only">{t('Cloudflare was not asked yet.')}</span>}
    </li>
  );
};
