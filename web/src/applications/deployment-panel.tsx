import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { Deployment } from '../contracts.js';
import { cancelDeployment } from '../dashboard/dashboard.data.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { StatusPill } from '../ui/status-pill.js';
import { StepList } from '../ui/step-list.js';
import { toastProblem } from '../ui/toaster.js';
import { retryDeployment, useOutput } from './applications.data.js';
import { DEPLOYMENT_WORDS, isUnderway, stepsOf, WORK_WORDS } from './words.js';

const LINES = 400;
const adviceAfter = (undone: boolean, left: Deployment['left']): { advice?: string } =>
  undone ? { advice: t('Everything that was made is taken back.') } : left.length > 0 ? { advice: t('Left: {left}.', { left: left.map(o => `${o.kind} ${o.name}`).join(', ') }) } : {};
interface Output { readonly deployment: string; readonly lines: readonly string[]; readonly dropped: number }
const isOutput = (payload: unknown): payload is Output => typeof payload === 'object' && payload !== null && Array.isArray((payload as Partial<Output>).lines);

/** What is, or was, done to the application: step by step, with what Helm prints meanwhile. */
export const DeploymentPanel = ({ deployment }: { readonly deployment: Deployment }): ReactNode => {
  const client = useClient();
  const { application, kind, state, next, cancelling, problem, undone, left } = deployment;
  const mayCancel = useCan(maySend(client.tenant, cancelDeployment, application));
  const mayRetry = useCan(maySend(client.tenant, retryDeployment, application));
  const cancel = useMutation({ mutationFn: () => cancelDeployment(client, application, {}), onError: toastProblem });
  const retry = useMutation({ mutationFn: () => retryDeployment(client, application, {}), onError: toastProblem });
  const { label, tone, moving } = DEPLOYMENT_WORDS[state];
  return (
    <Panel flush title={WORK_WORDS[kind]} aside={<span className="flex items-center gap-2">
      <StatusPill tone={tone} {...(moving ? { moving } : {})}>{cancelling ? t('Being stopped') : label}</StatusPill>
      {next.includes('cancel') && <Button size="sm" busy={cancel.isPending} blocked={mayCancel ? undefined : NOT_YOURS} onClick={() => cancel.mutate()}>{t('Cancel')}</Button>}
      {next.includes('retry') && <Button size="sm" busy={retry.isPending} blocked={mayRetry ? undefined : NOT_YOURS} onClick={() => retry.mutate()}>{t('Try again')}</Button>}
    </span>}>
      {problem && state !== 'done' && (
        <div className="border-b border-line p-4">
          <ProblemNote problem={{ ...problem, retryable: false, ...adviceAfter(undone, left) }} />
        </div>
      )}
      <StepList label={t('Steps: {kind}', { kind: WORK_WORDS[kind] })} steps={stepsOf(deployment)} busy={isUnderway(deployment)} />
      {isUnderway(deployment) && <LiveOutput deployment={deployment} />}
    </Panel>
  );
};

const LiveOutput = ({ deployment: { id, application } }: { readonly deployment: Deployment }): ReactNode => {
  const [lines, setLines] = useState<readonly string[]>([]);
  const box = useRef<HTMLPreElement>(null);
  useOutput(application, payload => {
    if (isOutput(payload) && payload.deployment === id) setLines(l => [...l, ...payload.lines, ...(payload.dropped > 0 ? [t('… {dropped} lines left out', { dropped: payload.dropped })] : [])].slice(-LINES));
  });
  useEffect(() => { if (lines.length > 0) box.current?.scrollTo({ top: box.current.scrollHeight }); }, [lines]);
  return lines.length === 0 ? null : <pre ref={box} aria-label={t('Output of Helm')} tabIndex={0} className="max-h-56 overflow-auto border-t border-line bg-sunken p-3 font-mono text-[12px] leading-5 whitespace-pre-wrap">{lines.join('\n')}</pre>;
};
