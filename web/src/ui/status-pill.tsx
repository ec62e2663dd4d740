import { clsx } from 'clsx';
import type { ReactNode } from 'react';

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'idle';

const DOTS: Readonly<Record<Tone, string>> = { ok: 'bg-ok', warn: 'bg-warn', bad: 'bg-bad', info: 'bg-info', idle: 'bg-ink-3' };

export const Dot = ({ tone, moving }: { readonly tone: Tone; readonly moving?: boolean }): ReactNode => (
  <span aria-hidden className={clsx('inline-block size-[7px] shrink-0 rounded-full', DOTS[tone], moving && 'animate-breathe')} />
);

/** Neutral, with a coloured dot: the word says it, the colour only helps. */
export const StatusPill = ({ tone, moving, children }: { readonly tone: Tone; readonly moving?: boolean; readonly children: ReactNode }): ReactNode => (
  <span className="inline-flex h-6 items-center gap-1.5 whitespace-nowrap rounded-full border border-line bg-surface px-2 text-[12px] font-medium text-ink-2">
    <Dot tone={tone} {...(moving ? { moving } : {})} />{children}
  </span>
);
