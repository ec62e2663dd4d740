import type { ReactNode } from 'react';
import type { Application } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { Dot } from '../ui/status-pill.js';
import { useStatus } from './use-status.js';

/** What the cluster says of its objects lately. */
export const EventsTab = ({ application }: { readonly application: Application }): ReactNode => {
  const status = useStatus(application);
  const events = status.data?.events;
  return (
    <Panel flush title={t('Events of the cluster')}>
      {status.error ? <div className="p-4"><ProblemNote problem={toProblem(status.error)} onRetry={() => void status.refetch()} /></div> : !events ? <SkeletonRows label={t('Asking the cluster')} /> : events.length === 0 ? <p className="px-4 py-8 text-center text-[13px] text-ink-3">{t('The cluster keeps events for about an hour; there are none of it.')}</p> : (
        <ul aria-label={t('Events')} className="divide-y divide-line">
          {events.map((e, i) => (
            <li key={i} className="flex flex-wrap gap-x-3 gap-y-0.5 px-4 py-2 text-[13px]">
              <span className="mt-1.5"><Dot tone={e.kind === 'Warning' ? 'warn' : 'idle'} /></span>
              <span className="min-w-0 flex-1 basis-64"><span className="font-medium">{e.reason}</span> <span className="text-ink-3">{e.object}</span><br />{e.message}{e.count > 1 && <span className="text-ink-3">{' '}{t('({count} times)', { count: e.count })}</span>}</span>
              <span className="text-[12px] text-ink-3">{e.at !== '' && <Ago at={e.at} />}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
};
