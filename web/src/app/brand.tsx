import type { ReactNode } from 'react';

export const Mark = ({ className = 'size-6' }: { readonly className?: string }): ReactNode => (
  <svg viewBox="0 0 32 32" aria-hidden className={className}>
    <rect width="32" height="32" rx="8" className="fill-ink dark:fill-raised" />
    <path d="M8.5 8h4.2l3.4 5.3L19.6 8h4L18.2 16l5.6 8h-4.3l-3.6-5.4L12.2 24h-4L13.9 16z" className="fill-accent" />
  </svg>
);

/** Before anything is known: the name, and that something happens. */
export const Splash = ({ text }: { readonly text: string }): ReactNode => (
  <div role="status" className="grid min-h-dvh place-items-center">
    <div className="flex flex-col items-center gap-4 text-ink-3"><Mark className="size-10 animate-breathe" /><p>{text}</p></div>
  </div>
);
