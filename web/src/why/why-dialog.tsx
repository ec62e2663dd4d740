/** Who made a fact what it is, when, by which command, and why; and what it was before. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { streamName, type RowChange } from '@xanthus/proto';
import { useMemo, useState, type ReactNode } from 'react';
import { spelledType } from '../audit/words/index.js';
import { Causes } from '../causes/causes-dialog.js';
import type { LoggedEvent } from '../causes/graph.js';
import { formatMoment } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useClient, usePastTime } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { spellPath, spellValue } from '../past/changes.js';
import { viewHistory } from '../past/past.data.js';
import { actorName } from '../servers/history.js';
import { t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { EventMenu } from '../undo/event-menu.js';
import { fieldSteps, type FieldStep } from './field-history.js';
import { HistoryLink } from './history-link.js';
import { rowThing } from './row-things.js';
import type { WhyOf } from './why.js';

const PAGE = 100;

interface Props extends WhyOf { readonly path: string; readonly name: string; readonly onClose: () => void }

export const WhyDialog = ({ name, path, service, view, id, tenant, onClose }: Props): ReactNode => {
  const client = useClient();
  const time = usePastTime();
  const of = { tenant: tenant ?? client.tenant, service, view, id };
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetching } = useInfiniteQuery({
    queryKey: ['why', of.tenant, service, view, id],
    queryFn: ({ pageParam }) => viewHistory(client, of, { limit: PAGE, ...(pageParam === undefined ? {} : { before: pageParam }) }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: page => (page.complete ? undefined : page.before ?? page.changes.at(-1)?.event.seq),
    retry: false,
  });
  const steps = useMemo(() => {
    const last = time === undefined ? Infinity : Date.parse(time);
    const changes = (data?.pages ?? []).flatMap(p => p.changes).filter(c => Date.parse(c.event.occurred_at) <= last);
    return fieldSteps(changes, path === '' ? [] : path.split('.'));
  }, [data, path, time]);
  const [first, ...earlier] = steps;
  const thing = rowThing(service, view, id);
  return (
    <Dialog open wide onOpenChange={open => { if (!open) onClose(); }} title={t('Why is it so: {name}', { name })}>
      {error && <ProblemNote problem={toProblem(error)} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={2} label={t('Loading what made it so')} />}
      {data && !first && <p className="text-ink-2">{hasNextPage ? t('None of the newest changes made it so.') : t('No event made it so: it follows from something else, or was never set.')}</p>}
      {first && <Newest step={first} tenant={of.tenant} />}
      {earlier.length > 0 && (
        <>
          <h3 className="eyebrow mt-5">{t('Before')}</h3>
          <ol className="mt-1 divide-y divide-line rounded-lg border border-line">{earlier.map(step => <li key={step.event.id} className="px-3 py-2"><StepLine step={step} tenant={of.tenant} /></li>)}</ol>
        </>
      )}
      {hasNextPage && <Button className="mt-3" size="sm" busy={isFetching} onClick={() => void fetchNextPage()}>{t('Look further back')}</Button>}
      {thing && of.tenant === client.tenant && <p className="mt-4"><HistoryLink {...thing} /></p>}
    </Dialog>
  );
};

const Newest = ({ step, tenant }: { readonly step: FieldStep; readonly tenant: string }): ReactNode => {
  const [causes, setCauses] = useState(false);
  const { event } = step;
  return (
    <section aria-label={t('What made it so')}>
      <div className="rounded-lg border border-line p-3"><StepLine step={step} tenant={tenant} whole /></div>
      {causes ? <div className="mt-3"><Causes correlation={event.correlation_id} at={event.occurred_at} event={event.id} /></div> : <Button className="mt-3" size="sm" onClick={() => setCauses(true)}>{t('What led to it')}</Button>}
    </section>
  );
};

const StepLine = ({ step: { event, before, after, within }, tenant, whole }: { readonly step: FieldStep; readonly tenant: string; readonly whole?: boolean }): ReactNode => {
  const { user } = useClient();
  const names = useNames();
  const text = spelledType(event.type);
  return (
    <div className="flex items-start gap-3 text-[13px]">
      <div className="min-w-0 flex-1">
        <p><span className="font-medium">{actorName(event.actor, user.id, names)}</span> <span className="text-ink-3">· {text} · <Ago at={event.occurred_at} /></span></p>
        {within ? within.map(c => <Change key={c.path.join('.')} name={spellPath(c.path)} before={c.before} after={c.after} />) : <Change before={before} after={after} />}
        {whole && <p className="mt-1 break-all text-[12px] text-ink-3">{formatMoment(Date.parse(event.occurred_at))} · {t('command {id}', { id: event.command_id })}</p>}
      </div>
      <EventMenu event={toEvent(event, tenant)} text={text} />
    </div>
  );
};

/** The history of a view does not say what the event says: that is read when it is needed. */
const toEvent = (event: RowChange['event'], tenant: string): LoggedEvent => ({
  id: event.id, stream: streamName(event.aggregate.service), seq: event.seq, type: event.type, at: event.occurred_at, tenant, actor: event.actor, command_id: event.command_id, correlation_id: event.correlation_id,
  aggregate: event.aggregate, data: null,
});

const Change = ({ name, before, after }: { readonly name?: string; readonly before: unknown; readonly after: unknown }): ReactNode => (
  <p className="break-words text-[12px]">{name && <span className="text-ink-3">{name}: </span>}<del className="text-ink-3 no-underline">{spellValue(before)}</del> <span aria-label={t('became')}>→</span> <ins className="text-ink no-underline">{spellValue(after)}</ins></p>
);
