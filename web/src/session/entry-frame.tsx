import { useEffect, type ReactNode } from 'react';
import { Mark } from '../app/brand.js';
import { t } from '../texts/text.js';

/** The frame of the pages before the log-in. */
export const EntryFrame = ({ title, text, children, wide }: { readonly title: string; readonly text: string; readonly children: ReactNode; readonly wide?: boolean }): ReactNode => {
  useEffect(() => { document.title = t('{title} · Xanthus', { title }); }, [title]);
  return (
    <div className="entry-ground grid min-h-dvh grid-rows-[1fr_auto_1.4fr] px-4">
      <span />
      <main id="main" className={`mx-auto w-full animate-rise ${wide ? 'max-w-xl' : 'max-w-sm'} py-8`}>
        <Mark className="size-10" />
        <h1 className="mt-6 text-[22px] font-semibold tracking-tight">{title}</h1>
        <p className="mt-1 text-ink-2">{text}</p>
        <div className="mt-6 rounded-xl border border-line bg-surface p-5 shadow-pop sm:p-6">{children}</div>
      </main>
    </div>
  );
};
