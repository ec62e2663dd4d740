import { newId } from '@xanthus/kernel';
import { ULID } from '@xanthus/proto';
import type { HttpAnswer, HttpRequest } from '../http/answer.js';
import type { HttpContext } from '../http/context.js';
import type { Route } from '../http/router.js';
import { problemOf, refuse, Refused } from '../protocol/problem.js';
import { statusOf } from '../http/answer.js';
import { ENTER_PATH, mayUse, type ForwardsDeps } from './forwards.js';
import { originOf } from './forward-host.js';
import { PAGE_HEADERS, pageText } from './page.js';

/** A ticket lets in within this time, ms. */
const TICKET = 30_000;
const PATIENCE = 3_000;
/** A path of the application itself. */
const TO = /^\/(?![/\\])[\x21-\x7e]{0,1024}$/;

export type ForwardDoor = Pick<ForwardsDeps, 'hostOf' | 'rows' | 'seals' | 'access' | 'capabilities' | 'console'>;

/** The way from the console to an open port: its name there, and a ticket that lets in once. */
export const forwardRoutes = (context: Pick<HttpContext, 'caller'>, deps: ForwardDoor): Route[] => [
  {
    method: 'GET', path: '/api/forwards/address', handler: async ({ raw }) => {
      await context.caller(raw);
      const host = deps.hostOf();
      return { status: 200, data: 'missing' in host ? { available: false, address: null, missing: host.missing } : { available: true, address: originOf(host, '{label}'), missing: null } };
    },
  },
  {
    method: 'GET', path: '/api/forwards/:id/enter', handler: async (request) => {
      try {
        return await ticket(context, deps, request);
      } catch (error) {
        const why = problemOf(error);
        if (request.raw.headers.accept?.includes('text/html') !== true) throw error;
        const text = why.code === 'AUTH_REQUIRED' || why.code === 'AUTH_EXPIRED' ? 'Log in to the console, then choose “Open” there again.' : why.message;
        return { status: statusOf(why.code), raw: { type: PAGE_HEADERS['content-type'], text: pageText({ status: 0, title: 'This port cannot be opened', text, link: { href: `${deps.console()}/terminals`, text: 'Open the console' } }) }, headers: { 'content-security-policy': PAGE_HEADERS['content-security-policy'] } };
      }
    },
  },
];

const over = (code: string, message: string): never => {
  throw new Refused({ code, message, retryable: false });
};

const ticket = async (context: Pick<HttpContext, 'caller'>, deps: ForwardDoor, { raw, params, query }: HttpRequest): Promise<HttpAnswer> => {
  const { kind, claims: { tenant, sub: person, sid: session } } = await context.caller(raw);
  if (kind !== 'person') return refuse('DENIED', 'Only a person in a browser can enter an open port.');
  const host = deps.hostOf();
  if ('missing' in host) return over('FORWARD.NO_HOST', host.missing);
  const { id = '' } = params;
  const row = ULID.test(id) ? await deps.rows.find(tenant, id, PATIENCE) : undefined;
  if (row === undefined) return over('FORWARD.NOT_FOUND', 'There is no such open port.');
  if (row.state !== 'open' || Date.parse(row.ends_at) <= Date.now()) return over('FORWARD.OVER', 'This port is closed. Open it again.');
  if (!deps.capabilities.current()) return refuse('UNAVAILABLE', 'Rights cannot be checked now; try again.');
  if (!mayUse(deps, row, { person, session })) return refuse('DENIED', 'You may not enter this port: it takes the permission to work on its server, and it may be open for whoever opened it alone.');
  const to = query.get('to');
  if (to !== null && !TO.test(to)) return refuse('INVALID', 'to is a path that begins with one slash.');
  const sealed = deps.seals.seal({ for: 'ticket', tenant, forward: row.id, person, session, until: Date.now() + TICKET, entry: newId(), ...(to === null ? {} : { to }) });
  return { status: 303, raw: { type: 'text/plain; charset=utf-8', text: '' }, headers: { location: `${originOf(host, row.label)}${ENTER_PATH}?ticket=${sealed}` } };
};
