/** An undo as a plan that is shown before it is sent. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { undoOf, type Sending, type UndoCommand } from '@xanthus/proto/undo';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { LoggedEvent } from '../causes/graph.js';
import { formatMoment } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { thingLink, thingWord } from '../lib/thing-link.js';
import { useThingNames } from '../lib/things.data.js';
import { useCan, useClient, useLive, usePresentRows } from '../live/live-context.js';
import { known, t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Skeleton } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ThingLink } from '../ui/thing-link.js';
import { toast } from '../ui/toaster.js';
import { undoPlan, type PlanLine } from './plan.js';
import { readEvent, readPictures, rightOf, rowOf, takeBack, undoneOf, useHead } from './undo.data.js';

interface Props { readonly event: LoggedEvent; /** The event in words. */ readonly text: string; readonly onClose: () => void }

export const UndoDialog = ({ event, text, onClose }: Props): ReactNode => {
  const client = useClient();
  const { data, error } = useQuery({ queryKey: ['event', event.stream, event.seq], queryFn: () => readEvent(client, event), initialData: event.data ? event : undefined, staleTime: Infinity, retry: false });
  return (
    <Dialog open onOpenChange={open => { if (!open) onClose(); }} title={t('Undo: {event}', { event: text })} description={t('It happened on {moment}.', { moment: formatMoment(Date.parse(event.at)) })}>
      {error ? <ProblemNote problem={toProblem(error)} /> : data ? <HowTo event={data} onClose={onClose} /> : <Skeleton className="h-16" />}
    </Dialog>
  );
};

const HowTo = ({ event, onClose }: Omit<Props, 'text'>): ReactNode => {
  const undo = undoOf(undoneOf(event));
  const { within } = useThingNames();
  const thing = { service: event.aggregate.service, aggregate: event.aggregate.name, id: event.aggregate.id };
  const where = undo.kind === 'page' && undo.thing ? undo.thing(undoneOf(event)) : thing;
  if (undo.kind === 'command') return <Planned undo={undo} event={event} onClose={onClose} />;
  return (
    <>
      {undo.kind === 'cannot' && <p className="font-medium">{t('This can’t be taken back from here.')}</p>}
      <p className="text-ink-2">{known(undo.why)}</p>
      <DialogActions>
        {undo.kind === 'page' && <ThingLink to={thingLink(where, ('within' in where ? where.within : undefined) ?? within(where))} className="mr-auto self-center text-accent-ink underline">{t('To its page')}</ThingLink>}
        <Button onClick={onClose}>{t('Close')}</Button>
      </DialogActions>
    </>
  );
};

const NO_ROW = { service: '', tenant: '', view: '', id: '' };

const Planned = ({ undo, event, onClose }: { readonly undo: UndoCommand; readonly event: LoggedEvent; readonly onClose: () => void }): ReactNode => {
  const live = useLive();
  const client = useClient();
  const row = rowOf(undo, event);
  const { data, error, refetch } = useQuery({ queryKey: ['undo', event.stream, event.seq], queryFn: () => readPictures(client, undo, event), staleTime: Infinity, retry: false });
  const now = useNowRow(row);
  const head = useHead(event);
  const [opened] = useState(() => live.now());
  const may = useCan(maySend(event.tenant, rightOf(undo, event, undo.verbs[0] ?? ''), event.aggregate.id));
  const send = useMutation({
    mutationFn: ({ sending, seen }: { readonly sending: Sending; readonly seen: number | undefined }) => takeBack(client, undo, event, sending, seen),
    onSuccess: () => { toast(t('Taken back'), t('It is an event of its own in the history.')); onClose(); },
  });
  if (error) return <ProblemNote problem={toProblem(error)} onRetry={() => void refetch()} />;
  if (!data || now.status === 'loading' || !head.ready) return <Skeleton className="h-16" />;
  const plan = undoPlan(undo, undoneOf(event), { ...data, now: now.row }, new Date(live.now()).toISOString());
  if (plan.kind !== 'ready') {
    return (
      <>
        <p className="text-ink-2">{plan.kind === 'nothing' ? t('It is already as it was before: there is nothing to do.') : known(plan.why)}</p>
        <DialogActions><Button onClick={onClose}>{t('Close')}</Button></DialogActions>
      </>
    );
  }
  return (
    <>
      {send.error && <ProblemNote className="mb-3" problem={toProblem(send.error)} />}
      {head.at > opened && !send.isPending && <p role="status" className="mb-3 rounded-lg border border-info/30 bg-info-wash p-3 text-[13px]">{t('Something happened to it while you looked. This is the plan for how it is now.')}</p>}
      {plan.stale && <p role="status" className="mb-3 rounded-lg border border-warn/30 bg-warn-wash p-3 text-[13px]">{t('It was changed again since then. The undo goes back to how it was before this event, over what came later.')}</p>}
      <PlanTable lines={plan.lines} verb={plan.sending.verb} word={thingWord({ service: event.aggregate.service, aggregate: undo.aggregate })} />
      {undo.note && <p className="mt-3 text-[13px] text-ink-2">{known(undo.note)}</p>}
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button kind="primary" busy={send.isPending} blocked={may ? undefined : t('Your role doesn’t allow “{verb}” of this {thing}.', { verb: plan.sending.verb, thing: thingWord({ service: event.aggregate.service, aggregate: undo.aggregate }) })} onClick={() => send.mutate({ sending: plan.sending, seen: head.seq })}>{t('Undo it')}</Button>
      </DialogActions>
    </>
  );
};

const useNowRow = (row: ReturnType<typeof rowOf>): { readonly status: string; readonly row: Readonly<Record<string, unknown>> | undefined } => {
  const { service, tenant, view, id } = row ?? NO_ROW;
  const list = usePresentRows<Readonly<Record<string, unknown>>>(service || 'auth', tenant || 'xanthus', view || 'none', id || 'none');
  return row ? { status: list.status, row: list.rows.get(id) } : { status: 'ready', row: undefined };
};

const PlanTable = ({ lines, verb, word }: { readonly lines: readonly PlanLine[]; readonly verb: string; readonly word: string }): ReactNode => (
  <table className="w-full text-left text-[13px]">
    <caption className="pb-2 text-left text-ink-2">{t('Sends “{verb}” to the {thing}:', { verb: verb.replaceAll('-', ' '), thing: word })}</caption>
    {lines.length > 0 && (
      <>
        <thead><tr className="border-b border-line text-[12px] text-ink-3"><th scope="col" className="py-1 pr-3 font-medium"><span className="sr-only">{t('Field')}</span></th><th scope="col" className="py-1 pr-3 font-medium">{t('Now')}</th><th scope="col" className="py-1 font-medium">{t('After the undo')}</th></tr></thead>
        <tbody>
          {lines.map(line => (
            <tr key={line.name} className="align-top">
              <th scope="row" className="py-1.5 pr-3 font-normal text-ink-3">{line.name}</th>
              <td className="break-words py-1.5 pr-3">{line.is}{line.was !== undefined && <span className="block text-[12px] text-ink-3">{t('this event made it {value}', { value: line.was })}</span>}</td>
              <td className="break-words py-1.5 font-medium">{line.will}</td>
            </tr>
          ))}
        </tbody>
      </>
    )}
  </table>
);
