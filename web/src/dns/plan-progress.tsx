import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { Plan, Zone } from '../contracts.js';
import { cancelPlan } from '../dashboard/dashboard.data.js';
import { formatDuration } from '../lib/format.js';
import { adviceFor, toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { ProblemNote } from '../ui/problem-note.js';
import { resumePlan } from './dns.data.js';
import { progressText } from './plan-model.js';
import { PlanProblem } from './plan-problem.js';
import { useMakePlan } from './use-zone.js';

/** How far a plan is, what went wrong, and the ways on that it has now. */
export const PlanProgress = ({ plan, zone }: { readonly plan: Plan; readonly zone: Zone }): ReactNode => {
  const moving = plan.state === 'applying' || plan.state === 'rolling-back';
  return (
    <div className="grid gap-3">
      {plan.state !== 'discarded' && (
        <div>
          <div role="progressbar" aria-label={t('Parts that are done')} aria-valuemin={0} aria-valuemax={plan.parts} aria-valuenow={plan.parts_done} className="h-1.5 overflow-hidden rounded-full bg-raised">
            <div className={`h-full rounded-full transition-[width] duration-300 ${plan.state === 'failed' ? 'bg-bad' : plan.state === 'applied' ? 'bg-ok' : 'bg-accent'}`} style={{ width: `${plan.parts === 0 ? 0 : (100 * plan.parts_done) / plan.parts}%` }} />
          </div>
          <p role="status" className="figure mt-1 text-[12px] text-ink-3">{progressText(plan)}</p>
        </div>
      )}
      {plan.problem && <ProblemNote tone={plan.state === 'failed' ? 'bad' : 'warn'} problem={{ ...plan.problem, ...(adviceFor(plan.problem.code) ? { advice: adviceFor(plan.problem.code) as string } : {}), retryable: false }} />}
      {plan.retry_at !== null && moving && <Retry at={plan.retry_at} />}
      {plan.next.includes('cancel') && <Cancel plan={plan} />}
      {plan.next.includes('resume') && <Resume plan={plan} />}
      {plan.next.includes('undo') && <Undo plan={plan} zone={zone} />}
    </div>
  );
};

const Retry = ({ at }: { readonly at: string }): ReactNode => {
  const wait = Math.ceil((Date.parse(at) - useNow()) / 1_000);
  return <p className="text-[13px] text-ink-2">{wait > 0 ? t('Tried again by itself in {wait}.', { wait: formatDuration(wait) }) : t('Tried again now.')}</p>;
};

const Cancel = ({ plan }: { readonly plan: Plan }): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, cancelPlan, plan.id));
  const [open, setOpen] = useState(false);
  const cancel = useMutation({ mutationFn: (roll_back: boolean) => cancelPlan(client, plan.id, { roll_back }), onSuccess: () => setOpen(false) });
  return (
    <>
      <div><Button blocked={may ? undefined : NOT_YOURS} onClick={() => setOpen(true)}>{t('Cancel…')}</Button></div>
      <Dialog open={open} onOpenChange={setOpen} title={t('Stop this plan?')} description={t('The part that is under way is finished first: a part is made as a whole or not at all. What was done before can stay, or be taken back.')}>
        {cancel.error && <ProblemNote problem={toProblem(cancel.error)} />}
        <DialogActions>
          <Button onClick={() => setOpen(false)}>{t('Go on applying')}</Button><Button busy={cancel.isPending} onClick={() => cancel.mutate(false)}>{t('Stop, keep what is done')}</Button><Button kind="danger" busy={cancel.isPending} onClick={() => cancel.mutate(true)}>{t('Stop and roll back')}</Button>
        </DialogActions>
      </Dialog>
    </>
  );
};

const Resume = ({ plan }: { readonly plan: Plan }): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, resumePlan, plan.id));
  const resume = useMutation({ mutationFn: (how: 'apply' | 'roll_back') => resumePlan(client, plan.id, { how }) });
  const blocked = may ? undefined : NOT_YOURS;
  return (
    <div className="grid gap-2">
      {resume.error && <ProblemNote problem={toProblem(resume.error)} />}
      <div className="flex flex-wrap gap-2"><Button kind="primary" busy={resume.isPending} blocked={blocked} onClick={() => resume.mutate('apply')}>{t('Go on')}</Button><Button kind="danger" busy={resume.isPending} blocked={blocked} onClick={() => resume.mutate('roll_back')}>{t('Roll back')}</Button></div>
    </div>
  );
};

const Undo = ({ plan, zone }: { readonly plan: Plan; readonly zone: Zone }): ReactNode => {
  const { may, make } = useMakePlan(zone.id);
  const undo = (): void => make.mutate({ source: { from: 'undo', plan: plan.id }, reason: plan.reason ? t('Undo: {reason}', { reason: plan.reason }).slice(0, 500) : t('Undo') });
  return (
    <div>
      <PlanProblem zone={zone} error={make.error} again={undo} />
      <Button busy={make.isPending} blocked={may ? undefined : NOT_YOURS} onClick={undo}>{t('Undo as a new plan')}</Button>
    </div>
  );
};
