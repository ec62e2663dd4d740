import { CheckCircle2, CircleAlert, X } from 'lucide-react';
import { Toast } from 'radix-ui';
import { useSyncExternalStore, type ReactNode } from 'react';
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

export const Toaster = (): ReactNode => {
  const shown = useSyncExternalStore(subscribe, () => notes);
  return (
    <Toast.Provider swipeDirection="right" duration={6_000} label={t('Notification')}>
      {shown.map(note => (
        <Toast.Root key={note.id} type={note.problem ? 'foreground' : 'background'} duration={note.problem ? 12_000 : 5_000} onOpenChange={open => { if (!open) drop(note.id); }}
          className="flex animate-toast gap-3 rounded-lg border border-line bg-surface p-3 shadow-pop data-[swipe=move]:translate-x-(--radix-toast-swipe-move-x)">
          {note.problem ? <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" /> : <CheckCircle2 aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />}
          <div className="min-w-0 flex-1 text-[13px]">
            <Toast.Title className="font-medium text-ink">{note.title}</Toast.Title>
            {(note.text ?? note.problem?.advice) && <Toast.Description className="mt-0.5 text-ink-2">{note.text ?? note.problem?.advice}</Toast.Description>}
            {note.problem && <p className="mt-1 flex items-center gap-1 font-mono text-[12px] text-ink-3">{note.problem.code}<CopyButton text={detailsOf(note.problem)} label={t('Copy details')} /></p>}
          </div>
          <Toast.Close aria-label={t('Dismiss')} className="-m-1.5 grid size-7 place-items-center rounded text-ink-3 hover:bg-raised hover:text-ink"><X aria-hidden className="size-3.5" /></Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport label={t('Notifications ({hotkey})', { hotkey: '{hotkey}' })} className="fixed bottom-4 right-4 z-50 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2 outline-none" />
    </Toast.Provider>
  );
};
