import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useRouter } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { Plan, PlanRisk, Zone } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { NOT_YOURS } from '../server/actions.js';
import { actorName } from '../servers/history.js';
import { t, tc } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Facts, Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { StatusPill } from '../ui/status-pill.js';
import { toast } from '../ui/toaster.js';
import { DiffList } from './diff-list.js';
import { adoptRecords, applyPlan, discardPlan, usePlans } from './dns.data.js';
import { Obstacles } from './obstacles.js';
import { openRisks, PLAN_ORIGINS, PLAN_STATES, planTally, RISK_TITLES, RISK_YES } from './plan-model.js';
import { PlanProblem } from './plan-problem.js';
import { PlanProgress } from './plan-progress.js';
import { usePlanChanges } from './use-plan-changes.js';
import { saidOf, useMakePlan, usePending } from './use-zone.js';
import { VisibilityPanel } from './visibility-panel.js';

/** One plan: what it would do or did, what is risky about it, and how far it is. */
export const PlanView = ({ zone, id }: { readonly zone: Zone; readonly id: string }): ReactNode => {
  const { status, rows } = usePlans();
  const changes = usePlanChanges(id);
  const plan = rows.get(id);
  const back = <Link to="/domains/$id" params={{ id: zone.id }} search={{ tab: 'plans' }} className="mb-3 inline-block text-[13px] text-accent-ink underline underline-offset-2">{t('All plans of {name}', { name: zone.name })}</Link>;
  if (!plan) return <>{back}<Panel flush><SkeletonRows label={t('Loading the plan')} /></Panel>{status === 'ready' && changes.error && <ProblemNote className="mt-3" problem={toProblem(changes.error)} />}</>;
  return (
    <>
      {back}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid min-w-0 gap-4 max-lg:order-2">
          {plan.state === 'draft' && <Remarks zone={zone} plan={plan} />}
          <Panel title={t('What changes')} flush aside={<span className="text-[12px] text-ink-3">{planTally(plan)}</span>}>
            {changes.data ? <DiffList changes={changes.data} label={t('Changes of this plan')} /> : changes.error ? <div className="p-4"><ProblemNote problem={toProblem(changes.error)} onRetry={() => void changes.refetch()} /></div> : <SkeletonRows label={t('Loading changes')} />}
          </Panel>
        </div>
        <div className="grid min-w-0 gap-4">
          <Summary plan={plan} zone={zone} />
          {plan.state === 'applied' && <VisibilityPanel id={plan.id} />}
        </div>
      </div>
    </>
  );
};

const Remarks = ({ zone, plan }: { readonly zone: Zone; readonly plan: Plan }): ReactNode => {
  const client = useClient();
  const mayAdopt = useCan(maySend(client.tenant, adoptRecords, zone.id));
  const { make } = useMakePlan(zone.id);
  const said = saidOf(plan.id);
  if (!said || said.obstacles.length + said.notes.length === 0) return null;
  return (
    <div className="grid gap-3">
      <PlanProblem zone={zone} error={make.error} />
      {said.obstacles.length > 0 && <Obstacles zone={zone} obstacles={said.obstacles} may={mayAdopt} onAdopted={() => make.mutate(said.wish)} />}
      {said.notes.length > 0 && <ul aria-label={t('Remarks')} className="rounded-lg border border-line bg-surface p-3 text-[13px] text-ink-2">{said.notes.map(n => <li key={n}>{n}</li>)}</ul>}
    </div>
  );
};

const Summary = ({ plan, zone }: { readonly plan: Plan; readonly zone: Zone }): ReactNode => {
  const { user } = useClient();
  const names = useNames();
  const { rows } = usePlans();
  const state = PLAN_STATES[plan.state];
  const other = (id: string, text: string): ReactNode => <Link to="/domains/$id" params={{ id: zone.id }} search={{ tab: 'plans', plan: id }} className="text-accent-ink underline underline-offset-2">{rows.get(id)?.reason || text}</Link>;
  return (
    <Panel title={t('This plan')} aside={<span role="status" data-testid="plan-state" data-state={plan.state}><StatusPill tone={state.tone} {...(state.moving ? { moving: true } : {})}>{state.label}</StatusPill></span>}>
      <div className="grid gap-4">
        <Facts of={{ service: 'dns', view: 'plans', id: plan.id }} rows={[
          [t('Why'), plan.reason || <span key="r" className="text-ink-3">{t('not said')}</span>], [tc('origin', 'From'), PLAN_ORIGINS[plan.from], 'from'],
          [t('Made'), <span key="m">{actorName(plan.made_by, user.id, names)}, <Ago at={plan.made_at} /></span>, 'state'],
          ...(plan.applied_by ? [[t('Applied by'), actorName(plan.applied_by, user.id, names), 'applied_by'] as const] : []),
          ...(plan.undoes ? [[t('Takes back'), other(plan.undoes, t('another plan'))] as const] : []),
          ...(plan.undone_by ? [[t('Taken back'), other(plan.undone_by, t('by another plan')), 'undone_by'] as const] : []),
        ]} />
        {plan.state === 'draft' ? <Draft plan={plan} zone={zone} /> : <PlanProgress plan={plan} zone={zone} />}
      </div>
    </Panel>
  );
};

