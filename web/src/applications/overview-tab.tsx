import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { RefreshCw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { Application, ApplicationStatusNow } from '../contracts.js';
import { formatBytes, formatFixed } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field, SelectField } from '../ui/field.js';
import { Facts, Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { Dot, StatusPill } from '../ui/status-pill.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { acceptApplicationDrift, scaleApplication, setUpdatePolicy, useApplicationDrift } from './applications.data.js';
import { useStatus } from './use-status.js';
import { ADDRESS_WORDS } from './words.js';
import { Why } from '../why/why.js';

export const OverviewTab = ({ application: a }: { readonly application: Application }): ReactNode => {
  const status = useStatus(a);
  const now = status.data;
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <div className="grid content-start gap-4">
        <Drift application={a} />
        <Panel flush title={t('Pods')} aside={<Button size="sm" kind="quiet" busy={status.isFetching} icon={<RefreshCw aria-hidden className="size-3.5" />} onClick={() => void status.refetch()}>{t('Ask again')}</Button>}>
          {status.error ? <div className="p-4"><ProblemNote problem={toProblem(status.error)} onRetry={() => void status.refetch()} /></div> : !now ? <SkeletonRows rows={2} label={t('Asking the cluster')} /> : !now.reachable ? <div className="p-4"><ProblemNote tone="warn" problem={{ code: now.problem?.code ?? 'CLUSTER.UNREACHABLE', message: now.problem?.message ?? t('The cluster cannot be asked.'), retryable: true }} onRetry={() => void status.refetch()} /></div> : <Pods application={a} now={now} />}
        </Panel>
        {now && now.volumes.length > 0 && <Panel title={t('Volumes')}><Facts rows={now.volumes.map(v => [v.name, `${v.size}, ${v.phase.toLowerCase()}`] as const)} /></Panel>}
      </div>
      <div className="grid content-start gap-4">
        <Panel title={t('About')}>
          <Facts of={{ service: 'applications', view: 'applications', id: a.id }} rows={[
            [t('Application'), `${a.entry_name} ${a.version}`, 'version'], [t('Server'), <Link key="s" to="/servers/$id" params={{ id: a.server }} className="text-accent-ink hover:underline">{a.server_name}</Link>],
            [t('Address'), a.host === null ? 'none' : <span key="a" className="inline-flex flex-wrap items-center gap-1.5"><a href={`https://${a.host}`} target="_blank" rel="noreferrer" className="text-accent-ink hover:underline">{a.host}</a><StatusPill tone={ADDRESS_WORDS[a.address].tone}>{ADDRESS_WORDS[a.address].label}</StatusPill></span>, 'host'],
            [t('Release'), t('{release_name}, revision {revision}', { release_name: a.release_name, revision: a.revision }), 'revision'], [t('Namespace'), <code key="n" className="font-mono text-[12px]">{a.namespace}</code>],
            ...(now?.helm ? [['Helm', `${now.helm.status}, ${now.helm.chart}`] as const] : []),
            [t('Seen so since'), a.observed_at === null ? t('not looked at yet') : <Ago key="o" at={a.observed_at} />, 'health'],
          ]} />
          {now?.simulated && <p className="mt-3 rounded-md bg-info-wash p-2 text-[12px] text-info">{t('This server is a sandbox: its Kubernetes is real, its pods are simulated and run nothing.')}</p>}
        </Panel>
        <Updates application={a} />
      </div>
    </div>
  );
};

const Pods = ({ application: a, now }: { readonly application: Application; readonly now: ApplicationStatusNow }): ReactNode => (
  <>
    <ul aria-label={t('Workloads')} className="divide-y divide-line border-b border-line">
      {now.workloads.map(w => (
        <li key={w.workload} className="flex flex-wrap items-center gap-3 px-4 py-2 text-[13px]">
          <span className="min-w-0 flex-1 break-all">{w.workload}</span><span className={w.ready < w.wanted ? 'text-warn' : 'text-ink-3'}>{t('{ready} of {wanted} ready', { ready: w.ready, wanted: w.wanted })}</span>
          {!w.workload.startsWith('DaemonSet/') && <Scale application={a} workload={w.workload} wanted={w.wanted} />}
        </li>
      ))}
    </ul>
    {now.pods.length === 0 ? <p className="px-4 py-6 text-center text-[13px] text-ink-3">{t('No pods')}{a.status === 'stopped' ? t(': it is stopped.') : '.'}</p> : (
      <ul aria-label={t('Pods')} className="divide-y divide-line">
        {now.pods.map(p => (
          <li key={p.name} data-testid="pod" data-ready={p.ready} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-[13px]">
            <Dot tone={p.ready ? 'ok' : /BackOff|Err|Failed|OOM/.test(p.phase) ? 'bad' : 'warn'} />
            <Link to="/applications/$id" params={{ id: a.id }} search={{ tab: 'logs' }} className="min-w-0 flex-1 basis-40 break-all font-mono text-[12px] hover:underline">{p.name}</Link>
            <span className="text-ink-2">{p.phase}</span>
            {p.restarts > 0 && <span className="text-warn">{p.restarts} {t('{restarts, plural, one {restart} other {restarts}}', { restarts: p.restarts })}</span>}
            {p.cpu !== null && p.memory_bytes !== null && <span className="figure text-[12px] text-ink-3">{t('{cpu} cores, {memory_bytes}', { cpu: formatFixed(p.cpu, 2), memory_bytes: formatBytes(p.memory_bytes) })}</span>}
            {p.started_at && <span className="text-[12px] text-ink-3"><Ago at={p.started_at} /></span>}
          </li>
        ))}
      </ul>
    )}
  </>
);

