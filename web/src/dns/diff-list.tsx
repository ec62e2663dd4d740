import { clsx } from 'clsx';
import { ArrowRight, Minus, PencilLine, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RecordChange } from '../contracts.js';
import { t } from '../texts/text.js';
import { useWindowRows } from '../ui/window-rows.js';
import { CHANGE_WORDS, changedName, differences, recordLine } from './plan-model.js';

const MARKS = { create: [<Plus key="c" aria-hidden />, 'bg-ok-wash text-ok'], update: [<PencilLine key="u" aria-hidden />, 'bg-warn-wash text-warn'], delete: [<Minus key="d" aria-hidden />, 'bg-bad-wash text-bad'] } as const;

/** What a plan does, line by line: what comes, what goes, what becomes what. */
export const DiffList = ({ changes, label }: { readonly changes: readonly RecordChange[]; readonly label: string }): ReactNode => {
  const { list, indices, before, after, measure } = useWindowRows<HTMLUListElement>(changes.length, 62, i => i);
  return (
    <ul ref={list} aria-label={label} className="drawn-in-part" style={{ paddingTop: before, paddingBottom: after }}>
      {indices.map(i => {
        const change = changes[i];
        return change && (
          <li key={i} ref={measure} data-index={i} data-testid="change" data-op={change.op} aria-setsize={changes.length} aria-posinset={i + 1} className={clsx('flex items-start gap-3 px-4 py-2.5', i > 0 && 'border-t border-line')}>
            <span className={clsx('mt-0.5 grid size-5 shrink-0 place-items-center rounded [&>svg]:size-3.5', MARKS[change.op][1])}>{MARKS[change.op][0]}<span className="sr-only">{CHANGE_WORDS[change.op]}</span></span>
            <ChangeWords change={change} />
          </li>
        );
      })}
    </ul>
  );
};

/** One change: the record's name, and what is different of it. */
export const ChangeWords = ({ change }: { readonly change: RecordChange }): ReactNode => (
  <div className="min-w-0 flex-1 text-[13px]">
    <p className="break-all font-mono text-[12.5px] font-medium">{changedName(change)}</p>
    {change.op === 'create' && <Side kind="ins">{recordLine(change.after)}</Side>}
    {change.op === 'delete' && <Side kind="del">{recordLine(change.before)}</Side>}
    {change.op === 'update' && (
      <dl className="mt-1 grid gap-1">
        {differences(change.before, change.after).map(([name, was, now]) => (
          <div key={name} className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <dt className="w-16 shrink-0 text-[12px] text-ink-3">{name}</dt>
            <dd className="flex min-w-0 flex-wrap items-center gap-1.5"><Side kind="del">{was || t('none')}</Side><ArrowRight aria-hidden className="size-3.5 shrink-0 text-ink-3" /><Side kind="ins">{now || t('none')}</Side></dd>
          </div>
        ))}
      </dl>
    )}
  </div>
);

const Side = ({ kind, children }: { readonly kind: 'ins' | 'del'; readonly children: ReactNode }): ReactNode =>
  kind === 'ins' ? <ins className="w-fit break-all rounded bg-ok-wash px-1.5 font-mono text-[12px] text-ink no-underline">{children}</ins>
    : <del className="w-fit break-all rounded bg-bad-wash px-1.5 font-mono text-[12px] text-ink no-underline">{children}</del>;
