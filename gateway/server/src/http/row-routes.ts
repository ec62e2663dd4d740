import type { NatsConnection } from '@nats-io/transport-node';
import { Views } from '@xanthus/jetstream';
import { commandSubject, HEADERS, HTTP_ROWS, INSTALLATION, querySubject, TOKEN, viewAtQuery, type HttpRow, type QueryContract, type ViewAt, type ViewContract } from '@xanthus/proto';
import type { Authenticated } from '../access/access.js';
import { identityOf } from '../access/identity-of.js';
import { limit } from '../operations/context.js';
import { refuse, Refused } from '../protocol/problem.js';
import type { HttpAnswer, HttpRequest } from './answer.js';
import type { HttpContext } from './context.js';
import type { Route } from './router.js';

/** How long `?wait=view` waits, ms. */
const WAIT = 5_000;

/** Every row of the API: the subject behind it, the right on that subject, a request, the answer. No rule of business. */
export const rowRoutes = (context: HttpContext): Route[] => HTTP_ROWS.map(row => ({ method: row.method, path: row.path, handler: request => answerRow(context, row, request) }));

const answerRow = async (context: HttpContext, route: HttpRow, request: HttpRequest): Promise<HttpAnswer> => {
  const caller = await context.caller(request.raw);
  const { tenant, sub } = caller.claims;
  const { row, body, id = request.params['id'] } = route.named === undefined ? await chosen(route, request) : await found(context, caller, route, request);
  if (row.target.kind === 'view' && request.query.has('at')) return asItWas(context, caller, { view: row.target, row, id, request });
  if (row.own === true && row.target.kind === 'view') return ownView(context, row, row.target.view, caller);
  const subject = row.own === true ? subjectOf(row, INSTALLATION, id ?? sub) : subjectOf(row, tenant, id);
  const data = await askService(context, caller, { subject, request, input: async () => (row.method === 'GET' ? listInput(row, request.query) : body ?? request.body()) });
  return written(context, row, data, request.query.get('wait') === 'view');
};

/** The right on the subject, the limits, then the service's answer. @throws Refused */
export const askService = async (context: HttpContext, caller: Authenticated, o: { readonly subject: string; readonly request: HttpRequest; input(): Promise<unknown> }): Promise<unknown> => {
  const { subject, request } = o;
  const { tenant, sub: id, sid } = caller.claims;
  if (!context.capabilities.current()) return refuse('UNAVAILABLE', 'Rights cannot be checked now; try again.');
  if (!context.capabilities.allows(tenant, id, { what: 'command', subject })) return refuse('DENIED');
  const exceeded = context.quotas.command({ tenant, id });
  if (exceeded !== undefined) limit(context, 'RATE_LIMITED', exceeded);
  const answer = await context.commands.run({
    subject, payload: JSON.stringify(await o.input()), identity: identityOf({ kind: caller.kind, id, tenant, session: sid, proved_until: context.access.provedUntil(sid) }), correlation_id: request.correlation_id,
    idempotency_key: header(request, 'idempotency-key', /^[\x21-\x7e]{1,128}$/), expected_seq: header(request, HEADERS.EXPECTED.toLowerCase(), /^\d{1,15}$/), traceparent: traceOf(request),
  });
  if ('problem' in answer) throw new Refused(answer.problem);
  return JSON.parse(answer.text) as unknown;
};

interface Chosen { readonly row: HttpRow; readonly body?: unknown; readonly id?: string }

/** Of a row whose id is found by a field of the body: the newest of what the caller may see. */
const found = async (context: HttpContext, caller: Authenticated, row: HttpRow, request: HttpRequest): Promise<Chosen> => {
  const { field, view, by, as } = row.named ?? refuse('NOT_FOUND');
  const { [field]: name, ...rest } = ((await request.body()) ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') return refuse('INVALID', `Give ${field}: the ${by.join(' or ')}.`);
  const subject = querySubject({ tenant: caller.claims.tenant, service: view.service, question: 'view', view: view.view, id: 'all' });
  const { items } = await askService(context, caller, { subject, request, input: async () => ({ filter: name.slice(0, 200), limit: 1_000 }) }) as { readonly items: readonly { readonly id: string; readonly data: Readonly<Record<string, unknown>> }[] };
  const { id } = items.findLast(item => by.some(key => item.data[key] === name)) ?? refuse('NOT_FOUND', `There is no such ${field}.`);
  return { row, id, body: { ...rest, ...(as === undefined ? {} : { [as]: name }) } };
};

/** Of a row that stands for several commands: the one that the body names, and the body without that field. */
const chosen = async (row: HttpRow, request: HttpRequest): Promise<Chosen> => {
  if (row.older !== undefined) return { row, body: renamed(row.older, await request.body()) };
  if (row.by === undefined) return { row };
  const { field, targets } = row.by;
  const { [field]: name, ...body } = ((await request.body()) ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || !Object.hasOwn(targets, name)) return refuse('INVALID', `Give ${field}: one of ${Object.keys(targets).join(', ')}.`);
  return { row: { ...row, target: targets[name] ?? row.target }, body };
};

/** Fields as we call them, where an older client gave them another name. */
const renamed = (older: NonNullable<HttpRow['older']>, body: unknown): unknown => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const entries = Object.entries(body);
  const ours = entries.filter(([name]) => !Object.hasOwn(older, name));
  return { ...Object.fromEntries(entries.flatMap(([name, value]): [string, unknown][] => { const to = Object.hasOwn(older, name) ? older[name] : undefined; return typeof to === 'string' ? [[to, value]] : []; })), ...Object.fromEntries(ours) };
};

