import { keysOfAudit, type AuditSearch } from '@xanthus/jetstream';
import { readServiceJwks } from '@xanthus/nest';
import { contains, querySubject, SERVICES, streamName, type DataOf, type InputOf, type OutputOf } from '@xanthus/proto';
import { auditFind, auditVerify, chainView } from '@xanthus/proto/audit';
import type { Authenticated } from '../access/access.js';
import { limit } from '../operations/context.js';
import { refuse } from '../protocol/problem.js';
import type { AuditSource, SequenceRange } from '../upstream/audit-reader.js';
import type { HttpAnswer, HttpRequest } from './answer.js';
import { csvLines, inChunks, jsonLines, sentenceOf, type LeftOut, type Lines } from './audit-lines.js';
import type { HttpContext } from './context.js';
import { askService } from './row-routes.js';
import type { Route } from './router.js';

const SERVICE = 'audit';
const CHAINED = Object.keys(SERVICES).filter(s => s !== SERVICE);
const FORMATS: Readonly<Record<string, Lines | null>> = { jsonl: jsonLines, csv: csvLines, chain: null };
const WORDS = ['actor', 'service', 'aggregate', 'id', 'type', 'correlation', 'command'] as const;
const KNOWN: ReadonlySet<string> = new Set([...WORDS, 'from', 'to', 'streams', 'format']);
/** Ranges that are asked for at once, and blocks. */
const RANGES = 2_000;
const BLOCKS = 50;
/** Files and comparisons at once, of one person and of all: each reads the log as fast as it is taken. */
const READERS_EACH = 3;
const READERS = 50;
type Filter = InputOf<typeof auditFind>;
type Range = OutputOf<typeof auditFind>['ranges'][number];

/**
 * The log of a tenant as a file: what fits, of what the caller may follow by `js_sub`, oldest first. The service `audit` says where it may be; what there is is read here,
 * page by page as fast as it is taken, and no further once who takes it is gone, is logged out or has other rights.
 */
export const auditRoutes = (context: HttpContext): Route[] => {
  const busy = new Map<string, number>();
  /** Takes a place, until the returned function is called. @throws Refused RATE_LIMITED */
  const begin = ({ claims: { tenant, sub } }: Authenticated): (() => void) => {
    const key = `${tenant}.${sub}`;
    const mine = busy.get(key) ?? 0;
    if (mine >= READERS_EACH) limit(context, 'RATE_LIMITED', { limit: 'audit_reads_per_user', max: READERS_EACH });
    if ([...busy.values()].reduce((a, b) => a + b, 0) >= READERS) limit(context, 'RATE_LIMITED', { limit: 'audit_reads', max: READERS });
    busy.set(key, mine + 1);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      const left = (busy.get(key) ?? 1) - 1;
      if (left === 0) busy.delete(key);
      else busy.set(key, left);
    };
  };
  return [
    {
      method: 'GET', path: '/api/audit', handler: async (request) => {
        const caller = await context.caller(request.raw);
        return download(context, caller, request, begin(caller));
      },
    },
    {
      method: 'GET', path: '/api/audit/verify', handler: async (request) => {
        const caller = await context.caller(request.raw);
        const end = begin(caller);
        return verify(context, caller, request).finally(end);
      },
    },
  ];
};

const ask = async <O>(context: HttpContext, caller: Authenticated, request: HttpRequest, question: string, id: string, input: object, view?: string): Promise<O> =>
  await askService(context, caller, { subject: querySubject({ tenant: caller.claims.tenant, service: SERVICE, question, id, ...(view === undefined ? {} : { view }) }), request, input: async () => input }) as O;

const download = async (context: HttpContext, caller: Authenticated, request: HttpRequest, end: () => void): Promise<HttpAnswer> => {
  let forget: () => void = () => undefined;
  const { socket } = request.raw;
  const ended = (): void => {
    socket.off('close', ended);
    end();
    forget();
  };
  // the last chunk is taken, or the connection has closed before the first one was
  socket.once('close', ended);
  try {
    if (socket.destroyed) refuse('UNAVAILABLE', 'Nobody waits for this any more.');
    return await prepare(context, caller, request, ended, (f) => { forget = f; });
  } catch (error) {
    ended();
    throw error;
  }
};

