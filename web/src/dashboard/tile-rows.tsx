import type { ReactNode } from 'react';
import type { Rows } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Forbidden } from '../ui/forbidden.js';
import { Skeleton } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';

/** As many rows as a tile shows: the skeleton has the same height, so that nothing jumps. */
export const MOST = 6;

export const RowsSkeleton = ({ rows = 3, label }: { readonly rows?: number; readonly label: string }): ReactNode => (
  <div role="status" aria-label={label} className="divide-y divide-line">
    {Array.from({ length: rows }, (_, i) => (
      <div key={i} className="flex h-14 items-center gap-4 px-4"><div className="grid flex-1 gap-2"><Skeleton className="h-3 w-1/3" /><Skeleton className="h-2.5 w-1/2" /></div><Skeleton className="h-5 w-16 rounded-full" /></div>
    ))}
  </div>
);

interface Props<T> { readonly rows: Pick<Rows<T>, 'status' | 'stale_since' | 'problem'>; /** To see it. */ readonly right: string; readonly what: string; readonly label: string; readonly skeleton?: ReactNode; readonly children: ReactNode }

/** The states that all tiles with rows share: on its way, not allowed, failed, there. */
export const TileRows = <T,>({ rows, right, what, label, skeleton, children }: Props<T>): ReactNode => {
  switch (rows.status) {
    case 'denied': return <Forbidden dense right={right} title={t('You may not see {what}', { what })} />;
    case 'failed': return rows.problem ? <ProblemNote className="m-3" problem={rows.problem} /> : null;
    case 'loading': return skeleton ?? <RowsSkeleton label={label} />;
    case 'ready': return <>{children}<Stale since={rows.stale_since} /></>;
  }
};

/** The banner above the page says it too; here it says since when this tile is old. */
const Stale = ({ since }: { readonly since: number | null }): ReactNode => (since === null ? null : <p className="border-t border-line px-4 py-1.5 text-[12px] text-ink-3">{t('As of')} <Ago at={since} /></p>);
