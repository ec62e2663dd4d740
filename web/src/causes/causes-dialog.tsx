/** What led to an event and what came of it: a graph with times that is a list as well. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { say, sayWith, spelledType } from '../audit/words/index.js';
import { formatMoment, formatTime } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { thingLink, thingWord } from '../lib/thing-link.js';
import { useThingNames } from '../lib/things.data.js';
import { useClient } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { actorName } from '../servers/history.js';
import { t } from '../texts/text.js';
import { Dialog } from '../ui/dialog.js';
import { SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ThingLink } from '../ui/thing-link.js';
import { readEvent } from '../undo/undo.data.js';
import { readCourse } from './causes.data.js';
import { causeGraph, chainTo, STEPS, type CauseNode, type LoggedEvent } from './graph.js';

export const CausesDialog = ({ event, text, onClose }: { readonly event: LoggedEvent; readonly text: string; readonly onClose: () => void }): ReactNode => (
  <Dialog open wide onOpenChange={open => { if (!open) onClose(); }} title={t('What led to it: {event}', { event: text })} description={t('Every command and event of the same course of things, with what caused what.')}>
    {event.id === '' ? <Found event={event} /> : <Causes correlation={event.correlation_id} at={event.at} event={event.id} />}
  </Dialog>
);

/** Of one that is known by its place in the log only. */
const Found = ({ event }: { readonly event: LoggedEvent }): ReactNode => {
  const client = useClient();
  const { data, error, refetch } = useQuery({ queryKey: ['event', event.stream, event.seq], queryFn: () => readEvent(client, event), staleTime: Infinity, retry: false });
  if (error) return <ProblemNote problem={toProblem(error)} onRetry={() => void refetch()} />;
  return data ? <Causes correlation={data.correlation_id} at={data.at} event={data.id} /> : <SkeletonRows label={t('Loading the course of things')} />;
};

/** `at`: when one of its events happened; `event`: the one that is asked about. */
export const Causes = ({ correlation, at, event }: { readonly correlation: string; readonly at: string; readonly event?: string }): ReactNode => {
  const client = useClient();
  const { data, error, refetch } = useQuery({ queryKey: ['causes', client.tenant, correlation], queryFn: () => readCourse(client, correlation, Date.parse(at)), retry: false });
  const nodes = useMemo(() => causeGraph(data ?? []), [data]);
  const chain = useMemo(() => new Set(event === undefined ? [] : chainTo(nodes, event).map(n => n.id)), [nodes, event]);
  if (error) return <ProblemNote problem={toProblem(error)} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows label={t('Loading the course of things')} />;
  if (nodes.length === 0) return <p className="text-ink-2">{t('Nothing of it may be read by you, or it is no longer kept.')}</p>;
  return (
    <div className="overflow-x-auto">
      <ol aria-label={t('Chain of causes')} className="min-w-max text-[13px]">
        {nodes.map(node => <NodeRow key={node.id} node={node} asked={event !== undefined && node.id === `event ${event}`} led={chain.has(node.id)} cause={causeOf(nodes, node)} />)}
      </ol>
    </div>
  );
};

const causeOf = (nodes: readonly CauseNode[], node: CauseNode): CauseNode | undefined => (node.by === undefined ? undefined : nodes.find(n => n.id === node.by));

/** Width of one step of causes, and height of a row, px. */
const STEP = 22;
const ROW = 40;

const commandWords = ({ reactor }: Extract<CauseNode, { kind: 'command' }>, actor: string): string => {
  if (reactor === undefined) return t('Command of {actor}', { actor });
  return reactor === STEPS ? t('The work that it began, step by step') : t('Reaction “{reactor}”', { reactor: reactor.replaceAll('-', ' ') });
};

const NodeRow = ({ node, asked, led, cause }: { readonly node: CauseNode; readonly asked: boolean; readonly led: boolean; readonly cause: CauseNode | undefined }): ReactNode => {
  const { user } = useClient();
  const names = useNames();
  const { name, within } = useThingNames();
  const of = node.kind === 'command' ? node.aggregate : node.event.aggregate;
  const thing = { service: of.service, aggregate: of.name, id: of.id };
  const called = name(thing);
  return (
    <li aria-current={asked || undefined} className={`flex items-center gap-3 pr-2 ${asked ? 'rounded-md bg-accent-wash' : ''}`} style={{ minHeight: ROW }}>
      <Lane node={node} led={led} />
      <time dateTime={node.at} title={formatMoment(Date.parse(node.at))} className="figure w-16 shrink-0 text-[12px] text-ink-3">{formatTime(Date.parse(node.at))}</time>
      <span className="min-w-0">
        <span className={led ? 'font-medium text-ink' : 'text-ink-2'}>{node.kind === 'event' ? `${sayWith(say(node.event), actorName(node.event.actor, user.id, names), called ?? thingWord(thing))}${node.times > 1 ? ` × ${node.times}` : ''}` : commandWords(node, actorName(node.actor, user.id, names))}</span>
        {' '}<span className="text-ink-3">{thingWord(thing)} <ThingLink to={thingLink(thing, within(thing))} className="underline-offset-2 hover:underline">{called ?? ''}</ThingLink></span>
        <span className="sr-only">{cause ? t('caused by {cause}', { cause: cause.kind === 'event' ? spelledType(cause.event.type) : t('a command') }) : t('the beginning')}</span>
        {node.kind === 'command' && node.loose && <span className="block text-[12px] text-ink-3">{t('belongs to it; what exactly caused it is not recorded')}</span>}
      </span>
    </li>
  );
};

/** The branch that leads here: a square for a command, a dot for an event. */
const Lane = ({ node, led }: { readonly node: CauseNode; readonly led: boolean }): ReactNode => {
  const x = node.depth * STEP + 10;
  const from = x - STEP;
  const loose = node.kind === 'command' && node.loose === true;
  return (
    <svg aria-hidden width={x + 12} height={ROW} className={`shrink-0 ${led ? 'text-accent' : 'text-line-strong'}`}>
      {Array.from({ length: Math.max(0, node.depth - 1) }, (_, i) => <line key={i} x1={i * STEP + 10} x2={i * STEP + 10} y1={0} y2={ROW} className="stroke-line" />)}
      {node.depth > 0 && <path d={`M${from} 0 V${ROW / 2} H${x}`} fill="none" stroke="currentColor" strokeWidth={led ? 2 : 1.5} strokeDasharray={loose ? '3 3' : undefined} />}
      {node.depth > 0 && <line x1={from} x2={from} y1={ROW / 2} y2={ROW} className="stroke-line" />}
      {node.kind === 'command' ? <rect x={x - 5} y={ROW / 2 - 5} width={10} height={10} rx={2} fill="currentColor" /> : <circle cx={x} cy={ROW / 2} r={4.5} fill="currentColor" />}
    </svg>
  );
};
