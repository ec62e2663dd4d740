import { clsx } from 'clsx';
import { Download, Pause, Play, RotateCw, Search, WrapText } from 'lucide-react';
import { useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import { maySend } from '../../app/nav.js';
import { followLogs, type Server } from '../../contracts.js';
import { useCan, useClient } from '../../live/live-context.js';
import { Button, IconButton } from '../../ui/button.js';
import { CopyButton } from '../../ui/copy-button.js';
import { inputClass } from '../../ui/field.js';
import { Panel, SkeletonRows } from '../../ui/panel.js';
import { ProblemNote } from '../../ui/problem-note.js';
import { Dot } from '../../ui/status-pill.js';
import { useActions } from '../use-actions.js';
import { LINE_COUNTS, loadLogSettings, saveLogSettings, type LogSettings } from './log-settings.js';
import { LogLines } from './log-lines.js';
import { filterLines, plain, type LogRow } from './log-view.js';
import { useLog, type Following } from './use-log.js';

const SOURCES = [['system', 'System'], ['k3s', 'K3s']] as const;
const textOf = (rows: readonly LogRow[]): string => `${rows.map(r => plain(r.text)).join('\n')}\n`;

/** An address of the text for a download; it is let go when that has begun. */
const fileOf = (rows: readonly LogRow[]): string => {
  const url = URL.createObjectURL(new Blob([textOf(rows)], { type: 'text/plain' }));
  setTimeout(() => URL.revokeObjectURL(url), 30_000);
  return url;
};

export const LogsTab = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const [settings, set] = useState(loadLogSettings);
  const change = (next: Partial<LogSettings>): void => set(s => { const all = { ...s, ...next }; saveLogSettings(all); return all; });
  const [paused, setPaused] = useState<readonly LogRow[]>();
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search);
  const mayFollow = useCan(maySend(client.tenant, followLogs, server.id));
  const { blocked } = useActions(server)('read-logs');
  const log = useLog(server.id, settings.source, settings.lines, mayFollow && blocked === undefined);
  const all = paused ?? log.state.rows;
  const rows = useMemo(() => filterLines(all, wanted), [all, wanted]);
  const waiting = paused ? (log.state.rows.at(-1)?.seq ?? 0) - (paused.at(-1)?.seq ?? 0) : 0;

  return (
    <Panel flush className="overflow-hidden">
      <div role="toolbar" aria-label="Log" className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <div role="radiogroup" aria-label="Which log" className="inline-flex rounded-md border border-line p-0.5">
          {SOURCES.map(([key, label]) => (
            <button key={key} type="button" role="radio" aria-checked={settings.source === key} onClick={() => { setPaused(undefined); change({ source: key }); }}
              className={clsx('rounded px-2 py-0.5 text-[13px]', settings.source === key ? 'bg-raised font-medium text-ink' : 'text-ink-3 hover:text-ink')}>{label}</button>
          ))}
        </div>
        <select aria-label="How many lines to begin with" value={settings.lines} onChange={e => { setPaused(undefined); change({ lines: Number(e.target.value) }); }} className={clsx(inputClass, 'h-8 !w-auto pr-7 text-[13px]')}>
          {LINE_COUNTS.map(n => <option key={n} value={n}>{n.toLocaleString('en-GB')} lines</option>)}
        </select>
        <label className="relative min-w-40 flex-1"><Search aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
          <input type="search" aria-label="Search in the log" placeholder="Search" value={search} onChange={e => setSearch(e.target.value)} className={clsx(inputClass, 'h-8 pl-8 text-[13px]')} />
        </label>
        <IconButton label={settings.wrap ? 'Don’t wrap long lines' : 'Wrap long lines'} aria-pressed={settings.wrap} onClick={() => change({ wrap: !settings.wrap })} className={clsx(settings.wrap && 'bg-raised text-ink')}><WrapText aria-hidden className="size-4" /></IconButton>
        <CopyButton text={() => textOf(rows)} label="Copy what is shown" className="!size-8" />
        <a aria-label="Download what is shown" title="Download what is shown" className="inline-flex size-8 items-center justify-center rounded-md text-ink-3 hover:bg-raised hover:text-ink" download={`${server.name}-${settings.source}.log`}
          href="#log" onClick={e => { e.currentTarget.href = fileOf(rows); }}><Download aria-hidden className="size-4" /></a>
        {log.following === 'off' ? <Button size="sm" busy={log.loading} blocked={blocked} icon={<RotateCw aria-hidden className="size-3.5" />} onClick={log.reload}>Reload</Button>
          : <Button size="sm" onClick={() => setPaused(paused ? undefined : log.state.rows)} icon={paused ? <Play aria-hidden className="size-3.5" /> : <Pause aria-hidden className="size-3.5" />}>{paused ? 'Resume' : 'Pause'}</Button>}
      </div>
      {log.problem && <ProblemNote className="m-3" tone="warn" problem={log.problem} onRetry={log.reload} />}
      {log.loading && all.length === 0 ? <SkeletonRows label="Loading the log" rows={8} />
        : rows.length > 0 ? <LogLines key={`${settings.source} ${settings.lines}`} rows={rows} wanted={wanted.trim()} wrap={settings.wrap} label={`${settings.source === 'k3s' ? 'K3s' : 'System'} log of ${server.name}`} live={log.following === 'live' && !paused} />
          : !log.problem && <p className="px-4 py-16 text-center text-[13px] text-ink-3">{wanted.trim() ? `Nothing in ${all.length.toLocaleString('en-GB')} lines contains “${wanted.trim()}”.` : settings.source === 'k3s' && server.facts?.k3s === null ? 'K3s is not installed on this server.' : 'The log is empty.'}</p>}
      <p role="status" className="flex min-h-8 flex-wrap items-center gap-x-3 border-t border-line px-4 py-1.5 text-[12px] text-ink-3">
        <Follow following={log.following} paused={paused !== undefined} waiting={waiting} may={mayFollow} />
        <span className="figure">{wanted.trim() ? `${rows.length.toLocaleString('en-GB')} of ` : ''}{all.length.toLocaleString('en-GB')} lines</span>
        {log.state.dropped > 0 && <span className="text-warn">{log.state.dropped.toLocaleString('en-GB')} lines came too fast and are not shown</span>}
        {log.state.truncated && <span>Some are missing or were cut: there was more than can be shown.</span>}
      </p>
    </Panel>
  );
};

const Follow = ({ following, paused, waiting, may }: { readonly following: Following; readonly paused: boolean; readonly waiting: number; readonly may: boolean }): ReactNode => {
  if (!may) return <span>Your role may read this log, not follow it.</span>;
  if (following === 'off') return <span>Not followed now.</span>;
  if (paused) return <span className="flex items-center gap-1.5"><Dot tone="idle" />Paused{waiting > 0 ? `, ${waiting === 1 ? 'one new line waits' : `${waiting.toLocaleString('en-GB')} new lines wait`}` : ''}</span>;
  return <span data-testid="log-following" data-following={following} className="flex items-center gap-1.5"><Dot tone={following === 'live' ? 'ok' : 'info'} moving={following === 'starting'} />{following === 'live' ? 'Live' : 'Starting to follow…'}</span>;
};