const prepare = async (context: HttpContext, caller: Authenticated, request: HttpRequest, ended: () => void, onForget: (forget: () => void) => void): Promise<HttpAnswer> => {
  const { tenant } = caller.claims;
  const { filter, format } = askedFor(request.query);
  const rights = rightsOf(context, caller, filter);
  const lines = FORMATS[format];
  // a chain is whole or it is none, and is nothing without its blocks
  const chained = lines ? [] : rights.filter(r => r.whole && context.capabilities.allows(tenant, caller.claims.sub, { what: 'stream', stream: streamName(SERVICE), filter: `evt.${tenant}.${SERVICE}.chain.${r.service}` }));
  const left: LeftOut = lines
    ? { streams: rights.filter(r => r.patterns.length === 0).map(r => r.stream), in_part: rights.filter(r => r.patterns.length > 0 && !r.whole).map(r => r.stream) }
    : { streams: rights.filter(r => !chained.includes(r)).map(r => r.stream), in_part: [] };
  const { check, forget } = whileAllowed(context, caller, filter, rights);
  onForget(forget);
  const headers: Record<string, string> = sentenceOf(left) === '' ? {} : { 'xanthus-left-out': [...left.streams, ...left.in_part.map(s => `${s} (in part)`)].join(', ') };
  const name = `${tenant}-audit-${new Date().toISOString().slice(0, 10)}`;
  const answer = (type: string, extension: string, lines: AsyncIterable<string>): HttpAnswer => ({ status: 200, headers, stream: { type, name: `${name}.${extension}`, chunks: ending(inChunks(lines), ended) } });
  if (lines) {
    const sources: AuditSource[] = [];
    for (const { service, stream, patterns, whole } of rights.filter(r => r.patterns.length > 0)) {
      sources.push({ stream, filter: subjectsOf(tenant, service, filter.thing), ranges: await rangesOf(context, caller, request, stream, filter), may: subject => whole || patterns.some(p => contains(p, subject)) });
    }
    return answer(lines.type, lines.extension, linesOf(lines, left, context.audit.search(sources, searchOf(filter), check)));
  }
  const { keys } = await readServiceJwks(context.config.XANTHUS_SERVICE_JWKS_FILE);
  await ask(context, caller, request, auditFind.question, 'all', { streams: [], limit: 1 });
  const chains = [];
  for (const { service, stream } of chained) chains.push({ service, last: await context.audit.last(stream) });
  return answer('application/x-ndjson; charset=utf-8', 'chain.jsonl', context.audit.bundle({
    tenant, chains, left_out: left.streams, from: searchOf(filter).from, to: searchOf(filter).to, keys: keysOfAudit(keys), check,
  }));
};

async function* linesOf(lines: Lines, left: LeftOut, messages: AsyncIterable<Parameters<Lines['line']>[0]>): AsyncGenerator<string> {
  yield lines.head(left);
  for await (const message of messages) yield lines.line(message);
}

async function* ending(chunks: AsyncIterable<string>, ended: () => void): AsyncGenerator<string> {
  try {
    yield* chunks;
  } finally {
    ended();
  }
}

/** @throws Refused INVALID */
const askedFor = (query: URLSearchParams): { readonly filter: Filter; readonly format: string } => {
  const unknown = [...query.keys()].filter(k => !KNOWN.has(k));
  if (unknown.length > 0) refuse('INVALID', `There is no ${unknown.join(', ')}; there are ${[...KNOWN].join(', ')}.`);
  const format = query.get('format') ?? 'jsonl';
  if (!Object.hasOwn(FORMATS, format)) refuse('INVALID', `The format is one of ${Object.keys(FORMATS).join(', ')}.`);
  const text = (name: string): string | undefined => query.get(name) || undefined;
  const [service, aggregate, id] = [text('service'), text('aggregate'), text('id')];
  if (service === undefined && (aggregate ?? id) !== undefined) refuse('INVALID', 'aggregate and id need the service that they belong to.');
  const streams = [...new Set(query.getAll('streams').flatMap(s => s.split(',')).map(s => s.trim().toUpperCase()).filter(s => s !== ''))];
  if (format === 'chain' && WORDS.some(word => text(word) !== undefined)) refuse('INVALID', 'The chain is whole or it proves nothing: choose from, to and streams only.');
  const parsed = auditFind.input.safeParse({
    actor: text('actor'), type: text('type'), correlation: text('correlation'), command: text('command'), from: text('from'), to: text('to'), ...(service === undefined ? {} : { thing: { service, aggregate, id } }), ...(streams.length === 0 ? {} : { streams }),
  });
  if (!parsed.success) return refuse('INVALID', parsed.error.issues.map(i => `${i.path.join('.')}: ${i.message}`).join('; '));
  if (service !== undefined && !CHAINED.includes(service)) refuse('INVALID', `There is no service ${service}; there are ${CHAINED.join(', ')}.`);
  const nowhere = streams.filter(s => !CHAINED.some(c => streamName(c) === s));
  if (nowhere.length > 0) refuse('INVALID', `There is no stream ${nowhere.join(', ')}; there are ${CHAINED.map(c => streamName(c)).join(', ')}.`);
  const { before: _before, limit: _limit, ...filter } = parsed.data;
  return { filter, format };
};

