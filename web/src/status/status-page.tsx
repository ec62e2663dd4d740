import { Link } from '@tanstack/react-router';
import { Activity, RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useShownConnection } from '../app/connection-indicator.js';
import { Page } from '../app/page.js';
import { formatMilliseconds, formatNumber } from '../lib/format.js';
import { BudgetPanel } from '../tenancy/provider-budgets.js';
import { t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Facts, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { Dot, StatusPill } from '../ui/status-pill.js';
import { nameOf, serviceState, verdictOf, type Measured, type ServiceAnswer, type Verdict } from './status-model.js';
import { useMeasured, useProviderStates } from './status.data.js';

/** Is it us, the provider, or the network? For everyone of the organisation. */
export const StatusPage = (): ReactNode => {
  const { measured, asking, again } = useMeasured();
  const connection = useShownConnection();
  const providers = useProviderStates();
  return (
    <Page title={t('Status')} actions={<Button size="sm" onClick={again} busy={asking}><RefreshCw aria-hidden className="size-3.5" />{t('Ask again')}</Button>}>
      <PageBody>
        <div className="grid gap-4">
          <Said verdict={verdictOf(connection, measured, providers)} />
          <Panel title={t('From you to Xanthus')} aside={<StatusPill tone={connection.tone} moving={connection.moving}>{connection.label}</StatusPill>}>
            <Facts rows={[
              [t('There and back'), <span key="way" className="figure" data-testid="round-trip">{measured === undefined ? '–' : measured.gateway_ms === undefined ? t('No answer') : formatMilliseconds(measured.gateway_ms)}</span>],
              [t('Live connection'), connection.detail],
              [t('Asked'), measured === undefined ? '–' : <Ago key="asked" at={measured.at} />],
            ]} />
          </Panel>
          <Panel title={t('Services')} aside={<Link to="/about" className="text-[13px] text-ink-2 underline underline-offset-2 hover:text-ink">{t('About this version')}</Link>} flush>
            {measured === undefined ? <div className="p-4"><SkeletonRows rows={7} label={t('Asking the services')} /></div> : <Services of={measured} />}
          </Panel>
          <BudgetPanel of={providers} />
          <p className="text-[12px] text-ink-3">{t('Everything is asked again every ten seconds while this page is seen.')}</p>
        </div>
      </PageBody>
    </Page>
  );
};

const WASH: Readonly<Record<Verdict['tone'], string>> = { ok: 'border-ok/40', warn: 'border-warn/50 bg-warn-wash', bad: 'border-bad/50 bg-bad-wash', info: 'border-line', idle: 'border-line' };

const Said = ({ verdict }: { readonly verdict: Verdict }): ReactNode => (
  <section role="status" aria-label={t('In short')} data-testid="verdict" data-tone={verdict.tone} className={`flex gap-3 rounded-xl border bg-surface p-4 ${WASH[verdict.tone]}`}>
    <Activity aria-hidden className="mt-0.5 size-5 shrink-0 text-ink-2" />
    <div className="min-w-0">
      <h2 className="flex items-center gap-2 text-[15px] font-semibold tracking-tight"><Dot tone={verdict.tone} />{verdict.title}</h2>
      {verdict.lines.map(line => <p key={line} className="mt-1 text-[13px] text-ink-2">{line}</p>)}
    </div>
  </section>
);

export const Services = ({ of }: { readonly of: Measured }): ReactNode => (
  <ul aria-label={t('Services')} className="divide-y divide-line">{of.services.map(answer => <Service key={answer.service} answer={answer} />)}</ul>
);

const Service = ({ answer }: { readonly answer: ServiceAnswer }): ReactNode => {
  const { tone, word } = serviceState(answer);
  const { health } = answer;
  const failing = health?.checks.filter(c => !c.ok) ?? [];
  return (
    <li className="grid gap-1 px-4 py-3" data-testid={`service-${answer.service}`}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-[13px] font-medium">{nameOf(answer.service)}</h3>
        <StatusPill tone={tone}>{word}</StatusPill>
      </div>
      {health && (
        <p className="figure flex flex-wrap gap-x-4 gap-y-0.5 text-[12px] text-ink-2">
          <span>{t('Version {version}', { version: health.version })}</span>
          <span>{t('Answered in {time}', { time: formatMilliseconds(answer.ms) })}</span>
          <span>{health.lag === null ? t('Views: not known') : health.lag === 0 ? t('Views are up to date') : t('{lag, plural, one {# event behind} other {# events behind}}', { lag: health.lag })}</span>
          <span>{health.last === null ? t('No event yet') : <>{t('Stream {stream} at {seq}', { stream: health.last.stream, seq: formatNumber(health.last.seq) })}, <Ago at={health.last.time} /></>}</span>
        </p>
      )}
      {failing.map(check => <p key={check.name} className="text-[12px] text-ink-2">{check.detail === undefined ? t('{name}: does not work', { name: check.name }) : `${check.name}: ${check.detail}`}</p>)}
    </li>
  );
};