const Scale = ({ application: a, workload, wanted }: { readonly application: Application; readonly workload: string; readonly wanted: number }): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, scaleApplication, a.id));
  const [open, setOpen] = useState(false);
  const [replicas, setReplicas] = useState(String(wanted));
  const send = useMutation({ mutationFn: () => scaleApplication(client, a.id, { workload, replicas: Number(replicas) }), onSuccess: () => setOpen(false) });
  return (
    <>
      <Button size="sm" kind="quiet" aria-label={t('Scale {workload}', { workload })} blocked={!may ? NOT_YOURS : a.next.includes('scale') ? undefined : t('Not possible now.')} onClick={() => { setReplicas(String(wanted)); setOpen(true); }}>{t('Scale…')}</Button>
      <Dialog open={open} onOpenChange={setOpen} title={t('Pods of {workload}', { workload })} description={t('Until the next release of the application.')}>
        {send.error && <ProblemNote className="mb-3" problem={toProblem(send.error)} />}
        <Field label={t('Pods')} type="number" min={0} max={50} value={replicas} onChange={e => setReplicas(e.target.value)} />
        <DialogActions><Button onClick={() => setOpen(false)}>{t('Cancel')}</Button><Button kind="primary" busy={send.isPending} blocked={/^\d+$/.test(replicas) && Number(replicas) <= 50 ? undefined : t('A number from 0 to 50.')} onClick={() => send.mutate()}>{t('Scale')}</Button></DialogActions>
      </Dialog>
    </>
  );
};

const Drift = ({ application: a }: { readonly application: Application }): ReactNode => {
  const client = useClient();
  const row = useApplicationDrift().rows.get(a.id);
  const may = useCan(maySend(client.tenant, acceptApplicationDrift, a.id));
  const accept = useMutation({ mutationFn: () => acceptApplicationDrift(client, a.id, {}), onSuccess: () => toast(t('Accepted'), t('It is told again once something else changes.')), onError: toastProblem });
  if (!row || row.findings.length === 0 || row.accepted) return null;
  return (
    <section aria-label={t('Changed by hand')} className="group/fact rounded-xl border border-warn/40 bg-warn-wash p-4 text-[13px]">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <h2 className="font-semibold text-warn">{t('Changed by hand in the cluster')}</h2>
        <Button size="sm" busy={accept.isPending} blocked={may ? undefined : NOT_YOURS} onClick={() => accept.mutate()}>{t('It is right so')}</Button>
      </div>
      <ul className="mt-1 grid gap-0.5">{row.findings.map((f, i) => <li key={i}><span className="font-medium">{f.kind} {f.name}</span>: {f.what}{f.detail === '' ? '' : `, ${f.detail}`}</li>)}</ul>
      <p className="mt-1.5 text-ink-2">{t('The action “Undo changes by hand” makes it again what the release says.')} <Why service="applications" view="drift" id={a.id} path="findings" name={t('Changed by hand')} /></p>
    </section>
  );
};

const AUTO = { none: t('By hand only'), patch: t('Patch versions by themselves'), minor: t('Minor versions by themselves') } as const;
const Updates = ({ application: a }: { readonly application: Application }): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, setUpdatePolicy, a.id));
  const [open, setOpen] = useState(false);
  const [auto, setAuto] = useState(a.updates.auto);
  const [from, setFrom] = useState(a.updates.window?.from ?? '02:00');
  const [to, setTo] = useState(a.updates.window?.to ?? '05:00');
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
  const save = useMutation({ mutationFn: () => setUpdatePolicy(client, a.id, { auto, window: auto === 'none' ? null : { days: [...days], from, to } }), onSuccess: () => setOpen(false) });
  return (
    <Panel title={t('Updates')} aside={<Button size="sm" kind="quiet" blocked={may ? undefined : NOT_YOURS} onClick={() => setOpen(true)}>{t('Change…')}</Button>}>
      <p className="group/fact text-[13px]">{a.updates.auto !== 'none' && a.updates.window ? t('{what}, between {from} and {to} of the server\'s time', { what: AUTO[a.updates.auto], from: a.updates.window.from, to: a.updates.window.to }) : AUTO[a.updates.auto]}. <Why service="applications" view="applications" id={a.id} path="updates" name={t('Updates')} /></p>
      {a.held.length > 0 && <p className="mt-1 text-[12px] text-warn">{t('{held, plural, one {Not taken again, as it failed: {names}.} other {Not taken again, as they failed: {names}.}}', { held: a.held.length, names: a.held.join(', ') })}</p>}
      <Dialog open={open} onOpenChange={setOpen} title={t('Updates')} description={t('What is upgraded without being asked. One that does not become ready goes back by itself and is not tried again.')}>
        {save.error && <ProblemNote className="mb-3" problem={toProblem(save.error)} />}
        <div className="grid gap-3">
          <SelectField label={t('Upgrade')} value={auto} onChange={e => setAuto(e.target.value as typeof auto)}>{Object.entries(AUTO).map(([key, text]) => <option key={key} value={key}>{text}</option>)}</SelectField>
          {auto !== 'none' && <div className="grid grid-cols-2 gap-3"><Field label={t('From')} type="time" value={from} onChange={e => setFrom(e.target.value)} /><Field label={t('To')} type="time" value={to} onChange={e => setTo(e.target.value)} /></div>}
        </div>
        <DialogActions><Button onClick={() => setOpen(false)}>{t('Cancel')}</Button><Button kind="primary" busy={save.isPending} onClick={() => save.mutate()}>{t('Save')}</Button></DialogActions>
      </Dialog>
    </Panel>
  );
};
