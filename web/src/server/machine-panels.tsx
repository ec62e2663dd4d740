import { useQuery } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Metrics, Server } from '../contracts.js';
import { formatBytes, formatDuration, formatMoment } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { actorName, midActor } from '../servers/history.js';
import { FIGURES } from '../servers/use-metrics.js';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button, IconButton } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { Facts, Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { Dot } from '../ui/status-pill.js';
import { ServerCost } from './server-cost.js';
import { serverInfo, serverStatus } from './server.data.js';
import { serviceRows } from './services.js';
import { TimeZoneDialog } from './time-zone.js';
import { useActions } from './use-actions.js';
import { useAsked } from './use-asked.js';

interface Props { readonly server: Server; readonly sample: Metrics | undefined }

/** What a machine is, how it is now, how it is reached, and what it costs. */
export const MachinePanels = ({ server, sample }: Props): ReactNode => (
  <div className="grid gap-4"><ServerCost server={server} /><Machine server={server} sample={sample} /><Health server={server} /><Connection server={server} sample={sample} /></div>
);

const Machine = ({ server, sample }: Props): ReactNode => {
  const client = useClient();
  const { enabled } = useAsked(server, serverInfo);
  const info = useQuery({ queryKey: ['info', client.tenant, server.id], queryFn: () => serverInfo(client, {}, server.id), enabled, staleTime: 300_000 }).data;
  const facts = server.facts;
  const offset = sample?.clock_offset_seconds ?? (info?.clock_offset_ms === null || info?.clock_offset_ms === undefined ? undefined : info.clock_offset_ms / 1_000);
  return (
    <Panel title={t('Machine')} aside={sample ? <span className="text-[12px] text-ink-3">{rich('Sampled {when}', { when: <Ago at={sample.at} /> })}</span> : undefined}>
      {facts ? (
        <>
          <Facts of={{ service: 'vps', view: 'servers', id: server.id }} rows={[
            [t('Host name'), facts.hostname, 'facts.hostname'], [t('System'), facts.os, 'facts.os'], [t('Kernel'), `${facts.kernel} · ${facts.architecture}`, 'facts.kernel'],
            [t('Size'), t('{cpus} CPU · {memory_bytes} · {disk_bytes} disk', { cpus: facts.cpus, memory_bytes: formatBytes(facts.memory_bytes), disk_bytes: formatBytes(facts.disk_bytes) }), 'facts'],
            [t('Up for'), sample ? formatDuration(sample.uptime_seconds) : '–'],
            [t('Time zone'), <TimeZone key="z" server={server} known={server.time_zone ?? info?.time_zone ?? undefined} />, 'time_zone'],
            ...(offset !== undefined && Math.abs(offset) >= 2 ? [[t('Clock'), <span key="c" className="text-warn">{formatDuration(Math.abs(offset))} {offset > 0 ? t('ahead') : t('behind')}</span>] as const] : []),
            [t('Root by sudo'), facts.sudo ? t('Yes') : t('No'), 'facts.sudo'], ['K3s', facts.k3s ?? t('Not installed'), 'facts.k3s'], ['Helm', facts.helm ?? t('Not installed'), 'facts.helm'],
            ...(server.tags?.length ? [[t('Tags'), server.tags.join(', '), 'tags'] as const] : []),
          ]} />
          {info?.notes && <details className="mt-3 text-[13px]"><summary className="cursor-pointer text-ink-2">{t('Notes of its set-up')}</summary><pre className="mt-2 max-h-60 overflow-auto whitespace-pre-wrap break-words rounded-lg border border-line bg-sunken p-3 font-mono text-[12px]">{info.notes}</pre></details>}
        </>
      ) : <p className="text-[13px] text-ink-3">{t('Facts are asked at the first connection.')}</p>}
    </Panel>
  );
};

const TimeZone = ({ server, known }: { readonly server: Server; readonly known: string | undefined }): ReactNode => {
  const [open, setOpen] = useState(false);
  const { blocked } = useActions(server)('set-time-zone');
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      {known ?? t('Not known yet')}
      <Button kind="quiet" size="sm" className="-my-1" blocked={blocked} onClick={() => setOpen(true)}>{t('Change…')}</Button>
      <TimeZoneDialog server={known ? { ...server, time_zone: known } : server} open={open} onClose={() => setOpen(false)} />
    </span>
  );
};

