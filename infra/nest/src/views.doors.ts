import { Inject, type Type } from '@nestjs/common';
import { Refusal } from '@xanthus/kernel';
import { defineQuery, healthQuery, SERVICES, streamName, viewAtQuery, viewHistoryQuery, viewKey, type QueryContract, type ServiceName, type ViewContract } from '@xanthus/proto';
import type { Views } from '@xanthus/jetstream';
import { z } from 'zod';
import type { Call } from './call.js';
import { door, Doors } from './doors.decorator.js';
import { answerHealth, SERVICE_STATE, type ServiceState } from './health.js';
import { refuse } from './problem.js';
import { SERVICE_PAST, type Past } from './past.js';
import { queryRoute } from './route.js';
import { answerViewAt, answerViewHistory } from './view-at.js';

/** Injection token of the `Views` that `startService` opens for its service. */
export const SERVICE_VIEWS = Symbol('views of the service');

const LIMIT = 200;
const MAX_LIMIT = 1_000;
/** Longest wait for a view to reach `wait_for`, ms; under the deadline of a query. */
const WAIT = 4_000;

const value = z.object({ schema: z.int(), seq: z.int(), time: z.string(), data: z.unknown() });
const waitFor = z.int().min(0).optional().describe('answer when the view has reached this stream sequence (read your writes)');
const viewOutput = z.object({ as_of: z.object({ stream: z.string(), seq: z.int() }), id: z.string(), ...value.shape });
const listInput = z.object({ wait_for: waitFor, limit: z.int().min(1).max(MAX_LIMIT).default(LIMIT), cursor: z.string().max(256).optional(), filter: z.string().max(200).optional().describe('words that an item must contain, in any case') });
const listOutput = z.object({ items: z.array(z.object({ id: z.string(), ...value.shape })), next_cursor: z.string().optional(), as_of: z.object({ stream: z.string(), seq: z.int() }) });

/** `qry.<tenant>.<service>.view.<view>.<id>` */
export const viewOneContract = (view: ViewContract) => defineQuery({
  service: view.service, question: `view/${view.view}`, on: 'id', summary: view.summary, input: z.object({ wait_for: waitFor }), output: viewOutput, errors: ['NOT_FOUND'], example: {},
});
/** The same subject, of a view whose values belong to something: all that belongs to it. */
const viewWithinContract = (view: ViewContract) => defineQuery({
  service: view.service, question: `view/${view.view}`, on: 'id', summary: view.summary, input: listInput, output: listOutput, example: {},
});
/** `qry.<tenant>.<service>.view.<view>.all` */
export const viewListContract = (view: ViewContract) => defineQuery({
  service: view.service, question: `view/${view.view}`, on: 'all', summary: view.summary, input: listInput, output: listOutput, example: {},
});

const reach = async (views: Views, seq: number | undefined): Promise<void> => {
  if (seq !== undefined && !(await views.waitFor(seq, WAIT))) throw refuse('TIMEOUT', `The view has not reached ${seq} within ${WAIT} ms.`);
};

/** Every word stands somewhere in a text of the value; names of fields do not count. */
const hasAll = (words: readonly string[], value: unknown): boolean => {
  if (words.length === 0) return true;
  const texts = textsOf(value).map(t => t.toLowerCase());
  return words.every(word => texts.some(t => t.includes(word)));
};
const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
};

const readOne = async (views: Views, view: ViewContract, input: { wait_for?: number | undefined }, call: Call): Promise<z.infer<typeof viewOutput>> => {
  await reach(views, input.wait_for);
  const seq = await views.position();
  const found = await views.get(viewKey(call.tenant, view.view, call.id));
  if (found === undefined) throw new Refusal('NOT_FOUND', `There is no ${call.id} in ${view.view}.`);
  return { as_of: { stream: streamName(view.service), seq }, id: call.id, ...found };
};

const readList = async (views: Views, view: ViewContract, input: z.infer<typeof listInput>, call: Call, ...under: string[]): Promise<z.infer<typeof listOutput>> => {
  await reach(views, input.wait_for);
  const seq = await views.position();
  const words = (input.filter ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const all = (await views.list(call.tenant, view.view, ...under)).filter(e => hasAll(words, [e.id, e.value.data])).sort((a, b) => (a.id < b.id ? -1 : 1));
  const { cursor } = input;
  const after = cursor === undefined ? all : all.filter(e => e.id > cursor);
  const page = after.slice(0, input.limit);
  const last = page.at(-1);
  return {
    items: page.map(e => ({ id: e.id, ...e.value })),
    ...(after.length > page.length && last !== undefined ? { next_cursor: last.id } : {}),
    as_of: { stream: streamName(view.service), seq },
  };
};

/**
 * The doors of a service's views: list the result under `controllers`. Answers `qry.<tenant>.<service>.view.<view>.<id>` with
 * `{id, schema, seq, time, data, as_of}` (of a view `within` with a list as below) and `….all` with `{items: [{id, schema, seq, time, data}], next_cursor?, as_of: {stream, seq}}`; and, of all of them, `view-at` and `view-history`. And whether the service is well.
 */
export const serveViews = (service: ServiceName): Type => {
  class ViewDoors {
    constructor(readonly views: Views, readonly past: Past, readonly state: ServiceState) {}
  }
  Inject(SERVICE_VIEWS)(ViewDoors, undefined, 0);
  Inject(SERVICE_PAST)(ViewDoors, undefined, 1);
  Inject(SERVICE_STATE)(ViewDoors, undefined, 2);
  Doors()(ViewDoors);
  const add = <C extends QueryContract>(name: string, contract: C, method: (this: ViewDoors, input: never, call: Call) => Promise<unknown>): void => {
    const descriptor = { value: method, writable: true, configurable: true, enumerable: false };
    Object.defineProperty(ViewDoors.prototype, name, descriptor);
    door(contract, queryRoute(contract), {})(ViewDoors.prototype, name, descriptor as unknown as TypedPropertyDescriptor<never>);
  };
  add('health', healthQuery(service), function (_input, { tenant }) {
    return answerHealth(this.state, () => this.past.last(tenant));
  });
  for (const view of Object.values<ViewContract>(SERVICES[service].views)) {
    if (view.within === true) add(`${view.view} within`, viewWithinContract(view), function (input, call) {
      return readList(this.views, view, input, call, call.id);
    });
    else add(`${view.view} one`, viewOneContract(view), function (input, call) {
      return readOne(this.views, view, input, call);
    });
    add(`${view.view} all`, viewListContract(view), function (input, call) {
      return readList(this.views, view, input, call);
    });
    for (const on of ['all', 'id'] as const) add(`${view.view} at ${on}`, viewAtQuery(view, on), function (input, call) {
      return answerViewAt(this.past, view, input, call);
    });
    add(`${view.view} history`, viewHistoryQuery(view), function (input, call) {
      return answerViewHistory(this.past, view, input, call);
    });
  }
  return ViewDoors;
};
