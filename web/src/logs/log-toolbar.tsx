import { clsx } from 'clsx';
import { ArrowDown, ArrowUp, Clock, Download, Filter, Maximize2, Minimize2, Pause, Play, RotateCw, Search, WrapText } from 'lucide-react';
import type { KeyboardEvent, ReactNode, RefObject } from 'react';
import { t } from '../texts/text.js';
import { Button, IconButton } from '../ui/button.js';
import { CopyButton } from '../ui/copy-button.js';
import { inputClass } from '../ui/field.js';
import type { Level } from './levels.js';
import type { LogModel } from './log-model.js';
import { LINE_COUNTS, type LogSettings } from './log-settings.js';
import type { LogState } from './log-source.js';
import { textPieces } from './save-log.js';

const LEVEL_WORDS: readonly (readonly [Level | 'all', string])[] = [['all', t('All levels')], ['error', t('Errors')], ['warning', t('Warnings and worse')], ['info', t('Without debugging')]];
/** More lines than this are saved, not copied. */
const COPIED = 20_000;

interface Props {
  readonly model: LogModel;
  readonly state: LogState;
  readonly settings: LogSettings;
  readonly change: (change: Partial<LogSettings>) => void;
  readonly search: string;
  readonly only: boolean;
  readonly onSearch: (text: string) => void;
  readonly onOnly: (only: boolean) => void;
  /** To the next or the previous line that was found. */
  readonly step: (by: 1 | -1) => void;
  /** Which of the found lines was gone to, from 1; 0: none yet. */
  readonly at: number;
  readonly counts: boolean;
  readonly full: boolean;
  readonly onFull: () => void;
  readonly onSave: () => void;
  readonly onReload: (() => void) | undefined;
  readonly blocked: string | undefined;
  readonly field: RefObject<HTMLInputElement | null>;
  readonly children: ReactNode;
}

const pressed = (on: boolean): string | undefined => (on ? 'bg-raised text-ink' : undefined);

export const LogToolbar = ({ model, state, settings, change, search, only, onSearch, onOnly, step, at, counts, full, onFull, onSave, onReload, blocked, field, children }: Props): ReactNode => {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  };
  const none = search === '' ? t('Search for something first.') : model.found === 0 ? t('Nothing was found.') : undefined;
  return (
    <div role="toolbar" aria-label={t('Log')} className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
      {children}
      {counts && (
        <select aria-label={t('How many lines to begin with')} value={settings.lines} onChange={e => change({ lines: Number(e.target.value) })} className={clsx(inputClass, 'h-8 !w-auto pr-7 text-[13px]')}>
          {LINE_COUNTS.map(n => <option key={n} value={n}>{t('{n, number} lines', { n })}</option>)}
        </select>
      )}
      <select aria-label={t('Level')} value={settings.level} onChange={e => change({ level: e.target.value as LogSettings['level'] })} className={clsx(inputClass, 'h-8 !w-auto pr-7 text-[13px]', settings.level !== 'all' && 'border-accent')}>
        {LEVEL_WORDS.map(([level, words]) => <option key={level} value={level}>{words}</option>)}
      </select>
      <div className="flex min-w-56 flex-1 items-center gap-0.5">
        <label className="relative min-w-0 flex-1"><Search aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
          <input ref={field} type="search" aria-label={t('Search in the log')} aria-describedby="log-found" placeholder={t('Search')} value={search} onChange={e => onSearch(e.target.value)} onKeyDown={onKeyDown} className={clsx(inputClass, 'h-8 pl-8 pr-16 text-[13px]')} />
          <span id="log-found" aria-live="polite" className="figure pointer-events-none absolute right-2.5 top-1.5 text-[12px] text-ink-3">{search === '' ? '' : at > 0 ? t('{at, number} of {found, number}', { at, found: model.found }) : t('{found, number}', { found: model.found })}</span>
        </label>
        <IconButton label={none ?? t('Previous (Shift Enter)')} aria-disabled={none !== undefined} onClick={() => { if (!none) step(-1); }}><ArrowUp aria-hidden className="size-4" /></IconButton>
        <IconButton label={none ?? t('Next (Enter)')} aria-disabled={none !== undefined} onClick={() => { if (!none) step(1); }}><ArrowDown aria-hidden className="size-4" /></IconButton>
        <IconButton label={t('Only lines with it')} aria-pressed={only} className={pressed(only)} onClick={() => onOnly(!only)}><Filter aria-hidden className="size-4" /></IconButton>
      </div>
      <div className="ml-auto flex flex-wrap items-center gap-0.5">
        <IconButton label={t('Wrap long lines')} aria-pressed={settings.wrap} className={pressed(settings.wrap)} onClick={() => change({ wrap: !settings.wrap })}><WrapText aria-hidden className="size-4" /></IconButton>
        <IconButton label={t('Show times')} aria-pressed={settings.times} className={pressed(settings.times)} onClick={() => change({ times: !settings.times })}><Clock aria-hidden className="size-4" /></IconButton>
        {model.count <= COPIED && <CopyButton text={() => [...textPieces(model)].join('')} label={t('Copy what is shown')} className="!size-8" />}
        <IconButton label={t('Download what is shown')} onClick={onSave}><Download aria-hidden className="size-4" /></IconButton>
        <IconButton label={full ? t('Leave full screen (Escape)') : t('Full screen')} aria-pressed={full} className={pressed(full)} onClick={onFull}>{full ? <Minimize2 aria-hidden className="size-4" /> : <Maximize2 aria-hidden className="size-4" />}</IconButton>
        {state.following === 'starting' || state.following === 'live'
          ? <Button size="sm" onClick={() => (model.held ? model.release() : model.hold())} icon={model.held ? <Play aria-hidden className="size-3.5" /> : <Pause aria-hidden className="size-3.5" />}>{model.held ? t('Resume') : t('Pause')}</Button>
          : onReload && <Button size="sm" busy={state.loading} blocked={blocked} icon={<RotateCw aria-hidden className="size-3.5" />} onClick={onReload}>{t('Reload')}</Button>}
      </div>
    </div>
  );
};
