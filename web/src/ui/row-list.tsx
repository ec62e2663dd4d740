import { History } from 'lucide-react';
import type { ReactNode } from 'react';
import type { FeedState } from '../live/event-feed.js';
import type { Rows } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { EmptyState, Panel, SkeletonRows } from './panel.js';
import { Denied, ProblemNote } from './problem-note.js';
import { isUnkept } from '../past/rules.js';
import { Why, type WhyOf } from '../why/why.js';

interface Props {
  readonly of: Pick<Rows<unknown>, 'status' | 'problem'> & Partial<Pick<Rows<unknown>, 'partial'>>;
  /** What is listed, for sentences: "API keys". */
  readonly what: string;
  /** What it takes to see it, as roles name it: `auth.api-key.read`. */
  readonly right: string;
  readonly count: number;
  /** Says what to do to fill it. */
  readonly empty: ReactNode;
  /** Of the same shape as what comes, so that nothing jumps; rows of a list unless said otherwise. */
  readonly skeleton?: ReactNode;
  readonly children: ReactNode;
}

/** The states that every live page and list has: on its way, not allowed, failed, not of that time, empty, there in part, there. Stale is said once over the page. */
export const ListStates = ({ of: { status, problem, partial }, what, right, count, empty, skeleton, children }: Props): ReactNode => {
  if (status === 'denied') return <Denied what={what} right={right} />;
  if (status === 'failed' && isUnkept(problem?.code)) return <EmptyState icon={<History />} title={problem?.message ?? ''}>{problem?.advice}</EmptyState>;
  if (status === 'failed' && problem) return <ProblemNote problem={problem} />;
  if (status === 'loading') return skeleton ? <div role="status"><span className="sr-only">{t('Loading {what}', { what })}</span>{skeleton}</div> : <Panel flush><SkeletonRows label={t('Loading {what}', { what })} /></Panel>;
  if (count === 0) return partial ? <Panel flush><SkeletonRows label={t('Loading {what}', { what })} /></Panel> : empty;
  if (!partial) return children;
  return <div aria-busy>{children}<p role="status" className="mt-2 text-[12px] text-ink-3">{t('More is on its way…')}</p></div>;
};

/** A feed as such a state: `loading` until something came or it is known that there is nothing. */
export const feedStatus = ({ items, state, problem }: Pick<FeedState, 'items' | 'state' | 'problem'>): Props['of'] => (problem
  ? { status: problem.code === 'DENIED' || problem.code === 'REVOKED' ? 'denied' : 'failed', problem }
  : { status: items.length === 0 && state !== 'live' ? 'loading' : 'ready' });

interface RowProps { readonly icon: ReactNode; readonly title: ReactNode; readonly text?: ReactNode; readonly aside?: ReactNode; readonly actions?: ReactNode; /** The row of a view that it shows, and what it is called: says why it is so. */ readonly why?: WhyOf & { readonly name: string } }

/** One thing of a list: what it is, what is known of it, what can be done. Its parts wrap on a narrow screen. */
export const ListRow = ({ icon, title, text, aside, actions, why }: RowProps): ReactNode => (
  <li className="group/fact flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
    <span aria-hidden className="text-ink-3 [&>svg]:size-4">{icon}</span>
    <div className="min-w-0 flex-1 basis-56 sm:basis-44">
      <p className="break-words text-[13px] font-medium">{title}{why && <>{' '}<Why {...why} path="" /></>}</p>
      {text && <div className="break-words text-[12px] text-ink-3">{text}</div>}
    </div>
    {aside && <div className="text-[12px] text-ink-3">{aside}</div>}
    {actions && <div className="ml-auto flex items-center gap-1.5">{actions}</div>}
  </li>
);

/** A small word beside a name: "this one", "built in". */
export const Tag = ({ children, strong }: { readonly children: ReactNode; readonly strong?: boolean }): ReactNode => (
  <span className={`ml-1.5 inline-block whitespace-nowrap rounded border px-1.5 text-[11px] font-medium leading-[1.15rem] ${strong ? 'border-accent/40 bg-accent-wash text-accent-ink' : 'border-line text-ink-3'}`}>{children}</span>
);
