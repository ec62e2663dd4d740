import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Film, Search, TextSearch } from 'lucide-react';
import { useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { mayAsk } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { Recording } from '../contracts.js';
import { formatBytes, formatMoment } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { t } from '../texts/text.js';
import { Button, buttonClass } from '../ui/button.js';
import { inputClass } from '../ui/field.js';
import { EmptyState, PageBody, Panel, Skeleton, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ListStates } from '../ui/row-list.js';
import { StatusPill } from '../ui/status-pill.js';
import { clock } from './recording-link.js';
import { searchRecordings, useRecordings } from './recordings.data.js';
import { filterRecordings, shownState } from './words.js';

/** Drawn at once; more on demand. */
const SHOWN = 100;

export const RecordingsPage = (): ReactNode => {
  const list = useRecordings();
  const all = useMemo(() => [...list.rows.values()], [list.rows]);
  return (
    <Page title={t('Recordings')}>
      <PageBody>
        <ListStates of={list} what={t('recordings')} right="terminals.recording.read" count={all.length} skeleton={<><Skeleton className="mb-3 h-8 w-full sm:w-64" /><Panel flush><SkeletonRows rows={6} /></Panel></>}
          empty={<EmptyState icon={<Film />} title={t('No recordings yet')} action={<Link to="/terminals" className={buttonClass('primary')}>{t('To the terminals')}</Link>}>{t('Whatever a terminal session shows is recorded while it goes on, unless the operator of this installation switched that off.')}</EmptyState>}>
          <Lists all={all} />
        </ListStates>
      </PageBody>
    </Page>
  );
};

const Lists = ({ all }: { readonly all: readonly Recording[] }): ReactNode => {
  const { tenant } = useClient();
  const names = useNames();
  const nameOf = (person: string): string => names.get(person) ?? t('A former member');
  const [q, setQ] = useState('');
  const [most, setMost] = useState(SHOWN);
  const shown = filterRecordings(all, q, nameOf);
  const maySearch = useCan(mayAsk(tenant, searchRecordings));
  return (
    <>
      <div className="relative mb-3 w-full sm:w-64">
        <Search aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
        <input type="search" aria-label={t('Filter recordings')} placeholder={t('Title, server or person')} value={q} onChange={e => setQ(e.target.value)} className={clsx(inputClass, 'h-8 pl-8')} />
      </div>
      <Panel flush>
        {shown.length === 0 ? <p className="py-8 text-center text-ink-2">{t('No recording fits “{q}”.', { q })}</p> : <ul aria-label={t('Recordings')} className="divide-y divide-line">{shown.slice(0, most).map(r => <Row key={r.id} recording={r} who={nameOf(r.person)} />)}</ul>}
      </Panel>
      <p role="status" className="mt-2 flex items-center gap-2 text-[12px] text-ink-3">{t('{shown, plural, one {1 recording} other {# recordings}}', { shown: shown.length })}{shown.length > most && <Button size="sm" kind="quiet" onClick={() => setMost(m => m + SHOWN)}>{t('Show more')}</Button>}</p>
      {maySearch && <SearchAll all={all} nameOf={nameOf} />}
    </>
  );
};

const Row = ({ recording: r, who }: { readonly recording: Recording; readonly who: string }): ReactNode => {
  const { label, tone, moving } = shownState(r);
  return (
    <li data-testid="recording-row" className="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 transition-colors hover:bg-raised/60">
      <div className="min-w-0 flex-1 basis-52">
        <p className="break-words text-[13px] font-medium"><Link to="/recordings/$id" params={{ id: r.id }} className="after:absolute after:inset-0">{r.title}</Link></p>
        <p className="text-[12px] text-ink-3">{t('{who} on {server_name}, {time}', { who, server_name: r.server_name, time: formatMoment(Date.parse(r.started_at)) })}</p>
      </div>
      {r.state === 'ended' && <span className="figure text-[12px] text-ink-2">{clock(r.duration_ms)}<span className="text-ink-3"> · {formatBytes(r.bytes)}</span></span>}
      <span title={r.problem ?? undefined}><StatusPill tone={tone} {...(moving ? { moving } : {})}>{label}</StatusPill></span>
    </li>
  );
};

/** In what all of them showed. */
const SearchAll = ({ all, nameOf }: { readonly all: readonly Recording[]; readonly nameOf: (person: string) => string }): ReactNode => {
  const client = useClient();
  const [text, setText] = useState('');
  const [found, setFound] = useState<Awaited<ReturnType<typeof ask>>['found']>([]);
  const ask = (wanted: string, before: string | null) => searchRecordings(client, { text: wanted, ...(before === null ? {} : { before }) });
  const find = useMutation({
    mutationFn: async ({ wanted, before }: { wanted: string; before: string | null }) => ({ wanted, before, ...(await ask(wanted, before)) }),
    onSuccess: answer => setFound(earlier => (answer.before === null ? answer.found : [...earlier, ...answer.found])),
  });
  const byId = useMemo(() => new Map(all.map(r => [r.id, r])), [all]);
  const submit = (event: FormEvent): void => { event.preventDefault(); if (text.trim() !== '') find.mutate({ wanted: text.trim(), before: null }); };
  const next = find.data?.next ?? null;
  return (
    <Panel title={t('Search in all of them')} flush className="mt-6">
      <form onSubmit={submit} className="flex flex-wrap gap-2 p-3">
        <label className="relative min-w-40 flex-1"><TextSearch aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
          <input type="search" aria-label={t('Search in what all recordings showed')} placeholder={t('Text on any screen')} maxLength={200} value={text} onChange={e => setText(e.target.value)} className={clsx(inputClass, 'h-8 pl-8 text-[13px]')} /></label>
        <Button type="submit" busy={find.isPending}>{t('Find')}</Button>
      </form>
      {find.error && <ProblemNote className="mx-3 mb-3" problem={toProblem(find.error)} />}
      <ul aria-label={t('Recordings with this text')} className="divide-y divide-line">
        {find.data && found.map(({ recording, hits, more }) => {
          const r = byId.get(recording);
          return (
            <li key={recording} className="px-4 py-3">
              <p className="text-[13px] font-medium">{r ? t('{title}, {nameOf} on {server_name}, {time}', { title: r.title, nameOf: nameOf(r.person), server_name: r.server_name, time: formatMoment(Date.parse(r.started_at)) }) : recording}</p>
              <ul className="mt-1 grid gap-0.5">{hits.map((hit, i) => (
                <li key={i}><Link to="/recordings/$id" params={{ id: recording }} search={{ t: Math.floor(hit.at_ms / 1_000), q: find.data.wanted }} className="flex gap-3 rounded px-1 hover:bg-raised/60"><span className="figure shrink-0 text-[12px] text-accent-ink">{clock(hit.at_ms)}</span><span className="min-w-0 break-all font-mono text-[12px]">{hit.line}</span></Link></li>
              ))}</ul>
              {more && <p className="mt-1 text-[12px] text-ink-3">{t('And more in this one.')}</p>}
            </li>
          );
        })}
      </ul>
      <p role="status" className="px-3 py-2 text-[12px] text-ink-3">{find.data ? (found.length === 0 ? next === null ? t('“{wanted}” was not found.', { wanted: find.data.wanted }) : t('“{wanted}” was not found so far.', { wanted: find.data.wanted }) : next === null ? t('{found, plural, one {Found in one recording.} other {Found in # recordings.}}', { found: found.length }) : t('{found, plural, one {Found in one recording so far.} other {Found in # recordings so far.}}', { found: found.length })) : t('Where something is found, it is written down that you looked.')}
        {next !== null && find.data && <Button size="sm" kind="quiet" className="ml-2" busy={find.isPending} onClick={() => find.mutate({ wanted: find.data.wanted, before: next })}>{t('Search on')}</Button>}</p>
    </Panel>
  );
};
