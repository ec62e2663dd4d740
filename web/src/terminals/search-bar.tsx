import { CaseSensitive, ChevronDown, ChevronUp, Regex, WholeWord, X } from 'lucide-react';
import { clsx } from 'clsx';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { IconButton } from '../ui/button.js';
import { inputClass } from '../ui/field.js';
import { useValue } from './hooks.js';
import type { LiveTerminal } from './live-terminal.js';

/** Finds text in screen and scrollback: which of how many, by pattern, by whole word, by case. */
export const SearchBar = ({ terminal, onClose }: { readonly terminal: LiveTerminal; readonly onClose: () => void }): ReactNode => {
  const { found } = useValue(terminal.notes);
  const [text, setText] = useState('');
  const [how, setHow] = useState({ regex: false, wholeWord: false, caseSensitive: false });
  const [valid, setValid] = useState(true);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => { input.current?.focus(); }, []);
  const find = (way: 'next' | 'previous' | 'typed', what = text, options = how): void => {
    const readable = !options.regex || readablePattern(what);
    setValid(readable);
    if (readable) terminal.find(what, options, way);
  };
  const close = (): void => { terminal.endSearch(); onClose(); terminal.focus(); };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') { event.stopPropagation(); close(); }
    if (event.key === 'Enter') { event.preventDefault(); find(event.shiftKey ? 'previous' : 'next'); }
  };
  const toggle = (name: keyof typeof how): void => { const next = { ...how, [name]: !how[name] }; setHow(next); find('typed', text, next); };
  const option = (name: keyof typeof how, label: string, icon: ReactNode): ReactNode => (
    <IconButton label={label} aria-pressed={how[name]} onClick={() => toggle(name)} className="size-7 aria-pressed:bg-accent-wash aria-pressed:text-accent-ink">{icon}</IconButton>
  );
  const count = text === '' ? '' : !valid ? t('no pattern yet') : found === undefined || found.count === 0 ? t('nothing found') : t('{index} of {count}', { index: found.index + 1, count: found.count });
  return (
    <div role="search" className="ml-auto flex w-fit max-w-full flex-wrap items-center gap-1 rounded-bl-lg border-b border-l border-line bg-surface px-2 py-1 shadow-pop">
      <input ref={input} aria-label={t('Search this terminal')} aria-invalid={!valid} value={text} spellCheck={false} onKeyDown={onKeyDown} onChange={e => { setText(e.target.value); find('typed', e.target.value); }} className={clsx(inputClass, 'h-7 w-44! min-w-0 font-mono text-[13px]')} />
      <span role="status" data-testid="search-count" className="figure min-w-20 px-1 text-[12px] text-ink-3">{count}</span>
      {option('caseSensitive', t('Match case'), <CaseSensitive aria-hidden className="size-4" />)}
      {option('wholeWord', t('Whole word'), <WholeWord aria-hidden className="size-4" />)}
      {option('regex', t('Regular expression'), <Regex aria-hidden className="size-4" />)}
      <IconButton label={t('Previous (Shift Enter)')} className="size-7" onClick={() => find('previous')}><ChevronUp aria-hidden className="size-4" /></IconButton>
      <IconButton label={t('Next (Enter)')} className="size-7" onClick={() => find('next')}><ChevronDown aria-hidden className="size-4" /></IconButton>
      <IconButton label={t('Close the search (Escape)')} className="size-7" onClick={close}><X aria-hidden className="size-4" /></IconButton>
    </div>
  );
};

const readablePattern = (text: string): boolean => {
  try { return new RegExp(text) instanceof RegExp; } catch { return false; }
};
