import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ShieldCheck } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { Domain, Zone } from '../contracts.js';
import { formatDuration } from '../lib/format.js';
import { adviceFor, toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { EmptyState, Panel, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { StatusPill } from '../ui/status-pill.js';
import { StepList } from '../ui/step-list.js';
import { toast } from '../ui/toaster.js';
import { CertificatePanel } from './certificate-panel.js';
import { configureDomain, retryDomain, undoDomain, useCertificates, useDomainFeed, useDomains } from './dns.data.js';
import { beforeOf, DOMAIN_STATES, domainSteps, restores } from './tls-model.js';
import { Why } from '../why/why.js';

/** A domain made ready for applications, and taken back to exactly what was before. */
export const TlsTab = ({ zone }: { readonly zone: Zone }): ReactNode => {
  const of = useDomains();
  const certificate = useCertificates().rows.get(zone.id);
  const domain = of.rows.get(zone.id);
  if (of.status === 'denied') return <Denied what={t('how domains are configured')} right="dns.domain.read" />;
  if (of.status === 'failed' && of.problem) return <ProblemNote problem={of.problem} />;
  if (of.status === 'loading') return <Panel flush><SkeletonRows label={t('Loading the configuration')} /></Panel>;
  const ready = !domain || domain.state === 'undone';
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      {domain ? <Configuration zone={zone} domain={domain} /> : <Panel><EmptyState icon={<ShieldCheck />} title={t('Not configured for applications')}>{t('Configured, {name} has strict TLS from visitor to server, an origin certificate, and HTTPS only. What was before is kept, so that all of it can be taken back.', { name: zone.name })}</EmptyState></Panel>}
      {ready ? <Configure zone={zone} /> : certificate && <CertificatePanel zone={zone} certificate={certificate} />}
      {ready && certificate && (certificate.state !== 'revoked' || certificate.alert) && <CertificatePanel zone={zone} certificate={certificate} />}
    </div>
  );
};

const Configure = ({ zone }: { readonly zone: Zone }): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, configureDomain, zone.id));
  const [redirect_www, setRedirect] = useState(true);
  const configure = useMutation({ mutationFn: () => configureDomain(client, zone.id, { redirect_www }) });
  const problem = configure.error ? toProblem(configure.error) : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (may && !configure.isPending) configure.mutate(); };
  return (
    <Panel title={t('Configure')}>
      <form onSubmit={submit} className="grid gap-3 text-[13px]">
        <ul className="grid list-disc gap-1 pl-5 text-ink-2">
          <li>{t('SSL is set to strict: Cloudflare talks to your servers with a certificate that it checks.')}</li>
          <li>{t('An origin certificate for {name} and *.{name}; its key stays in the vault.', { name: zone.name })}</li>
          <li>{t('Visitors are always led to HTTPS.')}</li>
        </ul>
        <label className="flex items-start gap-2"><input type="checkbox" checked={redirect_www} onChange={e => setRedirect(e.target.checked)} className="mt-0.5 size-4 accent-accent" /><span>{t('Lead www.{name} to {name}', { name: zone.name })}</span></label>
        {problem && <ProblemNote problem={problem} onRetry={() => configure.mutate()} />}
        {problem?.code === 'DNS.NO_CERTIFICATE_REQUEST' && <Link to="/settings" search={{ tab: 'cloudflare' }} className="text-accent-ink underline underline-offset-2">{t('Settings → Cloudflare')}</Link>}
        <div><Button kind="primary" type="submit" busy={configure.isPending} blocked={!may ? NOT_YOURS : zone.status === 'active' ? undefined : t('The zone has to be active at Cloudflare first.')}>{t('Configure {name}', { name: zone.name })}</Button></div>
      </form>
    </Panel>
  );
};

