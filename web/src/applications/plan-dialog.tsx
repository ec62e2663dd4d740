import { useEffect, type ReactNode } from 'react';
import type { ApplicationWish } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { isAccepted, PlanPanel } from './plan-panel.js';
import { usePlan } from './use-plan.js';

interface Props { readonly title: string; readonly action: string; readonly danger?: boolean; /** Made anew when it is another. */ readonly wish: ApplicationWish; readonly onClose: () => void; readonly onBegun: (id: string) => void; readonly children?: ReactNode; /** Why it may not be carried out yet. */ readonly blocked?: string | undefined }

/** Something that is done by a plan: it is made when the dialog opens, shown, and carried out on a yes. */
export const PlanDialog = ({ title, action, danger, wish, onClose, onBegun, children, blocked }: Props): ReactNode => {
  const { make, carryOut, accepted, setAccepted, plan } = usePlan(onBegun);
  const { mutate } = make;
  const key = JSON.stringify(wish);
  useEffect(() => mutate({ wish: JSON.parse(key) as ApplicationWish, reason: '' }), [mutate, key]);
  const reason = blocked ?? (!plan ? t('The plan is being made.') : !plan.ready ? t('Something stands in the way.') : isAccepted(plan.detail, accepted) ? undefined : t('Say yes to the warnings first.'));
  const problem = make.error ?? carryOut.error;
  return (
    <Dialog open wide onOpenChange={o => { if (!o) onClose(); }} title={title} description={t('Nothing is changed before you say so.')}>
      {problem && <ProblemNote className="mb-3" problem={toProblem(problem)} onRetry={() => { carryOut.reset(); mutate({ wish, reason: '' }); }} />}
      {children}
      {plan ? <PlanPanel detail={plan.detail} accepted={accepted} onAccept={setAccepted} /> : make.isPending && <SkeletonRows label={t('Making the plan')} />}
      <DialogActions sticky><Button onClick={onClose}>{t('Cancel')}</Button><Button kind={danger ? 'danger' : 'primary'} busy={carryOut.isPending} blocked={reason} onClick={() => carryOut.mutate()}>{action}</Button></DialogActions>
    </Dialog>
  );
};
