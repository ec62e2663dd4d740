import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { Application } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { LogView } from '../logs/log-view.js';
import { followPodLog, usePodLog } from '../logs/logs.data.js';
import { useLogSettings } from '../logs/use-log-settings.js';
import { t } from '../texts/text.js';
import { inputClass } from '../ui/field.js';
import { Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { useStatus } from './use-status.js';

const selectClass = `${inputClass} h-8 !w-auto max-w-56 pr-7 text-[13px]`;

/** The log of a pod: its last lines, and what it writes from now on. */
export const LogsTab = ({ application: a }: { readonly application: Application }): ReactNode => {
  const status = useStatus(a);
  const pods = status.data?.pods ?? [];
  const [chosen, setChosen] = useState<string>();
  const pod = pods.find(p => p.name === chosen) ?? pods.find(p => p.ready) ?? pods[0];
  if (status.error) return <ProblemNote problem={toProblem(status.error)} onRetry={() => void status.refetch()} />;
  if (!pod) return <Panel flush><p className="px-4 py-8 text-center text-[13px] text-ink-3">{status.data ? t('There are no pods to read from.') : t('Asking the cluster …')}</p></Panel>;
  return (
    <PodLog key={pod.name} application={a} pod={pod.name} containers={pod.containers.map(c => c.name)}>
      <select aria-label={t('Pod')} value={pod.name} onChange={e => setChosen(e.target.value)} className={selectClass}>{pods.map(p => <option key={p.name} value={p.name}>{p.name} ({p.phase})</option>)}</select>
    </PodLog>
  );
};

const PodLog = ({ application: a, pod, containers, children }: { readonly application: Application; readonly pod: string; readonly containers: readonly string[]; readonly children: ReactNode }): ReactNode => {
  const client = useClient();
  const mayFollow = useCan(maySend(client.tenant, followPodLog, a.id));
  const [{ lines }] = useLogSettings();
  const [chosen, setChosen] = useState<string>();
  const [previous, setPrevious] = useState(false);
  const container = containers.length > 1 ? containers.find(c => c === chosen) ?? containers[0] : undefined;
  const log = usePodLog({ id: a.id, pod, container, lines, follow: mayFollow, previous });
  return (
    <LogView source={log} counts name={container ? `${pod}-${container}` : pod} label={t('Log of {pod}', { pod })} empty={previous ? t('Nothing is kept of before its restart.') : t('The log is empty.')}
      unfollowed={mayFollow || previous ? undefined : t('Your role may read this log, not follow it.')}>
      {children}
      {container && <select aria-label={t('Container')} value={container} onChange={e => setChosen(e.target.value)} className={selectClass}>{containers.map(c => <option key={c}>{c}</option>)}</select>}
      <select aria-label={t('Of which run')} value={previous ? 'before' : 'now'} onChange={e => setPrevious(e.target.value === 'before')} className={selectClass}>
        <option value="now">{t('Running now')}</option><option value="before">{t('Before its restart')}</option>
      </select>
    </LogView>
  );
};