/** Asked of the machine itself: its set-up in a sentence, K3s, services. */
const Health = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const { may, enabled } = useAsked(server, serverStatus);
  const { data, error, isFetching, refetch } = useQuery({ queryKey: ['server-status', client.tenant, server.id], queryFn: () => serverStatus(client, {}, server.id), enabled, staleTime: 60_000 });
  if (!may || (!enabled && !data)) return null;
  // A machine says `inactive` of what was never installed, too.
  const rows = serviceRows(Object.fromEntries(data?.services.map(s => [s.name, s.state]) ?? [])).filter(r => r.tone !== 'idle');
  return (
    <Panel title={t('Health')} aside={<span className="flex items-center gap-1 text-[12px] text-ink-3">{data && <>{rich('Asked {when}', { when: <Ago at={data.at} /> })}</>}<IconButton label={t('Ask the machine again')} className="-mr-2 !size-7" onClick={() => void refetch()}><RotateCw aria-hidden className={`size-3.5 ${isFetching ? 'animate-spin' : ''}`} /></IconButton></span>}>
      {error && <ProblemNote problem={toProblem(error)} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={1} label={t('Asking the machine')} />}
      {data && !data.reachable && data.reason && <ProblemNote tone="warn" problem={{ ...data.reason, retryable: true }} onRetry={() => void refetch()} />}
      {data?.reachable && (
        <Facts rows={[
          ...(data.setup ? [[t('Set-up'), data.setup.sentence] as const] : []),
          ['K3s', !data.k3s?.installed ? t('Not installed') : <span key="k" className="flex items-center gap-2"><Dot tone={data.k3s.active ? 'ok' : 'bad'} />{data.k3s.active ? t('Runs') : t('Does not run')}{data.k3s.version && <span className="text-ink-3">{data.k3s.version}</span>}</span>],
          ...rows.filter(r => r.name !== 'k3s').map(r => [r.label, <span key={r.name} className="flex items-center gap-2"><Dot tone={r.tone} />{r.word}</span>] as const),
        ]} />
      )}
    </Panel>
  );
};

const Connection = ({ server, sample }: Props): ReactNode => {
  const { user } = useClient();
  const names = useNames();
  const made = server.provider_id !== undefined;
  return (
    <Panel title={t('Connection')}>
      <Facts of={{ service: 'vps', view: 'servers', id: server.id }} rows={[
        [t('Address'), server.host ? <Code key="a" text={server.host} label={t('Copy address')} /> : t('Not given yet'), 'host'],
        [t('Log-in'), server.host ? <Code key="l" text={`${server.user}@${server.host}:${server.port}`} label={t('Copy log-in')} /> : '–', 'user'],
        ...(made ? [[t('Provider'), [server.provider, server.type, server.location].filter(Boolean).join(' · '), 'type'] as const, ...(server.provider_ref ? [[t('Its id there'), <Code key="r" text={server.provider_ref} label={t('Copy the provider’s id')} />] as const] : []), ...(server.image ? [[t('Image'), server.image] as const] : [])]
          : [[t('Kind'), server.provider === 'sandbox' ? t('Sandbox beside Xanthus') : t('Adopted machine')] as const]),
        [t('Round trip'), sample ? FIGURES.latency.format(sample.latency_ms) : '–'],
        [t('Host key'), <Code key="k" text={server.host_key.fingerprint} label={t('Copy fingerprint')} />, 'host_key'],
        [made ? t('Made') : t('Adopted'), t('{time} by {who}', { time: formatMoment(Date.parse(server.adopted_at)), who: midActor(actorName(server.adopted_by, user.id, names)) }), 'adopted_at'],
      ]} />
    </Panel>
  );
};
