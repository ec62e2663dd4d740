import { useMutation } from '@tanstack/react-query';
import { GitCompareArrows, RefreshCw } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { Zone, ZoneDrift } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { EmptyState, Panel } from '../ui/panel.js';
import { ListStates } from '../ui/row-list.js';
import { Dot } from '../ui/status-pill.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { useWindowRows } from '../ui/window-rows.js';
import { ChangeWords } from './diff-list.js';
import { acceptZoneDrift, adoptRecords, refreshZone, useZoneDrift } from './dns.data.js';
import { DRIFT_EFFECTS, DRIFT_TITLES, driftList } from './drift-model.js';
import { PlanProblem } from './plan-problem.js';
import { useMakePlan } from './use-zone.js';
import { Why } from '../why/why.js';

/** As many as one command takes. */
const MOST = 1_000;

/** What somebody changed at Cloudflare, past Xanthus; each is accepted, taken back by a plan, or adopted. */
export const DriftTab = ({ zone }: { readonly zone: Zone }): ReactNode => {
  const client = useClient();
  const { rows, ...of } = useZoneDrift(zone.id);
  const findings = useMemo(() => driftList(rows.values()), [rows]);
  const mayRefresh = useCan(maySend(client.tenant, refreshZone, zone.id));
  const mayAccept = useCan(maySend(client.tenant, acceptZoneDrift, zone.id));
  const mayAdopt = useCan(maySend(client.tenant, adoptRecords, zone.id));
  const [asked, setAsked] = useState<{ readonly of: readonly ZoneDrift[]; readonly adopt: boolean }>();
  const [reverting, setReverting] = useState<readonly ZoneDrift[]>([]);
  const { may, make } = useMakePlan(zone.id);
  const refresh = useMutation({ mutationFn: () => refreshZone(client, zone.id, {}), onSuccess: ({ differences }) => toast(t('Compared with Cloudflare'), differences === 0 ? t('No difference.') : t('{differences, plural, one {One difference.} other {# differences.}}', { differences })), onError: toastProblem });
  const revert = (list: readonly ZoneDrift[]): void => { setReverting(list); make.mutate({ source: { from: 'drift', findings: list.slice(0, MOST).map(f => f.id) }, reason: t('Take back what was changed outside') }); };
  const accept = async (list: readonly ZoneDrift[], adopt: boolean): Promise<void> => {
    const some = list.slice(0, MOST);
    await acceptZoneDrift(client, zone.id, { findings: some.map(f => f.id) });
    // It has to be known here before it can be ours.
    if (adopt) await adoptRecords(client, zone.id, { records: some.flatMap(f => (f.finding.kind === 'missing' ? [] : [f.finding.now.id])) });
  };
  const { list, indices, before, after, measure } = useWindowRows<HTMLUListElement>(findings.length, 90, i => findings[i]?.id ?? i);
  const compare = <Button size="sm" busy={refresh.isPending} blocked={mayRefresh ? undefined : NOT_YOURS} icon={<RefreshCw aria-hidden className="size-3.5" />} onClick={() => refresh.mutate()}>{t('Compare now')}</Button>;
  return (
    <>
      <PlanProblem zone={zone} error={make.error} again={() => revert(reverting)} />
      <ListStates of={of} what={t('what was changed outside')} right="dns.zone.read" count={findings.length} empty={<EmptyState icon={<GitCompareArrows />} title={t('Cloudflare has exactly what was left there')} action={compare}>{t('The zone is compared every few minutes. What somebody changes past Xanthus shows here.')}</EmptyState>}>
        <Panel title={t('Changed outside Xanthus')} flush aside={(
          <div className="flex flex-wrap justify-end gap-1.5 py-1.5">
            {findings.length > 1 && <><Button size="sm" blocked={mayAccept ? undefined : NOT_YOURS} onClick={() => setAsked({ of: findings, adopt: false })}>{t('Accept all…')}</Button><Button size="sm" busy={make.isPending} blocked={may ? undefined : NOT_YOURS} onClick={() => revert(findings)}>{t('Plan all back')}</Button></>}
            {compare}
          </div>
        )}>
          <ul ref={list} aria-label={t('Changed outside Xanthus')} className="drawn-in-part" style={{ paddingTop: before, paddingBottom: after }}>
            {indices.map(i => {
              const drift = findings[i];
              return drift && (
                <li key={drift.id} ref={measure} data-index={i} data-testid="finding" data-kind={drift.finding.kind} className={`group/fact flex flex-wrap items-start gap-x-3 gap-y-2 px-4 py-3 ${i > 0 ? 'border-t border-line' : ''}`}>
                  <span className="mt-[7px] flex"><Dot tone={drift.finding.kind === 'changed' ? 'warn' : 'bad'} /></span>
                  <div className="min-w-0 flex-1 basis-64">
                    <p className="text-[13px]"><span className="font-medium">{DRIFT_TITLES[drift.finding.kind]}</span> <span className="text-[12px] text-ink-3">{rich('found {when}', { when: <Ago at={drift.found_at} /> })}</span> <Why service="dns" view="drift" id={`${zone.id}.${drift.id}`} path="" name={drift.name} /></p>
                    <ChangeWords change={drift.finding.kind === 'changed' ? { op: 'update', before: drift.finding.before, after: drift.finding.now } : drift.finding.kind === 'missing' ? { op: 'delete', before: drift.finding.before } : { op: 'create', after: drift.finding.now }} />
                  </div>
                  <div className="ml-auto flex flex-wrap justify-end gap-1.5">
                    <Button size="sm" blocked={mayAccept ? undefined : NOT_YOURS} onClick={() => setAsked({ of: [drift], adopt: false })}>{t('Accept…')}</Button>
                    {drift.finding.kind === 'unknown' && <Button size="sm" blocked={mayAccept && mayAdopt ? undefined : NOT_YOURS} onClick={() => setAsked({ of: [drift], adopt: true })}>{t('Adopt…')}</Button>}
                    <Button size="sm" busy={make.isPending && reverting[0] === drift} blocked={may ? undefined : NOT_YOURS} onClick={() => revert([drift])} title={DRIFT_EFFECTS[drift.finding.kind].revert}>{t('Plan back')}</Button>
                  </div>
                </li>
              );
            })}
          </ul>
        </Panel>
      </ListStates>
      {asked && (
        <ConfirmDialog open onClose={() => setAsked(undefined)} title={asked.adopt ? t('Adopt {name}?', { name: asked.of[0]?.name ?? '' }) : t('{of, plural, one {Accept {name}?} other {Accept all #?}}', { of: asked.of.length, name: asked.of[0]?.name ?? '' })} action={asked.adopt ? t('Adopt') : t('Accept')}
          effect={asked.adopt ? t('It stays as it is, and becomes ours: plans may change it from now on.') : asked.of.length === 1 && asked.of[0] ? DRIFT_EFFECTS[asked.of[0].finding.kind].accept : t('All of it stays as it is at Cloudflare, and is known so here.')}
          run={() => accept(asked.of, asked.adopt)} onDone={() => toast(asked.adopt ? t('Adopted') : t('Accepted'))} />
      )}
    </>
  );
};