const subjectOf = ({ target }: HttpRow, tenant: string, id: string | undefined): string => {
  if (id !== undefined && !TOKEN.test(id)) refuse('NOT_FOUND');
  if (target.kind === 'command') return commandSubject({ tenant, service: target.service, aggregate: target.aggregate, id: target.on === 'new' ? 'new' : (id ?? refuse('NOT_FOUND')), verb: target.verb });
  if (target.kind === 'query') return querySubject({ tenant, service: target.service, question: target.question, id: target.on === 'all' ? 'all' : (id ?? refuse('NOT_FOUND')) });
  return querySubject({ tenant, service: target.service, question: 'view', view: target.view, id: id ?? 'all' });
};

/** Sessions, profile and identities belong to a person; they are served from what the gateway follows anyway. */
const ownView = (context: HttpContext, row: HttpRow, view: string, { claims }: Authenticated): HttpAnswer => {
  const pattern = `${INSTALLATION}.${view}.${claims.sub}${row.one === true ? '' : '.*'}`;
  if (!context.capabilities.allows(claims.tenant, claims.sub, { what: 'bucket', bucket: row.target.service, pattern })) return refuse('DENIED');
  const items = context.access.ownOf(view, claims.sub);
  return { status: 200, data: row.one === true ? (items[0] ?? refuse('NOT_FOUND')) : { items } };
};

const NO_PAST = 'The past of this is not told; leave at out.';

/** A view as it was at a time, folded by its service. What belongs to a person is shown as it is only. */
const asItWas = async (context: HttpContext, caller: Authenticated, { view, row, id, request }: { readonly view: ViewContract; readonly row: HttpRow; readonly id: string | undefined; readonly request: HttpRequest }): Promise<HttpAnswer> => {
  const time = request.query.get('at');
  if (row.own === true) refuse('INVALID', NO_PAST);
  if (request.query.has('filter')) refuse('INVALID', 'The past has no filter; leave filter out, or at.');
  if (!viewAtQuery(view).input.safeParse({ time }).success) refuse('INVALID', 'Give at as a time with its zone, like 2026-11-21T23:00:00Z.');
  if (id !== undefined && !TOKEN.test(id)) refuse('NOT_FOUND');
  const subject = querySubject({ tenant: caller.claims.tenant, service: view.service, question: 'view-at', view: view.view, id: id ?? 'all' });
  const then = await askService(context, caller, { subject, request, input: async () => ({ ...listInput(row, request.query), time }) }) as ViewAt;
  if (row.one !== true) return { status: 200, data: then };
  const { items: [found], as_of, parked } = then;
  return { status: 200, data: { ...(found ?? refuse('NOT_FOUND', 'It was not there then.')), as_of, ...(parked === undefined ? {} : { parked }) } };
};

/** Left out in silence, it would make the present look like the past. */
const knowsAt = ({ input }: QueryContract): boolean => 'shape' in input && 'at' in (input.shape as object);

/** Of a question all that the address asks for, as text: its contract says what it takes. */
const listInput = (row: HttpRow, query: URLSearchParams): Record<string, unknown> => {
  if (row.target.kind === 'query') return query.has('at') && !knowsAt(row.target) ? refuse('INVALID', NO_PAST) : Object.fromEntries(query);
  if (row.target.kind !== 'view' || row.one === true) return {};
  const limit = query.get('limit');
  const cursor = query.get('cursor');
  const filter = query.get('filter');
  return { ...(limit === null ? {} : { limit: /^-?\d+$/.test(limit) ? Number(limit) : limit }), ...(cursor === null ? {} : { cursor }), ...(filter === null ? {} : { filter }) };
};

const header = (request: HttpRequest, name: string, form: RegExp): string | undefined => {
  const value = request.raw.headers[name];
  if (value === undefined) return undefined;
  return typeof value === 'string' && form.test(value) ? value : refuse('INVALID', `The header ${name} does not have the right form.`);
};

/** Of the wrong form it is ignored, as its standard says: a proxy on the way may have made it. */
const traceOf = (request: HttpRequest): string | undefined => {
  const value = request.raw.headers['traceparent'];
  return typeof value === 'string' && /^[\da-f-]{55}$/.test(value) ? value : undefined;
};

/** A write is 202 with its place in the stream, or 200 once the view shows it, if that was asked for. */
const written = async (context: HttpContext, row: HttpRow, data: unknown, wait: boolean): Promise<HttpAnswer> => {
  const { stream, seq } = (data ?? {}) as { stream?: unknown; seq?: unknown };
  if (row.target.kind !== 'command' || typeof stream !== 'string' || typeof seq !== 'number') return { status: 200, data };
  if (!wait) return { status: 202, data };
  return { status: (await context.views.waitFor(row.target.service, seq, WAIT)) ? 200 : 202, data };
};

/** Waits until a service's view has reached a sequence. */
export interface ViewWaiter {
  waitFor(service: string, seq: number, timeout: number): Promise<boolean>;
  stop(): Promise<void>;
}

export const viewWaiter = (nc: NatsConnection): ViewWaiter => {
  const views = new Map<string, Views>();
  return {
    waitFor: (service, seq, timeout) => {
      const known = views.get(service) ?? new Views(nc, service);
      views.set(service, known);
      return known.waitFor(seq, timeout);
    },
    stop: async () => {
      await Promise.all([...views.values()].map(v => v.stop()));
    },
  };
};
