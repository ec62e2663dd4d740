import type { ReactNode } from 'react';
import type { Rows } from '../live/live-context.js';
import { useTenantName } from '../session/session-context.js';
import { Panel, SkeletonRows } from './panel.js';
import { Denied, ProblemNote } from './problem-note.js';

interface Props {
  readonly of: Pick<Rows<unknown>, 'status' | 'problem'>;
  /** What is listed, for sentences: "API keys". */
  readonly what: string;
  readonly count: number;
  /** Says what to do to fill it. */
  readonly empty: ReactNode;
  readonly children: ReactNode;
}

/** The states that every live list has: on its way, not allowed, failed, empty, there. */
export const ListStates = ({ of: { status, problem }, what, count, empty, children }: Props): ReactNode => {
  const tenant = useTenantName();
  if (status === 'denied') return <Denied what={what} tenant={tenant} />;
  if (status === 'failed' && problem) return <ProblemNote problem={problem} />;
  if (status === 'loading') return <Panel flush><SkeletonRows label={`Loading ${what}`} /></Panel>;
  return count === 0 ? empty : children;
};

interface RowProps { readonly icon: ReactNode; readonly title: ReactNode; readonly text?: ReactNode; readonly aside?: ReactNode; readonly actions?: ReactNode }

/** One thing of a list: what it is, what is known of it, what can be done. Its parts wrap on a narrow screen. */
export const ListRow = ({ icon, title, text, aside, actions }: RowProps): ReactNode => (
  <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
    <span aria-hidden className="text-ink-3 [&>svg]:size-4">{icon}</span>
    <div className="min-w-0 flex-1 basis-56 sm:basis-44">
      <p className="break-words text-[13px] font-medium">{title}</p>
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
