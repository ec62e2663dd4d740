import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Boxes, Ban, RotateCw } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { cancelSetUp, type Server, type SetUp, type SetUpStep } from '../contracts.js';
import { formatDuration } from '../lib/format.js';
import { adviceFor, toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { useSetUps } from '../servers/servers.data.js';
import { SET_UP_WORDS } from '../servers/vps-words.js';
import { t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { Button, buttonClass } from '../ui/button.js';
import { inputClass } from '../ui/field.js';
import { EmptyState, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ListStates } from '../ui/row-list.js';
import { StatusPill } from '../ui/status-pill.js';
import { StepList } from '../ui/step-list.js';
import { toastProblem } from '../ui/toaster.js';
import { NOT_YOURS } from './actions.js';
import { RemovalPanel } from './removal-panel.js';
import { installK3s, retrySetUp } from './server.data.js';
import { CancelSetUp } from './setup-cancel.js';
import { SetUpLog } from './setup-log.js';
import { elapsed, headline, nextTry, remedyFor, retrySteps, setUpSteps, usualTimes } from './setup.js';
import { Why } from '../why/why.js';

/** How far the server is: the same in every browser, for all of it lies in a view. */
export const SetUpTab = ({ server }: { readonly server: Server }): ReactNode => {
  const list = useSetUps();
  const { rows } = list;
  const setUp = rows.get(server.id);
  const usual = useMemo(() => usualTimes(rows.values(), server.id), [rows, server.id]);
  if (!setUp) return <ListStates of={list} what={t('the set-up of servers')} right="vps.server.read" count={0} empty={<NotSetUp server={server} />}>{null}</ListStates>;
  return (
    <div className="grid gap-4">
      <RemovalPanel server={server} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
        <Progress server={server} setUp={setUp} usual={usual} />
        <SetUpLog lines={setUp.log} name={setUp.name} underway={setUp.ended_at === null} />
      </div>
    </div>
  );
};

interface ProgressProps { readonly server: Server; readonly setUp: SetUp; readonly usual: ReturnType<typeof usualTimes> }

const Progress = ({ server, setUp, usual }: ProgressProps): ReactNode => {
  const now = useNow();
  const head = headline(setUp, now);
  const wait = nextTry(setUp, now);
  const { problem } = setUp;
  const advice = problem && adviceFor(problem.code);
  const busy = setUp.state === 'running' || setUp.state === 'cancelling';
  return (
    <Panel flush title={t('Steps')} aside={busy ? <span className="figure text-[12px] text-ink-3">{formatDuration(elapsed(setUp, now))}</span> : undefined}>
      <div className="grid gap-3 border-b border-line p-4">
        <div className="group/fact flex items-center gap-1"><p role="status" data-testid="setup-state" data-state={setUp.state}><StatusPill tone={head.tone} {...(head.moving ? { moving: true } : {})}>{head.text}</StatusPill></p><Why service="vps" view="setup" id={server.id} path="state" name={t('Set-up')} /></div>
        {setUp.percent !== null && setUp.state === 'running' && (
          <div role="progressbar" aria-label={t('This step')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={setUp.percent} className="h-1 overflow-hidden rounded-full bg-raised"><div className="h-full rounded-full bg-accent transition-[width] duration-500" style={{ width: `${setUp.percent}%` }} /></div>
        )}
        {problem && setUp.state !== 'removal-failed' && <ProblemNote tone={setUp.state === 'failed' ? 'bad' : 'warn'} problem={{ ...problem, ...(advice ? { advice } : {}), retryable: false }} />}
        {wait !== undefined && busy && <p className="text-[13px] text-ink-2">{wait > 0 ? t('Tried again by itself in {wait}.', { wait: formatDuration(wait) }) : t('Tried again now.')}</p>}
        <Next server={server} setUp={setUp} />
      </div>
      <StepList label={t('Steps of the set-up')} steps={setUpSteps(setUp, now, usual)} busy={busy} />
    </Panel>
  );
};

/** What a person can do now. */
const Next = ({ server, setUp }: Pick<ProgressProps, 'server' | 'setUp'>): ReactNode => {
  const { tenant } = useClient();
  const mayCancel = useCan(maySend(tenant, cancelSetUp, server.id));
  const [asking, setAsking] = useState(false);
  const remedy = setUp.state === 'failed' ? remedyFor(setUp.problem?.code) : undefined;
  if (setUp.state === 'finished') return <div><Link to="/servers/$id" params={{ id: server.id }} className={buttonClass('primary')}>{t('Go to the server')}</Link></div>;
  return (
    <div className="flex flex-wrap items-center gap-2 empty:hidden">
      {setUp.next.includes('retry') && <Retry server={server} setUp={setUp} />}
      {remedy === 'choose-again' && <Link to="/servers/new" search={{ step: 'type' }} className={buttonClass()}>{t('Make another one')}</Link>}
      {remedy === 'replace-key' && <Link to="/providers" className={buttonClass()}>{t('Replace the key')}</Link>}
      {setUp.next.includes('cancel') && <Button kind="danger" icon={<Ban aria-hidden className="size-4" />} blocked={mayCancel ? undefined : NOT_YOURS} onClick={() => setAsking(true)}>{t('Cancel…')}</Button>}
      <CancelSetUp server={server} kind={setUp.kind} open={asking} onClose={() => setAsking(false)} />
    </div>
  );
};

/** From where it failed, or from an earlier step. */
const Retry = ({ server, setUp }: Pick<ProgressProps, 'server' | 'setUp'>): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, retrySetUp, server.id));
  const steps = retrySteps(setUp);
  const [from, setFrom] = useState<SetUpStep>();
  const chosen = from && steps.includes(from) ? from : steps[0];
  const retry = useMutation({ mutationFn: () => retrySetUp(client, server.id, chosen ? { from_step: chosen } : {}), onError: toastProblem });
  return (
    <>
      <Button kind="primary" icon={<RotateCw aria-hidden className="size-4" />} busy={retry.isPending} blocked={may ? undefined : NOT_YOURS} onClick={() => retry.mutate()}>{t('Try again')}</Button>
      {steps.length > 1 && (
        <label className="flex min-w-0 items-center gap-2 text-[13px] text-ink-3">{t('from')}
          <select value={chosen} onChange={e => setFrom(e.target.value as SetUpStep)} className={`${inputClass} h-8 !w-auto min-w-0 max-w-44 pr-7`}>{steps.map(s => <option key={s} value={s}>{SET_UP_WORDS[s]}</option>)}</select>
        </label>
      )}
    </>
  );
};

/** Adopted, and never set up from here. */
const NotSetUp = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, installK3s, server.id));
  const install = useMutation({ mutationFn: () => installK3s(client, server.id, {}) });
  const has = server.facts?.k3s;
  const blocked = !may ? NOT_YOURS : server.status !== 'reachable' ? t('It must answer over SSH first.') : server.facts?.sudo === false ? t('Its user is neither root nor has sudo without a password.') : undefined;
  return (
    <Panel flush>
      <EmptyState icon={<Boxes />} title={has ? t('K3s is on this server') : t('This server was not set up from here')} action={<Button kind={has ? 'secondary' : 'primary'} busy={install.isPending} blocked={blocked} onClick={() => install.mutate()}>{has ? t('Set up again') : t('Install K3s')}</Button>}>
        {has ? t('{has} was there when it was adopted, or came in another way. Setting it up again leaves what is right as it is.', { has }) : t('It was adopted as it is. K3s, Helm and Traefik can be installed on it, so that applications can run there; what is right already stays.')}
      </EmptyState>
      {install.error && <div className="p-4 pt-0"><ProblemNote problem={toProblem(install.error)} onRetry={() => install.mutate()} /></div>}
    </Panel>
  );
};
