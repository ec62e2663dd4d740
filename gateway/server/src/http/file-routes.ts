import { commandSubject, querySubject, ULID, type OutputOf } from '@xanthus/proto';
import { beginDownload, FILE_PART, filePart, filesStat, writePart } from '@xanthus/proto/terminals';
import type { Authenticated } from '../access/access.js';
import { identityOf } from '../access/identity-of.js';
import { limit } from '../operations/context.js';
import { refuse, Refused } from '../protocol/problem.js';
import { ok, type HttpAnswer, type HttpRequest } from './answer.js';
import { contentHeaders, spanOf, tagOf } from './content-headers.js';
import type { HttpContext } from './context.js';
import { askService } from './row-routes.js';
import type { Route } from './router.js';

/** Parts of one transfer that are under way at once: what it takes of memory, at most. Below what may be ahead of an upload (4 MiB). */
const AHEAD = 4;
/** Transfers at once, of everybody and of one person. */
const TRANSFERS = 32;
const TRANSFERS_EACH = 8;

/** Content of files on servers, as it is: parts go and come between here and the service, so that a file of any size takes the same memory. */
export const fileRoutes = (context: HttpContext): Route[] => {
  const busy = new Map<string, number>();
  /** Counted until `end`; ends with the session too. */
  const begin = ({ claims: { tenant, sub, sid } }: Authenticated): Transfer => {
    const mine = busy.get(sub) ?? 0;
    if (mine >= TRANSFERS_EACH) limit(context, 'RATE_LIMITED', { limit: 'transfers_per_user', max: TRANSFERS_EACH });
    if ([...busy.values()].reduce((a, b) => a + b, 0) >= TRANSFERS) limit(context, 'RATE_LIMITED', { limit: 'transfers', max: TRANSFERS });
    busy.set(sub, mine + 1);
    let ended = false;
    const over = new AbortController();
    const forget = context.access.onSessionEnd(session => { if (session === sid) over.abort(); });
    return {
      check: (subject) => {
        if (over.signal.aborted) refuse('AUTH_REQUIRED', 'This session has ended.');
        if (!context.capabilities.allows(tenant, sub, { what: 'command', subject })) refuse('DENIED');
      },
      end: () => {
        if (ended) return;
        ended = true;
        forget();
        const left = (busy.get(sub) ?? 1) - 1;
        if (left > 0) busy.set(sub, left);
        else busy.delete(sub);
      },
    };
  };
  return [
    { method: 'GET', path: '/api/files/:id/content', handler: request => download(context, begin, request) },
    { method: 'PUT', path: '/api/files/:id/content', handler: request => upload(context, begin, request) },
  ];
};

interface Transfer { /** @throws Refused when the session or the right is gone */ check(subject: string): void; end(): void }
type Begin = (caller: Authenticated) => Transfer;

const serverOf = (request: HttpRequest): string => {
  const id = request.params['id'] ?? '';
  return ULID.test(id) ? id : refuse('NOT_FOUND');
};

/** One part to or from the service; no part counts against the limits of a person, the transfer does. */
const asking = (context: HttpContext, { kind, claims: { sub: id, tenant, sid } }: Authenticated, transfer: Transfer, subject: string) => async (input: object): Promise<unknown> => {
  transfer.check(subject);
  const answer = await context.commands.run({ subject, payload: JSON.stringify(input), identity: identityOf({ kind, id, tenant, session: sid, proved_until: context.access.provedUntil(sid) }) });
  if ('problem' in answer) throw new Refused(answer.problem);
  return JSON.parse(answer.text) as unknown;
};

const download = async (context: HttpContext, begin: Begin, request: HttpRequest): Promise<HttpAnswer> => {
  const caller = await context.caller(request.raw);
  const { tenant } = caller.claims;
  const id = serverOf(request);
  const path = request.query.get('path') ?? refuse('INVALID', 'Say with ?path= which file.');
  const { range, 'if-range': ifRange } = request.raw.headers;
  // Where it begins is known before what it is, so that the audit has it; of what has changed since, all is sent.
  const about = await askService(context, caller, { subject: querySubject({ tenant, service: 'terminals', question: filesStat.question, id }), request, input: async () => ({ path }) }) as OutputOf<typeof filesStat>;
  const asked = ifRange === undefined || ifRange === tagOf(about.size, about.modified) ? range : undefined;
  const span = spanOf(asked, about.size);
  if (span === null) return { status: 416, data: null, headers: { 'content-range': `bytes */${about.size}` } };
  const headers = { ...contentHeaders(about.path, tagOf(about.size, about.modified)), 'content-length': String(span ? span.to - span.from : about.size), ...(span ? { 'content-range': `bytes ${span.from}-${span.to - 1}/${about.size}` } : {}) };
  const status = span ? 206 : 200;
  if (request.method === 'HEAD') return { status, stream: { type: 'application/octet-stream', chunks: none() }, headers };
  const transfer = begin(caller);
  try {
    const begun = await askService(context, caller, { subject: commandSubject({ tenant, service: 'terminals', aggregate: 'files', id, verb: beginDownload.verb }), request, input: async () => ({ path, from: span?.from ?? 0 }) }) as OutputOf<typeof beginDownload>;
    // A log grows: what was there when it was asked for is sent.
    if (begun.size < about.size) refuse('UNAVAILABLE', 'The file changed just now; ask again.');
    const ask = asking(context, caller, transfer, querySubject({ tenant, service: 'terminals', question: filePart.question, id }));
    const chunks = parts({ download: begun.download, from: span?.from ?? 0, to: span?.to ?? about.size }, ask as Ask);
    return { status, headers, stream: { type: 'application/octet-stream', chunks: ending(chunks, transfer.end) } };
  } catch (error) {
    transfer.end();
    throw error;
  }
};

