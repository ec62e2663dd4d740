import { clsx } from 'clsx';
import { ArrowDown } from 'lucide-react';
import { useDeferredValue, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { Dot } from '../ui/status-pill.js';
import type { LogModel } from './log-model.js';
import { LogLines, type LogLinesHandle } from './log-lines.js';
import { LogToolbar } from './log-toolbar.js';
import type { LogSource, LogState } from './log-source.js';
import { saveFile, textPieces } from './save-log.js';
import { useAlone } from './use-alone.js';
import { useLogModel } from './use-log-model.js';
import { useLogSettings } from './use-log-settings.js';

interface Props {
  /** The same object as long as it is the same log: another one is read from its beginning. */
  readonly source: LogSource;
  /** To screen readers: `System log of web-1`. */
  readonly label: string;
  /** Of the file that is saved, without its ending. */
  readonly name: string;
  /** Said when there are no lines. */
  readonly empty: string;
  /** How many lines it begins with can be chosen: the source is made with `useLogSettings()`. */
  readonly counts?: boolean;
  /** Why it can't be asked for again now. */
  readonly blocked?: string | undefined;
  /** Why it is not followed, for who may only read it. */
  readonly unfollowed?: string | undefined;
  readonly testId?: string;
  /** What the page does with what writes the log: beside it also in full screen, where the page is not in sight. */
  readonly actions?: ReactNode;
  /** Which log. */
  readonly children?: ReactNode;
}

const gapWords = (count: number): string => t('… {count, plural, one {# line} other {# lines}} came too fast and {count, plural, one {is} other {are}} missing here', { count });

/** A log, as everywhere in the console: follow, search, filter, save; a million lines like ten. */
export const LogView = ({ source, label, name, empty, counts = false, blocked, unfollowed, testId, actions, children }: Props): ReactNode => {
  const { screen, state } = useLogModel(source, gapWords);
  const { model } = screen;
  const [settings, change] = useLogSettings();
  const [search, setSearch] = useState('');
  const [only, setOnly] = useState(false);
  const [here, setHere] = useState<number>();
  const [full, setFull] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const handle = useRef<LogLinesHandle>(null);
  useAlone(frame, full);

  const wanted = useDeferredValue(search);
  useEffect(() => model.look({ text: wanted, only, level: settings.level }), [model, wanted, only, settings.level]);
  const step = (by: 1 | -1): void => {
    const { found } = model;
    if (found === 0) return;
    const from = here ?? handle.current?.first() ?? 0;
    const at = model.foundAt(from);
    const next = by > 0 ? (here !== undefined && model.isFound(from) ? at + 1 : at) : at - 1;
    const line = model.foundLine((next + found) % found);
    if (line === undefined) return;
    setHere(line);
    model.hold();
    handle.current?.show(line);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && full) { event.preventDefault(); event.stopPropagation(); setFull(false); }
    else if (event.key === '/' && !(event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement)) { event.preventDefault(); field.current?.focus(); }
  };
  const none = model.count === 0;
  return (
    <section ref={frame} aria-label={label} data-testid={testId} onKeyDown={onKeyDown} className={clsx('flex min-w-0 flex-col overflow-hidden bg-surface', full ? 'fixed inset-0 z-40' : 'rounded-xl border border-line')}>
      <LogToolbar {...{ model, state, settings, change, search, only, step, counts, full, blocked, field }} at={here !== undefined && model.isFound(here) ? model.foundAt(here) + 1 : 0}
        onSearch={text => { setSearch(text); setHere(undefined); }} onOnly={setOnly} onFull={() => setFull(!full)} onReload={source.reload && (() => source.reload?.())} onSave={() => saveFile(`${name}.log`, [...textPieces(model)])}>{children}{full && actions}</LogToolbar>
      {state.problem && <ProblemNote className="m-3" tone="warn" problem={state.problem} onRetry={source.reload && (() => source.reload?.())} />}
      {state.truncated && !none && <p className="border-b border-line bg-sunken px-4 py-1 text-[12px] text-ink-3">{t('The log is longer: its first lines are not here, or very long ones were cut.')}</p>}
      {model.store.letGo > 0 && <p className="border-b border-line bg-sunken px-4 py-1 text-[12px] text-ink-3">{t('{count, plural, one {# older line was} other {# older lines were}} let go to make room.', { count: model.store.letGo })}</p>}
      {state.loading && model.store.count === 0 ? <SkeletonRows label={t('Loading the log')} rows={8} />
        : none ? !state.problem && <p className="px-4 py-16 text-center text-[13px] text-ink-3">{model.store.count === 0 ? empty : model.busy ? t('Searching…') : t('None of {count, plural, one {# line} other {# lines}} fits.', { count: model.store.count })}</p>
          : (
            <div className={clsx('relative', full && 'flex min-h-0 flex-1 flex-col')}>
              <LogLines screen={screen} wrap={settings.wrap} times={settings.times} label={label} here={here} tall={full} handle={handle} />
              {model.held && <Button size="sm" className="absolute bottom-3 right-5 shadow-pop" icon={<ArrowDown aria-hidden className="size-3.5" />} onClick={() => model.release()}>{state.following === 'live' ? t('Follow again') : t('To the end')}</Button>}
            </div>
          )}
      <p role="status" className="flex min-h-8 flex-wrap items-center gap-x-3 border-t border-line px-4 py-1.5 text-[12px] text-ink-3">
        <Follow state={state} model={model} unfollowed={unfollowed} />
        <span className="figure">{countWords(model)}</span>
        {model.busy && <span className="figure">{t('Searching… {percent} %', { percent: Math.floor(model.progress * 100) })}</span>}
        {state.dropped > 0 && <span className="text-warn">{t('{count, plural, one {# line} other {# lines}} came too fast and {count, plural, one {is} other {are}} not shown', { count: state.dropped })}</span>}
      </p>
    </section>
  );
};

const countWords = (model: LogModel): string => {
  const of = model.end - model.store.first;
  return model.count < of ? t('{count, number} of {of, plural, one {# line} other {# lines}}', { count: model.count, of }) : t('{of, plural, one {# line} other {# lines}}', { of });
};

const Follow = ({ state: { following }, model, unfollowed }: { readonly state: LogState; readonly model: LogModel; readonly unfollowed: string | undefined }): ReactNode => {
  if (unfollowed) return <span>{unfollowed}</span>;
  if (model.held) return <span className="flex items-center gap-1.5"><Dot tone="idle" />{model.waiting === 0 ? t('Paused') : t('Paused, {count, plural, one {one new line waits} other {# new lines wait}}', { count: model.waiting })}</span>;
  if (following === 'ended') return <span>{t('It has ended.')}</span>;
  if (following === 'off') return <span>{t('Not followed now.')}</span>;
  return <span data-testid="log-following" data-following={following} className="flex items-center gap-1.5"><Dot tone={following === 'live' ? 'ok' : 'info'} moving={following === 'starting'} />{following === 'live' ? t('Live') : t('Starting to follow…')}</span>;
};
