/** Answers `view-at` and `view-history`: see `proto/src/past.ts`. */
import { eventOf, historyOf, PARKED_PREFIX, type Moment, type PastState } from '@xanthus/jetstream';
import { Refusal } from '@xanthus/kernel';
import { changedFields, streamName, viewKey, type OutputOf, type ParsedInputOf, type viewAtQuery, type ViewContract, type viewHistoryQuery, type ViewValue } from '@xanthus/proto';
import type { Call } from './call.js';
import type { Past } from './past.js';

type At = ReturnType<typeof viewAtQuery>;
type History = ReturnType<typeof viewHistoryQuery>;

/** An answer is one message of NATS: a page ends before it is too large. Bytes. */
const MOST_BYTES = 400_000;
const bytesOf = (text: string): number => Buffer.byteLength(text);
const MOST_PARKED = 20;
/** After so many ms no further piece of the past is looked through for a page of history. */
const HISTORY_MS = 8_000;

const requirePast = ({ view, no_past }: ViewContract): void => {
  if (no_past !== undefined) throw new Refusal('PAST.NOT_KEPT', no_past, { view });
};

export const answerViewAt = async (past: Past, view: ViewContract, input: ParsedInputOf<At>, call: Call): Promise<OutputOf<At>> => {
  requirePast(view);
  const moment: Moment = input.time === undefined ? { seq: input.seq ?? 0 } : { time: input.time };
  const state = await past.views().views.at(call.tenant, moment, call.signal);
  const rows = rowsOf(state, view, call).filter(({ id }) => input.cursor === undefined || id > input.cursor);
  const taken: typeof rows = [];
  let bytes = 0;
  for (const row of rows) {
    const size = bytesOf(row.text);
    if (taken.length === input.limit || (taken.length > 0 && bytes + size > MOST_BYTES)) break;
    taken.push(row);
    bytes += size;
  }
  const last = taken.at(-1);
  const parked = parkedIn(state, view, call);
  return {
    items: taken.map(({ id, text }) => ({ id, ...JSON.parse(text) as ViewValue })),
    ...(taken.length < rows.length && last !== undefined ? { next_cursor: last.id } : {}),
    as_of: { stream: streamName(view.service), seq: state.seq, time: state.time },
    ...(parked.length === 0 ? {} : { parked }),
  };
};

/** All rows, that of one id, or those that belong to one, as the view itself answers; by id. */
const rowsOf = (state: PastState, view: ViewContract, { tenant, id }: Call): { readonly id: string; readonly text: string }[] => {
  const key = id === 'all' ? `${tenant}.${view.view}` : viewKey(tenant, view.view, id);
  const one = id === 'all' ? undefined : state.texts.get(key);
  if (one !== undefined) return [{ id, text: one }];
  const found: { id: string; text: string }[] = [];
  for (const [k, text] of state.texts) if (k.startsWith(`${key}.`)) found.push({ id: k.slice(key.length + 1), text });
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
};

/** Of the view's own projection, and of what was asked for. */
const parkedIn = (state: PastState, view: ViewContract, { tenant, id }: Call): NonNullable<OutputOf<At>['parked']> => {
  const prefix = `${PARKED_PREFIX}${view.view}.${tenant}.`;
  const found: NonNullable<OutputOf<At>['parked']> = [];
  for (const [key, text] of state.texts) {
    if (!key.startsWith(prefix) || found.length === MOST_PARKED) continue;
    const [aggregate = '', of = ''] = key.slice(prefix.length).split('.');
    if (id === 'all' || of === id) found.push({ projection: view.view, aggregate, id: of, seq: (JSON.parse(text) as ViewValue).seq });
  }
  return found;
};

export const answerViewHistory = async (past: Past, view: ViewContract, input: ParsedInputOf<History>, call: Call): Promise<OutputOf<History>> => {
  requirePast(view);
  const { views, options } = past.views();
  const id = [call.id, ...(input.part === undefined ? [] : [input.part])];
  const { steps, next } = await historyOf(views, options, { tenant: call.tenant, view: view.view, id, before: input.before, limit: input.limit, until: performance.now() + HISTORY_MS, signal: call.signal });
  const changes: OutputOf<History>['changes'] = [];
  let [bytes, before] = [0, next];
  for (const { message, before: was, after } of steps) {
    const { id: event, seq, type, occurred_at, actor, command_id, correlation_id, aggregate } = eventOf(options, message);
    const change = { event: { id: event, seq, type, occurred_at, actor, command_id, correlation_id, aggregate }, changed: changedFields(was, after) };
    bytes += bytesOf(JSON.stringify(change));
    if (changes.length > 0 && bytes > MOST_BYTES) {
      before = changes.at(-1)?.event.seq;
      break;
    }
    changes.push(change);
  }
  return { stream: streamName(view.service), changes, complete: before === undefined, ...(before === undefined ? {} : { before }) };
};