// eslint-disable-next-line require-yield -- an answer without a body
async function* none(): AsyncGenerator<Uint8Array, void> { /* nothing */ }

type Ask = (input: object) => Promise<OutputOf<typeof filePart>>;

/** Also where nobody ever reads, for the client went before the answer began. */
const ending = (chunks: AsyncGenerator<Uint8Array, void>, end: () => void): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => ({
    next: async () => {
      try {
        const step = await chunks.next();
        if (step.done === true) end();
        return step;
      } catch (error) {
        end();
        throw error;
      }
    },
    return: () => {
      end();
      return chunks.return();
    },
  }),
});

/** In order, several asked for ahead; who reads no more asks for no more. */
async function* parts({ download: token, from, to }: { readonly download: string; readonly from: number; readonly to: number }, ask: Ask): AsyncGenerator<Uint8Array, void> {
  const waiting: Promise<OutputOf<typeof filePart>>[] = [];
  let next = from;
  const more = (): void => {
    while (waiting.length < AHEAD && next < to) {
      const part = ask({ download: token, offset: next, length: Math.min(FILE_PART, to - next) });
      // One that fails is told in its turn.
      part.catch(() => undefined);
      waiting.push(part);
      next += FILE_PART;
    }
  };
  more();
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    const { data } = await part;
    more();
    yield Buffer.from(data, 'base64');
  }
}

const upload = async (context: HttpContext, begin: Begin, request: HttpRequest): Promise<HttpAnswer> => {
  const { raw } = request;
  const caller = await context.caller(raw);
  const { tenant, sub: id } = caller.claims;
  const server = serverOf(request);
  const token = raw.headers['xanthus-upload'];
  const start = request.query.get('offset') ?? '0';
  if (typeof token !== 'string' || !/^[\w.-]+$/.test(token)) return refuse('INVALID', 'The header Xanthus-Upload names the upload: what begin-upload answered.');
  if (!/^\d{1,15}$/.test(start)) return refuse('INVALID', 'Say with ?offset= where in the file this content begins.');
  const subject = commandSubject({ tenant, service: 'terminals', aggregate: 'files', id: server, verb: writePart.verb });
  if (!context.capabilities.current()) return refuse('UNAVAILABLE', 'Rights cannot be checked now; try again.');
  if (!context.capabilities.allows(tenant, id, { what: 'command', subject })) return refuse('DENIED');
  const exceeded = context.quotas.command({ tenant, id });
  if (exceeded !== undefined) limit(context, 'RATE_LIMITED', exceeded);
  const transfer = begin(caller);
  try {
    const ask = asking(context, caller, transfer, subject);
    return ok({ offset: await pass(raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>, Number(start), (offset, bytes) => ask({ upload: token, offset, data: bytes.toString('base64') })) });
  } finally {
    transfer.end();
  }
};

/** Cuts what comes into parts and sends them on, a few at once; nothing more is read while they are under way. @returns the offset behind the last byte */
export const pass = async (from: AsyncIterable<Buffer>, start: number, send: (offset: number, bytes: Buffer) => Promise<unknown>): Promise<number> => {
  const waiting: Promise<unknown>[] = [];
  let held: Buffer[] = [];
  let size = 0;
  let offset = start;
  const flush = async (): Promise<void> => {
    const bytes = held.length === 1 && held[0] ? held[0] : Buffer.concat(held);
    held = [];
    size = 0;
    if (waiting.length >= AHEAD) await waiting.shift();
    const sent = send(offset, bytes);
    // One that fails is told in its turn.
    sent.catch(() => undefined);
    waiting.push(sent);
    offset += bytes.length;
  };
  try {
    for await (const chunk of from) {
      let rest = chunk;
      while (size + rest.length >= FILE_PART) {
        held.push(rest.subarray(0, FILE_PART - size));
        rest = rest.subarray(FILE_PART - size);
        await flush();
      }
      if (rest.length > 0) {
        held.push(rest);
        size += rest.length;
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    // Who sends is gone. What came is kept, so that they go on from there.
    if (size > 0) await flush();
    await Promise.allSettled(waiting);
    return refuse('BAD_FRAME', 'The content did not arrive as a whole.');
  }
  if (size > 0) await flush();
  await Promise.all(waiting);
  return offset;
};
