/** Which events made a row of a view what it is: the fold is done once more, and what each event did to the row is written down. */
import type { Projection } from '@xanthus/kernel';
import { upcastEvent } from '@xanthus/kernel';
import { eventSubject, streamName, viewKey, type ViewValue } from '@xanthus/proto';
import { readEvent } from './event-store.js';
import { Fold } from './fold.js';
import type { PastViews } from './view-at.js';
import type { Bound, PastMessage, PastOptions } from './view-at.types.js';
import { viewTime } from './view-at-time.js';

/** What one event did to the row. Undefined: there was none, or is none any more. */
export interface RowStep { readonly message: PastMessage; readonly before: unknown; readonly after: unknown }
export interface HistoryRequest {
  readonly tenant: string;
  readonly view: string;
  /** Tokens of the row's id. */
  readonly id: readonly string[];
  readonly before?: number | undefined;
  readonly limit: number;
  /** Looking further back ends then; what was found is answered. `performance.now()` */
  readonly until: number;
  readonly signal?: AbortSignal | undefined;
}
/** Newest first. `next`: nothing before this sequence was looked at; undefined: nothing is left. */
export interface RowHistory { readonly steps: readonly RowStep[]; readonly next: number | undefined }

/** An id has so few events that reading them is quicker than any other way. */
const MOST_OWN = 20_000;

const dataOf = (text: string | undefined): unknown => (text === undefined ? undefined : (JSON.parse(text) as ViewValue).data);

/** A step as it is kept: rows as their stored text, which the next step shares. */
interface Kept { readonly message: PastMessage; readonly before: string | undefined; readonly after: string | undefined }
/** The newest ones of many, as many as a page needs and to know that there are more: a row may be large, and have changed ten thousand times. */
export const keepNewest = <T>(steps: T[], step: T, limit: number): void => {
  steps.push(step);
  if (steps.length > 2 * (limit + 1)) steps.splice(0, steps.length - (limit + 1));
};

export const historyOf = async (views: PastViews, options: PastOptions, request: HistoryRequest): Promise<RowHistory> => {
  const { tenant, view, id, before } = request;
  const own = options.projections.find(p => p.own?.view === view);
  const newest = await options.past.bound(views.filters(tenant), before === undefined ? { time: new Date().toISOString() } : { seq: before - 1 });
  if (own?.own !== undefined && id.length === 1) {
    const steps = await ownSteps(options, own, request, newest.upTo);
    if (steps !== undefined) return page(steps.reverse(), request.limit, undefined);
  }
  return wholeSteps(views, request, viewKey(tenant, view, ...id), newest);
};

const page = (newestFirst: readonly Kept[], limit: number, next: number | undefined): RowHistory => {
  const steps = newestFirst.slice(0, limit).map(({ message, before, after }): RowStep => ({ message, before: dataOf(before), after: dataOf(after) }));
  return steps.length < newestFirst.length ? { steps, next: steps.at(-1)?.message.seq } : { steps, next };
};

/** The quick way, where a row depends on nothing but the events of the aggregates that have its id: only those are read. Undefined: too many. */
const ownSteps = async ({ past, schemas, service }: PastOptions, projection: Projection, { tenant, id: [id = ''], limit, signal }: HistoryRequest, upTo: number): Promise<Kept[] | undefined> => {
  const filters = (projection.own?.aggregates ?? []).map(aggregate => eventSubject({ tenant, service, aggregate, id }));
  const bound = await past.bound(filters, { seq: upTo });
  const fold = new Fold({ stream: streamName(service), projections: [projection], schemas, fresh: true, read: async () => undefined, onParked: () => undefined });
  const key = viewKey(tenant, projection.own?.view ?? '', id);
  const steps: Kept[] = [];
  let [row, read]: [string | undefined, number] = [undefined, 0];
  for await (const messages of past.read(filters, 0, bound)) {
    if ((read += messages.length) > MOST_OWN) return undefined;
    signal?.throwIfAborted();
    for (const message of messages) {
      await fold.apply({ subject: message.subject, seq: message.seq, time: viewTime(message.time), data: message.data });
      for (const change of fold.take()) {
        if (change.key !== key || (row === undefined && change.text === undefined)) continue;
        keepNewest(steps, { message, before: row, after: change.text }, limit);
        row = change.text;
      }
    }
  }
  return steps;
};

/**
 * The whole fold, backwards in pieces between known states. A row says which event changed it last, so pieces in which nothing happened to it are left out; where there was
 * no row, every piece is looked through.
 */
const wholeSteps = async (views: PastViews, { tenant, limit, until, signal }: HistoryRequest, key: string, newest: Bound): Promise<RowHistory> => {
  const found: Kept[] = [];
  for (let bound = newest; bound.upTo > 0;) {
    const from = (await views.points(tenant, bound.upTo)).at(-1) ?? 0;
    const steps: Kept[] = [];
    const base = from === 0 ? undefined : await views.at(tenant, { seq: from }, signal);
    let row = base?.texts.get(key);
    const atBase = row;
    await views.through(tenant, from, bound, (message, changes) => {
      for (const change of changes) {
        if (change.key !== key || (row === undefined && change.text === undefined)) continue;
        keepNewest(steps, { message, before: row, after: change.text }, limit);
        row = change.text;
      }
    }, signal);
    found.push(...steps.reverse());
    const next = atBase === undefined ? from : (JSON.parse(atBase) as ViewValue).seq;
    if (next === 0) return page(found, limit, undefined);
    if (found.length >= limit || performance.now() > until) return page(found, limit, next + 1);
    bound = { ...bound, upTo: next };
  }
  return page(found, limit, undefined);
};

/** The event of a step, as this program reads it; undefined where it can't. */
export const eventOf = ({ service, schemas }: PastOptions, message: PastMessage) => {
  const event = readEvent(streamName(service), { subject: message.subject, seq: message.seq, time: message.time, data: message.data });
  return schemas === undefined ? event : upcastEvent(schemas, event);
};
