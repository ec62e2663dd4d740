import { CheckCircle2, CircleAlert, X } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { problemDetails, toProblem, type ShownProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';
import { CopyButton } from './copy-button.js';

interface Note { readonly id: number; readonly title: string; readonly text?: string; readonly problem?: ShownProblem }

/** At most so many at once; older ones make room. */
const MOST = 4;
let notes: readonly Note[] = [];
let next = 1;
const listeners = new Set<() => void>();
const set = (value: readonly Note[]): void => {
  notes = value;
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void): (() => void) => { listeners.add(listener); return () => listeners.delete(listener); };
const drop = (id: number): void => set(notes.filter(n => n.id !== id));

export const toast = (title: string, text?: string): void => set([...notes, { id: next++, title, ...(text ? { text } : {}) }].slice(-MOST));
export const toastProblem = (error: unknown): void => {
  const problem = toProblem(error);
  set([...notes, { id: next++, title: problem.message, problem }].slice(-MOST));
};

const detailsOf = (problem: ShownProblem) => (): string => problemDetails(problem, new Date().toISOString());

/** How long a note stands, ms; a problem has more to read. */
const SHOWN = { note: 5_000, problem: 12_000 } as const;

/** Notes in the corner. They wait while somebody points at one or is in one; F8 goes to them. A press on one is none beside the dialog that is open. Here from the start, so that one about a lost connection shows too. */
export const Toaster = (): ReactNode => {
  const shown = useSyncExternalStore(subscribe, () => notes);
  const list = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState(false);
  const [within, setWithin] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => { if (event.key === 'F8') list.current?.focus(); };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  // What had the pointer or the focus may be gone.
  const waits = shown.length > 0 && (pointed || within);
  return (
    <section aria-label={t('Notifications ({hotkey})', { hotkey: 'F8' })}>
      <div ref={list} tabIndex={-1} aria-live="polite" aria-relevant="additions" className="fixed bottom-4 right-4 z-50 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2 outline-none"
        onPointerDown={event => event.stopPropagation()}
        onPointerEnter={() => setPointed(true)} onPointerLeave={() => setPointed(false)} onFocus={() => setWithin(true)} onBlur={event => { if (!event.currentTarget.contains(event.relatedTarget)) setWithin(false); }}>
        {shown.map(note => <NoteCard key={note.id} note={note} waits={waits} onGone={() => { setPointed(false); setWithin(false); }} />)}
      </div>
    </section>
  );
};

const NoteCard = ({ note, waits, onGone }: { readonly note: Note; readonly waits: boolean; readonly onGone: () => void }): ReactNode => {
  const { id, problem } = note;
  const left = useRef<number>(problem ? SHOWN.problem : SHOWN.note);
  useEffect(() => {
    if (waits) return;
    const from = performance.now();
    const timer = setTimeout(() => drop(id), left.current);
    return () => { clearTimeout(timer); left.current -= performance.now() - from; };
  }, [waits, id]);
  const close = (): void => { drop(id); onGone(); };
  const text = note.text ?? problem?.advice;
  return (
    <div data-testid="note" role={problem ? 'alert' : undefined} onKeyDown={event => { if (event.key === 'Escape') close(); }} className="pointer-events-auto flex animate-toast gap-3 rounded-lg border border-line bg-surface p-3 shadow-pop">
      {problem ? <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" /> : <CheckCircle2 aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />}
      <div className="min-w-0 flex-1 text-[13px]">
        <div className="font-medium text-ink">{note.title}</div>
        {text && <div className="mt-0.5 text-ink-2">{text}</div>}
        {problem && <p className="mt-1 flex items-center gap-1 font-mono text-[12px] text-ink-3">{problem.code}<CopyButton text={detailsOf(problem)} label={t('Copy details')} /></p>}
      </div>
      <button type="button" aria-label={t('Dismiss')} onClick={close} className="-m-1.5 grid size-7 place-items-center rounded text-ink-3 hover:bg-raised hover:text-ink"><X aria-hidden className="size-3.5" /></button>
    </div>
  );
};