const searchOf = ({ actor, thing, type, correlation, command, from, to }: Filter): AuditSearch => ({ actor, thing, type, correlation, command, from: from === undefined ? undefined : Date.parse(from), to: to === undefined ? undefined : Date.parse(to) });

const subjectsOf = (tenant: string, service: string, thing: Filter['thing']): string => {
  if (thing?.id !== undefined) return `evt.${tenant}.${service}.${thing.aggregate ?? '*'}.${thing.id}`;
  return thing?.aggregate === undefined ? `evt.${tenant}.${service}.>` : `evt.${tenant}.${service}.${thing.aggregate}.>`;
};

interface Right { readonly service: string; readonly stream: string; /** Of subjects of this tenant and service. */ readonly patterns: readonly string[]; /** All of them. */ readonly whole: boolean }

/** What the caller may follow of each stream that is asked for. */
const rightsOf = ({ capabilities }: HttpContext, { claims: { tenant, sub } }: Authenticated, { streams, thing }: Filter): readonly Right[] => {
  const document = capabilities.current() ? capabilities.document(tenant, sub) : undefined;
  if (!capabilities.current()) refuse('UNAVAILABLE', 'Rights cannot be checked now; try again.');
  return CHAINED.map(service => ({ service, stream: streamName(service) })).filter(({ service, stream }) => (streams?.includes(stream) ?? true) && (thing === undefined || thing.service === service)).map(({ service, stream }) => {
    const all = `evt.${tenant}.${service}.>`;
    const patterns = Object.entries(document?.streams ?? {}).flatMap(([names, list]) => (contains(names, stream) ? list : [])).filter(p => contains(all, p) || contains(p, all));
    return { service, stream, patterns, whole: patterns.some(p => contains(p, all)) };
  });
};

/** Throws once the session is over or the rights are others: then nobody takes a part for the whole. And once it is forgotten: a search that finds nothing would read to the end for nobody. */
const whileAllowed = (context: HttpContext, caller: Authenticated, filter: Filter, rights: readonly Right[]): { check(): void; forget(): void } => {
  let [over, forgotten] = [false, false];
  const unhear = context.access.onSessionEnd((session) => { over ||= session === caller.claims.sid; });
  const before = JSON.stringify(rights);
  return {
    forget: () => {
      forgotten = true;
      unhear();
    },
    check: () => {
      if (forgotten) refuse('UNAVAILABLE', 'Nobody waits for this any more.');
      if (over) refuse('AUTH_REQUIRED', 'This session has ended.');
      if (JSON.stringify(rightsOf(context, caller, filter)) !== before) refuse('DENIED', 'Your rights have changed meanwhile; begin again.');
    },
  };
};

/** Where it may be, oldest first, up to now. */
const rangesOf = async (context: HttpContext, caller: Authenticated, request: HttpRequest, stream: string, filter: Filter): Promise<SequenceRange[]> => {
  const last = await context.audit.last(stream);
  const found: Range[] = [];
  for (let before: Filter['before']; ;) {
    const page: OutputOf<typeof auditFind> = await ask(context, caller, request, auditFind.question, 'all', { ...filter, streams: [stream], limit: RANGES, ...(before === undefined ? {} : { before }) });
    found.push(...page.ranges);
    if (page.complete || page.next === undefined) break;
    before = page.next;
  }
  return found.reverse().map(({ from_seq, to_seq }) => ({ from: from_seq, to: Math.min(last, to_seq ?? last) }));
};

interface Verified { readonly stream: string; readonly events: number; readonly blocks: number; readonly ok: boolean; readonly verified_to: number; readonly problem?: OutputOf<typeof auditVerify>['problem'] }

const verify = async (context: HttpContext, caller: Authenticated, request: HttpRequest): Promise<HttpAnswer> => {
  const { items } = await ask<{ readonly items: readonly { readonly id: string; readonly data: DataOf<typeof chainView> }[] }>(context, caller, request, 'view', 'all', { limit: 1_000 }, chainView.view);
  if (!Array.isArray(items)) return refuse('INTERNAL', 'The service answered what are no chains.');
  const streams: Verified[] = [];
  for (const { id, data: { stream } } of items) {
    let [after, events, blocks] = [0, 0, 0];
    for (;;) {
      if (request.raw.socket.destroyed) return refuse('UNAVAILABLE', 'Nobody waits for this any more.');
      const part = await ask<OutputOf<typeof auditVerify>>(context, caller, request, auditVerify.question, id, { after, blocks: BLOCKS });
      events += part.events;
      blocks += part.blocks;
      after = part.verified_to;
      if (!part.done) continue;
      streams.push({ stream, events, blocks, ok: part.problem === undefined, verified_to: after, ...(part.problem === undefined ? {} : { problem: part.problem }) });
      break;
    }
  }
  return { status: 200, data: { streams, ok: streams.every(s => s.ok) } };
};
