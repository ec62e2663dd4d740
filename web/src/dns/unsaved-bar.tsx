import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { PlanObstacle, RecordIssue, Zone } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { inputClass } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { adoptRecords, useRecords } from './dns.data.js';
import { Obstacles } from './obstacles.js';
import { drop, fitting, issuesByKey, settle, tally, wishesOf } from './pending.js';
import { listIn } from './plan-model.js';
import { Issues } from './record-editor.js';
import { inputOf, shortName, fullName } from './record-model.js';
import { type Collected, useMakePlan } from './use-zone.js';

/** Changes that wait, however many: one bar, one plan. `away`: another part of the page is shown. */
export const UnsavedBar = ({ zone, pending, away }: { readonly zone: Zone; readonly pending: Collected; readonly away: boolean }): ReactNode => {
  const { status, rows } = useRecords(zone.id);
  const { all, change } = pending;
  // What was done meanwhile, by a plan or somebody else, is no wish any more.
  useEffect(() => { if (status === 'ready' && rows.size > 0) change(set => settle(set, rows, zone.name)); }, [status, rows, change, zone.name]);
  if (all.size === 0) return null;
  return (
    <div role="region" aria-label={t('Unsaved changes')} data-testid="unsaved" className="sticky bottom-0 z-20 animate-rise border-t border-line-strong bg-surface shadow-pop">
      <div className="mx-auto grid max-h-[60vh] max-w-[1180px] gap-2 overflow-y-auto px-4 py-3 sm:px-6">
        {away ? <Short zone={zone} pending={pending} /> : <Review zone={zone} pending={pending} />}
      </div>
    </div>
  );
};

const heading = ({ all }: Collected): string => `${t('{all, plural, one {One unsaved change} other {# unsaved changes}}', { all: all.size })}: ${tally(all)}`;

const Short = ({ zone, pending }: { readonly zone: Zone; readonly pending: Collected }): ReactNode => (
  <p className="text-[13px] text-ink-2">{heading(pending)}. <Link to="/domains/$id" params={{ id: zone.id }} className="text-accent-ink underline underline-offset-2">{t('Back to them')}</Link></p>
);

const Review = ({ zone, pending }: { readonly zone: Zone; readonly pending: Collected }): ReactNode => {
  const client = useClient();
  const some = useMemo(() => fitting(pending.all), [pending.all]);
  const { may, make } = useMakePlan(zone.id, ({ pending: made }) => pending.change(all => drop(all, made?.keys() ?? [])));
  const mayAdopt = useCan(maySend(client.tenant, adoptRecords, zone.id));
  const [reason, setReason] = useState('');
  const problem = make.error ? toProblem(make.error) : undefined;
  const issues = issuesByKey(some, listIn<RecordIssue>(problem?.details, 'issues'));
  const obstacles = listIn<PlanObstacle>(problem?.details, 'obstacles');
  const review = (): void => make.mutate({ source: { from: 'wishes', wishes: wishesOf(some) }, reason, pending: some });
  const title = (key: string): string => {
    const p = pending.all.get(key);
    const input = p && (p.op === 'delete' ? inputOf(p.before) : p.input);
    return input ? `${input.type} ${shortName(fullName(input.name, zone.name), zone.name)}` : key;
  };
  return (
    <>
      {problem && (
        <div className="grid gap-2">
          <ProblemNote problem={problem} onRetry={review} />
          {[...issues.of].map(([key, list]) => <div key={key} className="text-[13px]"><p className="font-mono text-[12px] font-medium">{title(key)}</p><Issues issues={list} /></div>)}
          <Issues issues={issues.rest} />
          {obstacles.length > 0 && <Obstacles zone={zone} obstacles={obstacles} may={mayAdopt} onAdopted={review} />}
        </div>
      )}
      {some.size < pending.all.size && <p className="text-[12px] text-ink-2">{t('One plan takes the first {some, number} of them; the rest waits here for the next one.', { some: some.size })}</p>}
      <form className="flex flex-wrap items-center gap-2" onSubmit={event => { event.preventDefault(); if (may && !make.isPending) review(); }}>
        <p role="status" className="mr-2 text-[13px] font-medium">{heading(pending)}</p>
        <input aria-label={t('Why, for the history')} placeholder={t('Why? (shown in the history)')} maxLength={500} value={reason} onChange={e => setReason(e.target.value)} className={`${inputClass} h-8 sm:!w-64`} />
        <Button kind="primary" type="submit" busy={make.isPending} blocked={may ? undefined : NOT_YOURS}>{t('Review plan')}</Button>
        <Button onClick={() => { make.reset(); pending.change(all => drop(all, [...all.keys()])); }}>{t('Forget all')}</Button>
      </form>
    </>
  );
};
