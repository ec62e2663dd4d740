import { newId } from '@xanthus/kernel';
import { INSTALLATION, signalSubject } from '@xanthus/proto';
import { cloudflareStepSignal, cloudflareTokenHelp, validateCloudflareToken } from '@xanthus/proto/auth';
import { problemOf, refuse } from '../protocol/problem.js';
import { ok, type HttpRequest } from './answer.js';
import { question, run, subject } from './ask-auth.js';
import { checkOrigin } from './caller.js';
import type { HttpContext } from './context.js';
import type { Route } from './router.js';

/** A Cloudflare token before a log-in: `/api/auth/validate` answers when all is done, `/api/auth/cloudflare/validate` a line of JSON for each step as it runs, the envelope last. */
export const cloudflareRoutes = (context: HttpContext): Route[] => [
  { method: 'GET', path: '/api/auth/cloudflare', handler: async request => ok(await run(context, request, question(cloudflareTokenHelp.question), {})) },
  { method: 'POST', path: '/api/auth/validate', handler: async request => ok(await validate(context, request, newId(), await shownIn(context, request))) },
  {
    method: 'POST', path: '/api/auth/cloudflare/validate', handler: async (request) => {
      const shown = await shownIn(context, request);
      return { status: 200, stream: { type: 'application/x-ndjson; charset=utf-8', chunks: lines(context, request, shown) } };
    },
  },
];

const shownIn = async (context: HttpContext, request: HttpRequest): Promise<object> => {
  checkOrigin(context.origins, request.raw, false);
  const body = await request.body();
  return typeof body !== 'object' || body === null || Array.isArray(body) ? refuse('INVALID', 'The body is a JSON object.') : body;
};

const validate = (context: HttpContext, request: HttpRequest, id: string, shown: object): Promise<unknown> =>
  run(context, request, subject(validateCloudflareToken.aggregate, id, validateCloudflareToken.verb), { ...shown, device: context.device(request.raw) });

async function* lines(context: HttpContext, request: HttpRequest, shown: object): AsyncGenerator<string> {
  const id = newId();
  const heard: string[] = [];
  let wake = (): void => undefined;
  const stop = context.listen(signalSubject({ tenant: INSTALLATION, service: cloudflareStepSignal.service, aggregate: cloudflareStepSignal.aggregate, id }, cloudflareStepSignal.what), (text) => {
    heard.push(text);
    wake();
  });
  try {
    let last: string | undefined;
    const work = async (): Promise<void> => {
      try {
        last = JSON.stringify({ status: 'success', data: await validate(context, request, id, shown) });
      } catch (error) {
        last = JSON.stringify({ status: 'error', ...problemOf(error), correlation_id: request.correlation_id });
      }
      wake();
    };
    void work();
    for (;;) {
      const asleep = new Promise<void>((resolve) => { wake = resolve; });
      yield* heard.splice(0).map(text => `${text}\n`);
      if (last !== undefined && heard.length === 0) break;
      await asleep;
    }
    yield `${last}\n`;
  } finally {
    stop();
  }
}