/** Nothing was changed yet: the risks, a second yes for each that asks again, and the button. */
const Draft = ({ plan, zone }: { readonly plan: Plan; readonly zone: Zone }): ReactNode => {
  const client = useClient();
  const navigate = useNavigate();
  const router = useRouter();
  const { change } = usePending(zone.id);
  const { make } = useMakePlan(zone.id);
  const mayApply = useCan(maySend(client.tenant, applyPlan, plan.id));
  const mayDiscard = useCan(maySend(client.tenant, discardPlan, plan.id));
  const [accepted, setAccepted] = useState<ReadonlySet<PlanRisk['kind']>>(new Set());
  const apply = useMutation({ mutationFn: () => applyPlan(client, plan.id, { hash: plan.hash, accept: [...accepted] }) });
  const discard = useMutation({
    mutationFn: (_edit: boolean) => discardPlan(client, plan.id, {}),
    onMutate: () => router.state.location.href,
    onSuccess: (_, edit, from) => {
      const kept = saidOf(plan.id)?.pending;
      if (edit && kept) change(all => new Map([...kept, ...all]));
      toast(t('Thrown away'), edit ? t('Your changes are back in the table.') : t('Nothing was changed.'));
      // Whoever has gone elsewhere meanwhile stays there.
      if (router.state.location.href === from) void navigate({ to: '/domains/$id', params: { id: zone.id }, search: edit ? {} : { tab: 'plans' } });
    },
  });
  const open = openRisks(plan.risks, accepted);
  const error = apply.error ?? discard.error;
  const problem = error ? toProblem(error) : undefined;
  const again = saidOf(plan.id)?.wish;
  return (
    <div className="grid gap-3">
      {plan.risks.length > 0 && <ul aria-label={t('Risks')} className="grid gap-2">{plan.risks.map(risk => <Risk key={risk.kind} risk={risk} accepted={accepted.has(risk.kind)} onAccept={on => setAccepted(set => { const next = new Set(set); if (on) next.add(risk.kind); else next.delete(risk.kind); return next; })} />)}</ul>}
      {problem && <ProblemNote problem={problem} onRetry={() => apply.mutate()} />}
      {problem?.code === 'DNS.PLAN_STALE' && again && <Button size="sm" busy={make.isPending} onClick={() => make.mutate(again)}>{t('Make the plan anew')}</Button>}
      <PlanProblem zone={zone} error={make.error} />
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" busy={apply.isPending} blocked={!mayApply ? NOT_YOURS : open.length > 0 ? t('{open, plural, one {Say yes to the risk first.} other {Say yes to each risk first.}}', { open: open.length }) : undefined} onClick={() => apply.mutate()}>{t('Apply to {name}', { name: zone.name })}</Button>
        {saidOf(plan.id)?.pending && <Button busy={discard.isPending} blocked={mayDiscard ? undefined : NOT_YOURS} onClick={() => discard.mutate(true)}>{t('Edit again')}</Button>}
        <Button kind="quiet" busy={discard.isPending} blocked={mayDiscard ? undefined : NOT_YOURS} onClick={() => discard.mutate(false)}>{t('Throw away')}</Button>
      </div>
      <p className="text-[12px] text-ink-3">{t('Nothing is changed yet. Exactly this is applied; if the zone changes before, it is refused.')}</p>
    </div>
  );
};

const Risk = ({ risk, accepted, onAccept }: { readonly risk: PlanRisk; readonly accepted: boolean; readonly onAccept: (on: boolean) => void }): ReactNode => (
  <li data-testid="risk" data-kind={risk.kind} className="rounded-lg border border-warn/30 bg-warn-wash p-3 text-[13px]">
    <p className="font-medium">{RISK_TITLES[risk.kind]}</p>
    <p className="text-ink-2">{risk.message}</p>
    <p className="mt-1 break-all font-mono text-[12px] text-ink-2">{risk.names.slice(0, 8).join(', ')}{risk.names.length > 8 && ` ${t('and {n} more', { n: risk.names.length - 8 })}`}</p>
    {risk.asks_again && <label className="mt-2 flex items-center gap-2 font-medium"><input type="checkbox" checked={accepted} onChange={e => onAccept(e.target.checked)} className="size-4 accent-accent" />{RISK_YES[risk.kind]}</label>}
  </li>
);
