import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { AppWindow, ExternalLink, Plus, Search } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { Application } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { buttonClass } from '../ui/button.js';
import { inputClass } from '../ui/field.js';
import { EmptyState, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { StatusPill } from '../ui/status-pill.js';
import { planApplication, useApplications } from './applications.data.js';
import { EntryIcon } from './entry-icon.js';
import { filterApplications, shownStatus } from './words.js';

export const ApplicationsPage = (): ReactNode => {
  const { status, rows, problem } = useApplications();
  const all = useMemo(() => [...rows.values()], [rows]);
  return (
    <Page title={t('Applications')} actions={status === 'denied' ? undefined : <><Link to="/catalog" className={buttonClass('secondary', 'sm')}>{t('Catalog')}</Link><NewLink /></>}>
      <PageBody>
        {status === 'denied' ? <Denied what={t('applications')} right="applications.application.read" /> : status === 'failed' && problem ? <ProblemNote problem={problem} /> : status === 'loading' ? <Panel flush><SkeletonRows label={t('Loading applications')} /></Panel>
          : all.length === 0 ? (
            <EmptyState icon={<AppWindow />} title={t('No applications yet')} action={<Link to="/catalog" className={buttonClass('primary')}>{t('Look into the catalog')}</Link>}>
              {t('Choose something from the catalog: you see what would be made where before anything is made.')}
            </EmptyState>
          ) : <ApplicationList all={all} />}
      </PageBody>
    </Page>
  );
};

const NewLink = (): ReactNode => {
  const { tenant } = useClient();
  const may = useCan(maySend(tenant, planApplication));
  return may ? <Link to="/catalog" className={buttonClass('primary', 'sm')}><Plus aria-hidden className="size-3.5" />{t('Deploy')}</Link> : null;
};

/** @param server only those of it, without the server's name */
export const ApplicationList = ({ all, server }: { readonly all: readonly Application[]; readonly server?: string }): ReactNode => {
  const [q, setQ] = useState('');
  const shown = filterApplications(server === undefined ? all : all.filter(a => a.server === server), q);
  return (
    <>
      <div className="relative mb-3 w-full sm:w-64">
        <Search aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
        <input type="search" aria-label={t('Search applications')} placeholder={t('Search')} value={q} onChange={e => setQ(e.target.value)} className={clsx(inputClass, 'h-8 pl-8')} />
      </div>
      <Panel flush>
        {shown.length === 0 ? <p className="py-8 text-center text-ink-2">{q === '' ? t('None here yet.') : t('No application fits “{q}”.', { q })}</p> : (
          <ul aria-label={t('Applications')} className="divide-y divide-line">{shown.map(a => <Row key={a.id} application={a} onServer={server !== undefined} />)}</ul>
        )}
      </Panel>
      <p role="status" className="mt-2 text-[12px] text-ink-3">{t('{shown, plural, one {1 application} other {# applications}}', { shown: shown.length })}</p>
    </>
  );
};

const Row = ({ application: a, onServer }: { readonly application: Application; readonly onServer: boolean }): ReactNode => {
  const { label, tone, moving } = shownStatus(a);
  return (
    <li data-testid="application-row" data-status={a.status} className="relative flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 transition-colors hover:bg-raised/60">
      <EntryIcon icon={a.icon} name={a.entry_name} />
      <div className="min-w-0 flex-1 basis-52">
        <p className="break-words text-[13px] font-medium"><Link to="/applications/$id" params={{ id: a.id }} className="after:absolute after:inset-0">{a.name}</Link></p>
        <p className="text-[12px] text-ink-3">{a.entry_name} {a.version}{onServer ? '' : ` ${t('on {server}', { server: a.server_name })}`}{a.sentence === '' || a.status !== 'running' ? '' : `, ${a.sentence}`}</p>
      </div>
      {a.host && <a href={`https://${a.host}`} target="_blank" rel="noreferrer" className="relative z-10 inline-flex items-center gap-1 text-[13px] text-accent-ink hover:underline">{a.host}<ExternalLink aria-hidden className="size-3" /><span className="sr-only">{' '}{t('opens in a new tab')}</span></a>}
      {a.drift > 0 && <StatusPill tone="warn">{t('{drift} changed by hand', { drift: a.drift })}</StatusPill>}
      <span title={a.problem?.message}><StatusPill tone={tone} {...(moving ? { moving } : {})}>{label}</StatusPill></span>
    </li>
  );
};
