import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { Why, type WhyOf } from '../why/why.js';

export const Panel = ({ title, aside, children, className, flush }: { readonly title?: string; readonly aside?: ReactNode; readonly children: ReactNode; readonly className?: string; readonly flush?: boolean }): ReactNode => (
  <section aria-label={title} className={clsx('min-w-0 rounded-xl border border-line bg-surface', className)}>
    {title && (
      <header className="flex min-h-11 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-b border-line px-4 py-1">
        <h2 className="text-[13px] font-semibold tracking-tight">{title}</h2>
        {aside}
      </header>
    )}
    <div className={flush ? undefined : 'p-4'}>{children}</div>
  </section>
);

/** A fact: its name, its value, and where it comes from events the field of the row that says why it is so (`facts.os`). */
export type Fact = readonly [name: string, value: ReactNode, field?: string];

/** Name and value, as a description list. `of`: the row that they are fields of. */
export const Facts = ({ rows, of }: { readonly rows: readonly Fact[]; readonly of?: WhyOf }): ReactNode => (
  <dl className="grid grid-cols-[minmax(6.5rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-2.5 text-[13px]">
    {rows.map(([name, value, field]) => (
      <div key={name} className="group/fact contents">
        <dt className="text-ink-3">{name}</dt>
        <dd className="min-w-0 break-words text-ink">{value}{of && field !== undefined && <>{' '}<Why {...of} path={field} name={name} /></>}</dd>
      </div>
    ))}
  </dl>
);

/** Says what to do to fill it. */
export const EmptyState = ({ icon, title, children, action }: { readonly icon: ReactNode; readonly title: string; readonly children: ReactNode; readonly action?: ReactNode }): ReactNode => (
  <div className="mx-auto flex max-w-md animate-fade flex-col items-center px-6 py-14 text-center">
    <div aria-hidden className="mb-4 grid size-11 place-items-center rounded-xl border border-line bg-raised text-ink-2 [&>svg]:size-5">{icon}</div>
    <h2 className="text-[15px] font-semibold tracking-tight">{title}</h2>
    <div className="mt-1.5 text-ink-2">{children}</div>
    {action && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
  </div>
);

export const Skeleton = ({ className }: { readonly className?: string }): ReactNode => <div aria-hidden className={clsx('animate-breathe rounded bg-raised', className)} />;

/** Placeholder rows of a list that is on its way; without a label where something around them says so. */
export const SkeletonRows = ({ rows = 4, label }: { readonly rows?: number; readonly label?: string }): ReactNode => (
  <div role={label === undefined ? undefined : 'status'}>
    {label !== undefined && <span className="sr-only">{label}</span>}
    <div aria-hidden className="divide-y divide-line">
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="flex h-12 items-center gap-4 px-4">
          <Skeleton className="h-3 w-1/4" /><Skeleton className="h-3 w-1/6" /><Skeleton className="ml-auto h-3 w-16" />
        </div>
      ))}
    </div>
  </div>
);

export const PageBody = ({ children, narrow }: { readonly children: ReactNode; readonly narrow?: boolean }): ReactNode => (
  <div className="mx-auto w-full max-w-[1180px] animate-fade px-4 py-5 sm:px-6 sm:py-6">{narrow ? <div className="max-w-3xl">{children}</div> : children}</div>
);
