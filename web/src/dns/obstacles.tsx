import type { ReactNode } from 'react';
import { HandHelping } from 'lucide-react';
import type { PlanObstacle, Zone } from '../contracts.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { adoptable, recordLine } from './plan-model.js';
import { useOwning } from './use-owning.js';

/** What was wished and is not in the plan, and the way on: records of others are adopted first. */
export const Obstacles = ({ zone, obstacles, may, onAdopted }: { readonly zone: Zone; readonly obstacles: readonly PlanObstacle[]; readonly may: boolean; readonly onAdopted?: (() => void) | undefined }): ReactNode => {
  const { adopt } = useOwning(zone);
  const ids = adoptable(obstacles);
  return (
    <section aria-label={t('What stands in the way')} data-testid="obstacles" className="rounded-lg border border-warn/30 bg-warn-wash p-3 text-[13px]">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <h3 className="font-medium">{t('{obstacles, plural, one {One wish is not part of it} other {# wishes are not part of it}}', { obstacles: obstacles.length })}</h3>
        {ids.length > 0 && onAdopted && <Button size="sm" icon={<HandHelping aria-hidden className="size-3.5" />} busy={adopt.isPending} blocked={may ? undefined : NOT_YOURS} onClick={() => adopt.mutate(ids, { onSuccess: onAdopted })}>{t('{ids, plural, one {Adopt it and plan again} other {Adopt these # and plan again}}', { ids: ids.length })}</Button>}
      </div>
      <ul className="mt-1.5 grid gap-1.5">
        {obstacles.slice(0, 50).map((o, i) => <li key={o.id ?? i}>{o.message}{o.record && <span className="block break-all font-mono text-[12px] text-ink-2">{o.record.name} {recordLine(o.record)}</span>}</li>)}
      </ul>
      {obstacles.length > 50 && <p className="mt-1 text-ink-2">{t('and {obstacles} more.', { obstacles: obstacles.length - 50 })}</p>}
    </section>
  );
};