const Configuration = ({ zone, domain }: { readonly zone: Zone; readonly domain: Domain }): ReactNode => {
  const client = useClient();
  const now = useNow();
  const mayRetry = useCan(maySend(client.tenant, retryDomain, zone.id));
  const [undoing, setUndoing] = useState(false);
  const retry = useMutation({ mutationFn: () => retryDomain(client, zone.id, {}) });
  const state = DOMAIN_STATES[domain.state];
  const wait = domain.retry_at === null ? undefined : Math.ceil((Date.parse(domain.retry_at) - now) / 1_000);
  const advice = domain.problem && adviceFor(domain.problem.code);
  return (
    <Panel flush title={domain.state === 'undone' ? t('The last configuration, taken back') : domain.back ? t('Taking the configuration back') : t('Configuration')} aside={<span className="group/fact flex items-center gap-1"><span role="status" data-testid="domain-state" data-state={domain.state}><StatusPill tone={state.tone} {...(state.moving ? { moving: true } : {})}>{state.label}</StatusPill></span><Why service="dns" view="domains" id={zone.id} path="state" name={t('Configuration')} /></span>}>
      {(domain.problem || domain.used_by.length > 0) && (
        <div className="grid gap-3 border-b border-line p-4 text-[13px]">
          {domain.problem && <ProblemNote tone={domain.state === 'failed' ? 'bad' : 'warn'} problem={{ ...domain.problem, ...(advice ? { advice } : {}), retryable: false }} />}
          {wait !== undefined && <p className="text-ink-2">{wait > 0 ? t('Tried again by itself in {wait}.', { wait: formatDuration(wait) }) : t('Tried again now.')}</p>}
          {retry.error && <ProblemNote problem={toProblem(retry.error)} />}
          {domain.state === 'failed' && <div><Button kind="primary" busy={retry.isPending} blocked={mayRetry ? undefined : NOT_YOURS} onClick={() => retry.mutate()}>{t('Try again')}</Button></div>}
          {domain.used_by.length > 0 && <p>{t('Used by {used_by}.', { used_by: domain.used_by.map(u => u.name).join(', ') })}</p>}
        </div>
      )}
      <StepList label={domain.back ? t('Steps back') : t('Steps of the configuration')} steps={domainSteps(domain)} busy={domain.state === 'configuring' || domain.state === 'undoing'} />
      {(domain.state === 'configured' || (domain.state === 'failed' && !domain.back)) && <UndoButton zone={zone} domain={domain} open={undoing} onOpen={setUndoing} />}
    </Panel>
  );
};

const UndoButton = ({ zone, domain, open, onOpen }: { readonly zone: Zone; readonly domain: Domain; readonly open: boolean; readonly onOpen: (open: boolean) => void }): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, undoDomain, zone.id));
  const used = domain.used_by.map(u => u.name).join(', ');
  return (
    <div className="border-t border-line p-4">
      <Button kind="danger" blocked={!may ? NOT_YOURS : used ? t('It is used by {used}. Take it away from there first.', { used }) : undefined} onClick={() => onOpen(true)}>{t('Undo the configuration…')}</Button>
      {open && <ConfirmDialog open onClose={() => onOpen(false)} title={t('Take the configuration of {name} back?', { name: zone.name })} action={t('Undo the configuration')} effect={<Restores zone={zone} domain={domain} />} run={() => undoDomain(client, zone.id, {})} onDone={() => toast(t('Taking it back'), zone.name)} />}
    </div>
  );
};

/** From the log: what each step found before it changed anything. */
const Restores = ({ zone, domain }: { readonly zone: Zone; readonly domain: Domain }): ReactNode => {
  const feed = useDomainFeed(zone.id);
  const before = beforeOf(feed.items);
  return (
    <>
      <ul data-testid="restores" className="grid list-disc gap-1 pl-5 text-[13px]">{domain.steps.filter(s => s.state !== 'pending').toReversed().map(s => <li key={s.name}>{restores(s.name, before.get(s.name))}</li>)}</ul>
      <p className="mt-2 text-[13px]">{t('What somebody chose differently since stays as they chose. It can be configured again at any time, with a new certificate.')}</p>
    </>
  );
};
