import { Link, useSearch } from '@tanstack/react-router';
import { ClipboardList } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { Zone } from '../contracts.js';
import { useClient } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { actorName } from '../servers/history.js';
import { t, within } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { EmptyState, Panel } from '../ui/panel.js';
import { ListStates } from '../ui/row-list.js';
import { StatusPill } from '../ui/status-pill.js';
import { useWindowRows } from '../ui/window-rows.js';
import { usePlans } from './dns.data.js';
import { PLAN_ORIGINS, PLAN_STATES, planTally, progressText } from './plan-model.js';
import { PlanView } from './plan-view.js';

export const PlansTab = ({ zone }: { readonly zone: Zone }): ReactNode => {
  const { plan } = useSearch({ from: '/shell/domains/$id' });
  return plan ? <PlanView key={plan} zone={zone} id={plan} /> : <PlanList zone={zone} />;
};

const PlanList = ({ zone }: { readonly zone: Zone }): ReactNode => {
  const { user } = useClient();
  const names = useNames();
  const { rows, ...of } = usePlans();
  const plans = useMemo(() => [...rows.values()].filter(p => p.zone === zone.id).sort((a, b) => b.made_at.localeCompare(a.made_at) || b.id.localeCompare(a.id)), [rows, zone.id]);
  const { list, indices, before, after, measure } = useWindowRows<HTMLUListElement>(plans.length, 61, i => plans[i]?.id ?? i);
  return (
    <ListStates of={of} what={t('plans')} right="dns.plan.read" count={plans.length} empty={<EmptyState icon={<ClipboardList />} title={t('No plans yet')}>{t('Change some records, paste a zone file or go back to an earlier time: each becomes a plan, seen before it is applied and kept after.')}</EmptyState>}>
      <Panel title={t('Plans')} flush>
        <ul ref={list} aria-label={t('Plans')} className="drawn-in-part" style={{ paddingTop: before, paddingBottom: after }}>
          {indices.map(i => {
            const plan = plans[i];
            if (!plan) return null;
            const state = PLAN_STATES[plan.state];
            return (
              <li key={plan.id} ref={measure} data-index={i} data-testid="plan" data-state={plan.state} className={`relative flex flex-wrap items-center gap-x-4 gap-y-1.5 px-4 py-2.5 hover:bg-raised/60 ${i > 0 ? 'border-t border-line' : ''}`}>
                <div className="min-w-0 flex-1 basis-56 text-[13px]">
                  <p className="break-words font-medium"><Link to="/domains/$id" params={{ id: zone.id }} search={{ tab: 'plans', plan: plan.id }} className="after:absolute after:inset-0">{plan.reason || PLAN_ORIGINS[plan.from]}</Link></p>
                  <p className="text-[12px] text-ink-3">{planTally(plan)}{plan.reason && ` · ${within(PLAN_ORIGINS[plan.from])}`}{plan.undone_by && ` · ${t('taken back since')}`}{state.moving && ` · ${progressText(plan)}`}</p>
                </div>
                <p className="text-right text-[12px] text-ink-3">{actorName(plan.made_by, user.id, names)}<span aria-hidden> · </span><Ago at={plan.made_at} /></p>
                <StatusPill tone={state.tone} {...(state.moving ? { moving: true } : {})}>{state.label}</StatusPill>
              </li>
            );
          })}
        </ul>
      </Panel>
    </ListStates>
  );
};
