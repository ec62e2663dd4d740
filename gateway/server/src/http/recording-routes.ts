import { commandSubject, querySubject, TOKEN, type OutputOf } from '@xanthus/proto';
import { openRecording, recordingPart } from '@xanthus/proto/terminals';
import type { Authenticated } from '../access/access.js';
import { refuse, Refused } from '../protocol/problem.js';
import type { HttpAnswer, HttpRequest } from './answer.js';
import type { HttpContext } from './context.js';
import { askService } from './row-routes.js';
import type { Route } from './router.js';

type Part = OutputOf<typeof recordingPart>;
/** A file of many pages comes to the limits of commands, or NATS is away for a moment: the page is asked for again so often, so long apart (ms). */
const TRIES = 40;
const PAUSE = 500;

/**
 * A recording as a file: asciicast v3, one line an event. Page by page, so that any length takes the same memory; rights are looked at for each page. Of a session that
 * is still recorded what there is by now.
 */
export const recordingRoutes = (context: HttpContext): Route[] => [
  { method: 'GET', path: '/api/terminal/sessions/:id/recording', handler: async request => download(context, await context.caller(request.raw), request) },
];

const download = async (context: HttpContext, caller: Authenticated, request: HttpRequest): Promise<HttpAnswer> => {
  const { tenant } = caller.claims;
  const id = request.params['id'] ?? '';
  if (!TOKEN.test(id)) return refuse('NOT_FOUND');
  const open = commandSubject({ tenant, service: 'terminals', aggregate: 'recording', id, verb: openRecording.verb });
  const ask = querySubject({ tenant, service: 'terminals', question: recordingPart.question, id });
  const part = async (input: object): Promise<Part> => await askService(context, caller, { subject: ask, request, input: async () => input }) as Part;
  const opened = (): Promise<unknown> => askService(context, caller, { subject: open, request, input: async () => ({ what: 'exported' }) });
  await opened();
  // the first page before the answer begins, so that a refusal is one
  const first = await part({});
  if (!Array.isArray(first.events)) return refuse('INTERNAL', 'The service answered what is no recording.');
  return { status: 200, stream: { type: 'application/x-asciicast', name: `${id}.cast`, chunks: whileOpen(context, caller, goes => castOf(first, cursor => patiently(() => part({ cursor }), opened, goes))) } };
};

/** Who logs out, or is logged out, gets no further page. */
async function* whileOpen({ access }: HttpContext, { claims: { sid } }: Authenticated, lines: (goes: () => void) => AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  let over = false;
  const forget = access.onSessionEnd((session) => { over ||= session === sid; });
  try {
    yield* lines(() => { if (over) refuse('AUTH_REQUIRED', 'This session has ended.'); });
  } finally {
    forget();
  }
}

const patiently = async (page: () => Promise<Part>, opened: () => Promise<unknown>, goes: () => void): Promise<Part> => {
  for (let attempt = 1; ; attempt++) {
    goes();
    try {
      return await page();
    } catch (error) {
      if (!(error instanceof Refused) || attempt === TRIES) throw error;
      // said an hour ago that it is taken along
      if (error.problem.code === 'RECORDING.NOT_OPENED') await opened();
      else if (!error.problem.retryable) throw error;
      await new Promise(resolve => { setTimeout(resolve, PAUSE); });
    }
  }
};

/** Lines of the file, some hundred kilobytes at once. */
export async function* castOf(first: Part, next: (cursor: string) => Promise<Part>): AsyncGenerator<string, void> {
  yield `${JSON.stringify(first.header)}\n`;
  let before = 0;
  for (let page = first; ; page = await next(page.cursor)) {
    const lines = page.events.map(([at, code, data]) => {
      const line = JSON.stringify([(at - before) / 1_000, code, data]);
      before = at;
      return `${line}\n`;
    });
    if (lines.length > 0) yield lines.join('');
    if (page.cursor === null || (page.live && page.events.length === 0)) return;
  }
}
