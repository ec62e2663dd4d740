import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useMutation } from '@tanstack/react-query';
import { maySend } from '../app/nav.js';
import { applicationLogs, followApplicationLogs, stopApplicationLogs, type Application } from '../contracts.js';
import { toProblem, type ShownProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { useSignal } from '../live/use-signal.js';
import { NOT_YOURS } from '../server/actions.js';
import { LogLines } from '../server/logs/log-lines.js';
import type { LogRow } from '../server/logs/log-view.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { SelectField } from '../ui/field.js';
import { Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { useStatus } from './use-status.js';

const KEPT = 5_000;
interface Signal { readonly pod: string; readonly container: string | null; readonly lines: readonly string[]; readonly dropped: number; readonly ended?: { readonly code: string; readonly message: string } }
const isSignal = (payload: unknown): payload is Signal => typeof payload === 'object' && payload !== null && Array.isArray((payload as Partial<Signal>).lines);

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
      <SelectField label={t('Pod')} value={pod.name} onChange={e => setChosen(e.target.value)}>{pods.map(p => <option key={p.name} value={p.name}>{p.name} ({p.phase})</option>)}</SelectField>
    </PodLog>
  );
};

const PodLog = ({ application: a, pod, containers, children }: { readonly application: Application; readonly pod: string; readonly containers: readonly string[]; readonly children: ReactNode }): ReactNode => {
  const client = useClient();
  const mayFollow = useCan(maySend(client.tenant, followApplicationLogs, a.id));
  const [container, setContainer] = useState(containers[0] ?? '');
  const [rows, setRows] = useState<readonly LogRow[]>([]);
  const [following, setFollowing] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const seq = useRef(0);
  const add = (lines: readonly string[], anew = false): void => setRows(before => [...(anew ? [] : before), ...lines.map(text => ({ seq: ++seq.current, text }))].slice(-KEPT) as LogRow[]);
  const load = useMutation({ mutationFn: (of: { readonly container: string; readonly previous: boolean }) => client.query(applicationLogs, { pod, ...(containers.length > 1 ? { container: of.container } : {}), lines: 500, previous: of.previous }, { id: a.id }), onSuccess: ({ lines }) => { setProblem(undefined); add(lines, true); }, onError: error => setProblem(toProblem(error)) });
  const { mutate } = load;
  useEffect(() => mutate({ container, previous: false }), [mutate, container]);
  useSignal(`sig.${client.tenant}.applications.application.${a.id}.log`, (payload) => {
    if (!isSignal(payload) || payload.pod !== pod || !following || (containers.length > 1 && payload.container !== container)) return;
    add([...payload.lines, ...(payload.dropped > 0 ? [t('… {dropped} lines came too fast and are left out', { dropped: payload.dropped })] : [])]);
    if (payload.ended) { setFollowing(false); setProblem({ ...payload.ended, retryable: true }); }
  }, following);
  useEffect(() => {
    if (!following) return;
    let follower: string | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const target = { pod, ...(containers.length > 1 ? { container } : {}) };
    const renew = async (): Promise<void> => {
      try {
        const answer = await client.command(followApplicationLogs, { ...target, ...(follower ? { follower } : {}) }, { id: a.id });
        follower = answer.follower;
        if (!over) timer = setTimeout(() => void renew(), answer.renew_within_ms / 2);
      } catch (error) {
        if (!over) { setFollowing(false); setProblem(toProblem(error)); }
      }
    };
    void renew();
    return () => {
      over = true;
      clearTimeout(timer);
      if (follower) void client.command(stopApplicationLogs, { ...target, follower }, { id: a.id }).catch(() => undefined);
    };
  }, [client, a.id, pod, container, containers.length, following]);
  return (
    <Panel flush>
      <div className="flex flex-wrap items-end gap-3 border-b border-line p-3">
        {children}
        {containers.length > 1 && <SelectField label={t('Container')} value={container} onChange={e => setContainer(e.target.value)}>{containers.map(c => <option key={c}>{c}</option>)}</SelectField>}
        <Button size="sm" aria-pressed={following} blocked={mayFollow ? undefined : NOT_YOURS} onClick={() => setFollowing(!following)}>{following ? t('Stop following') : t('Follow')}</Button>
        <Button size="sm" kind="quiet" busy={load.isPending} onClick={() => mutate({ container, previous: false })}>{t('Load again')}</Button>
        <Button size="sm" kind="quiet" onClick={() => mutate({ container, previous: true })}>{t('Of before its restart')}</Button>
      </div>
      {problem && <div className="p-3"><ProblemNote tone="warn" problem={problem} onRetry={() => mutate({ container, previous: false })} /></div>}
      <LogLines rows={rows} wanted="" wrap label={t('Log of {pod}', { pod })} live={following} />
    </Panel>
  );
};
