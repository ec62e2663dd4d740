import { useMutation } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import type { RecordingHit, RecordingIndex } from '../contracts.js';
import { formatMilliseconds } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { inputClass } from '../ui/field.js';
import { Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { clock } from './recording-link.js';
import { searchRecording } from './recordings.data.js';

interface SearchProps { readonly id: string; readonly first: string; readonly hits: readonly RecordingHit[]; readonly onHits: (hits: readonly RecordingHit[]) => void; readonly onJump: (hit: RecordingHit, text: string) => void }

/** What the screen showed: type, and jump to where it stands. */
export const SearchPanel = ({ id, first, hits, onHits, onJump }: SearchProps): ReactNode => {
  const client = useClient();
  const [text, setText] = useState(first);
  const [searched, setSearched] = useState('');
  const find = useMutation({
    mutationFn: async ({ wanted, from }: { wanted: string; from: number }) => ({ wanted, from, ...(await searchRecording(client, { text: wanted, from }, id)) }),
    onSuccess: ({ wanted, from, hits: found }) => { setSearched(wanted); onHits(from === 0 ? found : [...hits, ...found]); },
  });
  const submit = (event: FormEvent): void => { event.preventDefault(); if (text.trim() !== '') find.mutate({ wanted: text.trim(), from: 0 }); };
  const begun = useRef(false);
  const { mutate } = find;
  useEffect(() => {
    if (begun.current || first === '') return;
    begun.current = true;
    mutate({ wanted: first, from: 0 });
  }, [first, mutate]);
  const next = find.data?.next ?? null;
  return (
    <Panel title={t('Search')} flush>
      <form onSubmit={submit} className="flex gap-2 p-3">
        <label className="relative min-w-0 flex-1"><Search aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
          <input type="search" aria-label={t('Search in what the screen showed')} placeholder={t('Text on the screen')} maxLength={200} value={text} onChange={e => setText(e.target.value)} className={clsx(inputClass, 'h-8 pl-8 text-[13px]')} />
        </label>
        <Button size="md" type="submit" busy={find.isPending}>{t('Find')}</Button>
      </form>
      {find.error && <ProblemNote className="mx-3 mb-3" problem={toProblem(find.error)} />}
      {hits.length > 0 && (
        <ul aria-label={t('Found')} className="max-h-72 divide-y divide-line overflow-auto border-t border-line">
          {hits.map((hit, i) => (
            <li key={i}><button type="button" onClick={() => onJump(hit, searched)} className="flex w-full gap-3 px-3 py-2 text-left hover:bg-raised/60">
              <span className="figure shrink-0 text-[12px] text-accent-ink">{clock(hit.at_ms)}</span>
              <span className="min-w-0 font-mono text-[12px] leading-snug">
                {hit.before && <span className="block truncate text-ink-3">{hit.before}</span>}<span className="block break-all">{hit.line}</span>{hit.after && <span className="block truncate text-ink-3">{hit.after}</span>}
              </span>
            </button></li>
          ))}
        </ul>
      )}
      <p role="status" className={clsx('px-3 text-[12px] text-ink-3', (searched || next !== null) && 'py-2')}>{searched && (hits.length === 0 ? next === null ? t('“{searched}” was not found.', { searched }) : t('“{searched}” was not found so far.', { searched }) : next === null ? t('{hits} found.', { hits: hits.length }) : t('{hits} found so far.', { hits: hits.length }))}
        {next !== null && <Button size="sm" kind="quiet" className="ml-2" busy={find.isPending} onClick={() => find.mutate({ wanted: searched, from: next })}>{t('Search on')}</Button>}</p>
    </Panel>
  );
};

/** Commands as the shell told them. */
export const CommandsPanel = ({ index, at, onSeek }: { readonly index: RecordingIndex | undefined; readonly at: number; readonly onSeek: (ms: number) => void }): ReactNode => {
  const current = index?.commands.findLastIndex(c => c.at_ms <= at) ?? -1;
  return (
    <Panel title={t('Commands')} flush>
      {index === undefined ? <SkeletonRows label={t('Loading the commands')} rows={3} /> : index.commands.length === 0 ? <p className="px-4 py-6 text-center text-[13px] text-ink-3">{t('The shell told of no commands.')}</p> : (
        <ol aria-label={t('Commands')} className="max-h-80 divide-y divide-line overflow-auto">
          {index.commands.map((c, i) => (
            <li key={i}><button type="button" aria-current={i === current || undefined} onClick={() => onSeek(c.at_ms)} className={clsx('flex w-full items-baseline gap-3 px-3 py-1.5 text-left hover:bg-raised/60', i === current && 'bg-raised')}>
              <span className="figure shrink-0 text-[12px] text-accent-ink">{clock(c.at_ms)}</span>
              <code className="min-w-0 flex-1 truncate text-[12px]" title={c.text}>{c.text === '' ? t('(not told)') : c.text}</code>
              <span className={clsx('figure shrink-0 text-[12px]', c.exit_code === 0 || c.exit_code === null ? 'text-ink-3' : 'text-bad')}>{c.exit_code === null ? '' : c.exit_code === 0 ? t('ok') : t('exit {exit_code}', { exit_code: c.exit_code })}{c.confidence === 'guessed' ? t(' guessed') : ''} {formatMilliseconds(c.duration_ms)}</span>
            </button></li>
          ))}
        </ol>
      )}
      <p className="border-t border-line px-3 py-2 text-[12px] text-ink-3">{t('As the shell marked them. Whoever works in it can hide commands or invent some: no proof.')}{index?.truncated === true ? t(' There were more.') : ''}</p>
    </Panel>
  );
};
