import { useNavigate, useSearch } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Download, ScrollText, ShieldCheck } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { Page } from '../app/page.js';
import { formatMoment } from '../lib/format.js';
import { useClient } from '../live/live-context.js';
import { usePast } from '../past/use-past.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Forbidden, needs } from '../ui/forbidden.js';
import { EmptyState, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { Dot } from '../ui/status-pill.js';
import { useAuditDesk, useMayVerify, useReadable, useScan } from './audit.data.js';
import type { AuditDesk } from './audit-desk.js';
import { EventPanel } from './event-panel.js';
import { ExportDialog } from './export-dialog.js';
import { FilterBar, serviceWord } from './filter-bar.js';
import { isEmpty, isPlain, matcher, servicesOf, type AuditFilter, type AuditSearch } from './filter.js';
import { foundRows, indexedRows, stretchOf } from './list-rows.js';
import type { Scan } from './scan.js';
import type { Readable } from './streams.js';
import { eventId, TimelineList } from './timeline-list.js';
import type { AuditEvent } from './timeline.js';
import { useSentences, type Sentences } from './use-sentences.js';
import { VerifyDialog } from './verify-dialog.js';

class Latest<T> {
  constructor(private value: T) {}
  readonly get = (): T => this.value;
  readonly set = (value: T): void => { this.value = value; };
}

/** The moment that is looked at is the end of the log. */
const cutAt = (filter: AuditFilter, past: string | undefined): AuditFilter => (past && (!filter.to || Date.parse(filter.to) > Date.parse(past)) ? { ...filter, to: past } : filter);

/** Every event of the organisation, newest first: who did what to what, as it is stored. */
export const AuditPage = (): ReactNode => {
  const { tenant } = useClient();
  const search = useSearch({ from: '/shell/audit' });
  const navigate = useNavigate();
  const past = usePast();
  const streams = useReadable();
  const sentences = useSentences();
  const mayVerify = useMayVerify();
  const [open, setOpen] = useState<'export' | 'verify'>();
  const [chosen, setChosen] = useState<AuditEvent>();
  const { event: _event, ...asked } = search;
  const key = JSON.stringify(cutAt(asked, past?.time));
  const filter = useMemo(() => JSON.parse(key) as AuditFilter, [key]);

  // Names may come later than the filter: they are looked up when they are needed.
  const [words] = useState(() => new Latest(sentences));
  useEffect(() => words.set(sentences), [words, sentences]);
  const fits = useMemo(() => matcher(filter, e => words.get().searched(e)), [filter, words]);
  const set = useCallback((change: { readonly [K in keyof AuditSearch]?: AuditSearch[K] | undefined }) => void navigate({ to: '/audit', search: before => JSON.parse(JSON.stringify({ ...before, ...change })) as AuditSearch, replace: true }), [navigate]);
  const clear = (): void => void navigate({ to: '/audit', search: {}, replace: true });

  const mine = streams.filter(s => s.filters.length > 0);
  const unread = streams.filter(s => !s.whole && servicesOf(filter).includes(s.service));
  return (
    <Page title={t('Audit')} actions={mine.length > 0 && <>
      <Button size="sm" icon={<ShieldCheck aria-hidden className="size-3.5" />} blocked={mayVerify ? undefined : needs('audit.chain.read')} onClick={() => setOpen('verify')}>{t('Verify…')}</Button>
      <Button size="sm" icon={<Download aria-hidden className="size-3.5" />} blocked={mayVerify ? undefined : needs('audit.chain.read')} onClick={() => setOpen('export')}>{t('Export…')}</Button>
    </>}>
      <PageBody>
        {mine.length === 0 ? <Forbidden right="audit.chain.read" title={t('You may not see events')} /> : <>
          <FilterBar filter={asked} sentences={sentences} set={set} clear={clear} />
          {unread.length > 0 && <Unread streams={unread} />}
          <Log key={servicesOf(filter).join()} {...{ streams: mine, filter, fits, sentences, chosen, setChosen }} selected={search.event} past={past !== null}
            onSelect={(event) => { setChosen(event); set({ event: event && eventId(event) }); }} onFilter={change => void navigate({ to: '/audit', search: change })} onClear={clear} />
        </>}
      </PageBody>
      {open === 'export' && <ExportDialog filter={filter} fits={fits} tenant={tenant} onClose={() => setOpen(undefined)} />}
      {open === 'verify' && <VerifyDialog filter={filter} tenant={tenant} onClose={() => setOpen(undefined)} />}
    </Page>
  );
};

const names = (streams: readonly Readable[]): string => streams.map(s => serviceWord(s.service)).join(', ');
const Unread = ({ streams }: { readonly streams: readonly Readable[] }): ReactNode => {
  const [none, part] = [streams.filter(s => s.filters.length === 0), streams.filter(s => s.filters.length > 0)];
  return (
    <p className="mb-3 rounded-lg border border-line bg-sunken px-3 py-2 text-[13px] text-ink-2">
      {none.length > 0 && <span>{t('Not shown, because your role may not follow them: {streams}.', { streams: names(none) })} </span>}
      {part.length > 0 && <span>{t('Shown in part, as far as your role may follow them: {streams}.', { streams: names(part) })}</span>}
    </p>
  );
};

interface LogProps {
  readonly streams: readonly Readable[]; readonly filter: AuditFilter; readonly fits: (event: AuditEvent) => boolean; readonly sentences: Sentences; readonly chosen: AuditEvent | undefined;
  readonly setChosen: (event: AuditEvent | undefined) => void; readonly selected: string | undefined; readonly past: boolean; readonly onSelect: (event: AuditEvent | undefined) => void; readonly onFilter: (change: AuditFilter) => void; readonly onClear: () => void;
}

const Log = ({ streams, filter, fits, sentences, chosen, setChosen, selected, past, onSelect, onFilter, onClear }: LogProps): ReactNode => {
  const wanted = servicesOf(filter);
  const desk = useAuditDesk(streams.filter(s => wanted.includes(s.service)));
  // Without an index, and for what is no whole stream, only what was looked through is known.
  const looking = !isPlain(filter) || (desk?.unindexed ?? false);
  const scan = useScan(desk, filter, fits, looking);
  const there = chosen && eventId(chosen) === selected;
  const ready = desk?.status === 'ready';
  // A link that leads to one event.
  useEffect(() => {
    if (!desk || !ready || there || !selected) return;
    const over = new AbortController();
    const [stream = '', seq = ''] = selected.split('.');
    const look = async (): Promise<void> => {
      // One that is not there, or may not be read, is as none.
      const found = await desk.stretch(stream, Number(seq), Number(seq), over.signal).catch(() => []);
      if (!over.signal.aborted) setChosen(found.find(e => eventId(e) === selected));
    };
    void look();
    return () => over.abort();
  }, [desk, ready, there, selected, setChosen]);
  const [held, setHeld] = useState<{ readonly end: number; readonly top: string | undefined }>();
  if (!desk || desk.status === 'loading' || (looking && !scan)) return <Panel flush><SkeletonRows label={t('Loading events')} rows={8} /></Panel>;
  if (desk.status === 'failed' && desk.problem) return <ProblemNote problem={desk.problem} />;

  const { first, end, missing } = stretchOf(desk.timeline, filter);
  const skip = scan && held?.top ? Math.max(0, scan.events.findIndex(e => eventId(e) === held.top)) : 0;
  const shownEnd = held && !scan ? Math.min(end, held.end) : end;
  const list = scan ? foundRows(scan.events, skip) : indexedRows(desk.timeline, first, shownEnd);
  const newer = scan ? skip : end - shownEnd;
  const event = there ? chosen : undefined;
  const nothing = list.count === 0 && (scan ? scan.state === 'done' : desk.live);
  return (
    <Panel flush title={t('What happened')} aside={<Status desk={desk} scan={scan} count={list.count} past={past} />}>
      {scan && <Looking scan={scan} desk={desk} />}
      {nothing ? <Nothing filter={filter} onClear={onClear} /> : list.count === 0 ? <SkeletonRows label={t('Loading events')} rows={8} /> : (
        <div className={clsx('grid min-w-0', event && 'lg:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]')}>
          <TimelineList key={scan ? 'found' : 'all'} list={list} sentences={sentences} newer={newer} selected={selected} onSelect={onSelect} onWant={blocks => desk.want([...blocks, ...missing])}
            onAway={away => setHeld(away ? { end, top: scan?.events[0] && eventId(scan.events[0]) } : undefined)} />
          {event && <EventPanel event={event} sentences={sentences} onFilter={onFilter} onClose={() => onSelect(undefined)} />}
        </div>
      )}
    </Panel>
  );
};

const Status = ({ desk, scan, count, past }: { readonly desk: AuditDesk; readonly scan: Scan | undefined; readonly count: number; readonly past: boolean }): ReactNode => (
  <span role="status" className="figure flex items-center gap-2 text-[12px] text-ink-3" data-testid="audit-count" data-count={count}>
    {scan ? t('{count, plural, one {# event found} other {# events found}}', { count }) : t('{count, plural, one {# event} other {# events}}', { count })}
    {!past && <span className="flex items-center gap-1.5"><Dot tone={desk.live ? 'ok' : 'info'} moving={!desk.live} />{desk.live ? t('Live') : t('Catching up…')}</span>}
  </span>
);

/** How far a search is, and what can be done about it. */
const Looking = ({ scan, desk }: { readonly scan: Scan; readonly desk: AuditDesk }): ReactNode => {
  const back = desk.unindexed ? desk.since : scan.back;
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-3 border-b border-line bg-sunken px-4 py-1.5 text-[12px] text-ink-2">
      {scan.state === 'failed' && scan.problem ? <ProblemNote className="my-1 w-full" problem={{ ...scan.problem, retryable: true }} onRetry={() => scan.goOn()} /> : <>
        {scan.state === 'looking' && <progress aria-label={t('Looking through the log')} className="h-1 w-32 accent-[var(--accent)]" {...(scan.left > 0 ? { value: scan.looked, max: scan.looked + scan.left } : {})} />}
        <span role="status" className="figure">{scan.state === 'looking' ? t('{looked, number} events looked at…', { looked: scan.looked }) : desk.unindexed ? t('What happened since {when}', { when: formatMoment(desk.since) }) : scan.state === 'done' ? t('All of the log was looked through.') : t('Looked through back to {when}', { when: back === undefined ? t('now') : formatMoment(back) })}</span>
        {scan.state === 'looking' && <Button size="sm" onClick={() => scan.cancel()}>{t('Cancel')}</Button>}
        {scan.state === 'paused' && <Button size="sm" onClick={() => scan.goOn()}>{t('Go on')}</Button>}
        {desk.unindexed && scan.state !== 'looking' && <Button size="sm" onClick={() => desk.further()}>{t('Look further back')}</Button>}
      </>}
    </div>
  );
};

const Nothing = ({ filter, onClear }: { readonly filter: AuditFilter; readonly onClear: () => void }): ReactNode => (isEmpty(filter)
  ? <EmptyState icon={<ScrollText />} title={t('Nothing has happened yet')}>{t('Whatever is done here shows as it happens, and stays.')}</EmptyState>
  : <EmptyState icon={<ScrollText />} title={t('No event fits')} action={<Button onClick={onClear}>{t('Show everything')}</Button>}>{t('Look for something else, or in another stretch of time.')}</EmptyState>);
