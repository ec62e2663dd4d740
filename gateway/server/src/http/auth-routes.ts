import { INSTALLATION, isUlid, type OutputOf } from '@xanthus/proto';
import {
  acceptInvitation, completeSetup, openSession, proveSession, refreshSession, resetPassword, revokeSession, setupStatus, showInvitation, switchSession, type SessionTokens,
} from '@xanthus/proto/auth';
import type { Authenticated } from '../access/access.js';
import { refuse, Refused } from '../protocol/problem.js';
import { ok, type HttpAnswer, type HttpRequest } from './answer.js';
import { question, run, subject } from './ask-auth.js';
import { bearerOf, checkOrigin, clearCookies, deviceCookie, readCookie, setCookies, type RefreshCookie } from './caller.js';
import { providerLogout } from './oidc-routes.js';
import type { HttpContext } from './context.js';
import type { Route } from './router.js';
import { askService } from './row-routes.js';

/** Log-in and its like: the gateway asks auth in its own name, and turns refresh tokens into cookies. */
export const authRoutes = (context: HttpContext): Route[] => [
  { method: 'GET', path: '/api/auth/setup', handler: async request => ok(await run(context, request, question(setupStatus.question), {})) },
  { method: 'POST', path: '/api/auth/setup', handler: request => logIn(context, request, subject('installation', INSTALLATION, completeSetup.verb)) },
  { method: 'POST', path: '/api/auth/login', handler: request => logIn(context, request, subject('session', 'new', openSession.verb), body => ({ method: 'token' in body ? 'cloudflare' : 'password' })) },
  { method: 'POST', path: '/api/auth/refresh', handler: request => refresh(context, request) },
  { method: 'POST', path: '/api/auth/switch', handler: request => switchTenant(context, request) },
  { method: 'POST', path: '/api/auth/prove', handler: request => prove(context, request) },
  { method: 'POST', path: '/api/auth/reset', handler: request => reset(context, request) },
  { method: 'POST', path: '/api/auth/logout', handler: request => logOut(context, request) },
  { method: 'POST', path: '/api/auth/invitations/show', handler: request => show(context, request) },
  { method: 'POST', path: '/api/auth/invitations/accept', handler: request => logIn(context, request, subject('invitation', 'new', acceptInvitation.verb)) },
  { method: 'GET', path: '/api/auth/session', handler: request => session(context, request) },
];

const objectOf = (body: unknown): object => (typeof body !== 'object' || body === null || Array.isArray(body) ? refuse('INVALID', 'The body is a JSON object.') : body);

const logIn = async (context: HttpContext, request: HttpRequest, to: string, also: (body: object) => object = () => ({})): Promise<HttpAnswer> => {
  checkOrigin(context.origins, request.raw, false);
  const body = objectOf(await request.body());
  return loggedIn(context, await run<SessionTokens>(context, request, to, { ...body, ...also(body), device: context.device(request.raw) }));
};

/** For who has the link. By POST, so that the token stands in no log of addresses. */
const show = async (context: HttpContext, request: HttpRequest): Promise<HttpAnswer> => {
  checkOrigin(context.origins, request.raw, false);
  return ok(await run(context, request, question(showInvitation.question), objectOf(await request.body())));
};

/** The refresh token and the one of the device go into their cookies and nowhere else. */
const loggedIn = ({ secure }: HttpContext, { refresh_token, device_token, ...tokens }: SessionTokens): HttpAnswer =>
  ok(tokens, { 'set-cookie': [...setCookies({ session: tokens.session, token: refresh_token }, tokens.access_token, secure), ...(device_token === undefined ? [] : [deviceCookie(device_token, secure)])] });

/** Of the session whose token was shown: nobody names another's. */
const switchTenant = async (context: HttpContext, request: HttpRequest): Promise<HttpAnswer> => {
  const session = await sessionOf(context, request);
  return loggedIn(context, await run<SessionTokens>(context, request, subject('session', session, switchSession.verb), { ...objectOf(await request.body()), device: context.device(request.raw) }));
};

/** Longest wait until this gateway knows of the proof as well, ms. */
const PROOF_PATIENCE = 2_000;

const prove = async (context: HttpContext, request: HttpRequest): Promise<HttpAnswer> => {
  const caller = await context.caller(request.raw);
  const session = personsSession(caller);
  const proved = await askService(context, caller, { subject: subject('session', session, proveSession.verb), request, input: () => request.body() }) as OutputOf<typeof proveSession>;
  await context.access.waitForProof(session, Math.floor(Date.parse(proved.proved_until) / 1_000), PROOF_PATIENCE);
  return ok(proved);
};

/** Whoever has the link. Their sessions have ended, so the cookies go too. */
const reset = async (context: HttpContext, request: HttpRequest): Promise<HttpAnswer> => {
  checkOrigin(context.origins, request.raw, false);
  const done = await run(context, request, subject('person', 'new', resetPassword.verb), { ...objectOf(await request.body()), device: context.device(request.raw) });
  return ok(done, { 'set-cookie': clearCookies(context.secure) });
};

const refresh = async (context: HttpContext, request: HttpRequest): Promise<HttpAnswer> => {
  const cookie = cookieOf(context, request);
  if (cookie === undefined) return refuse('AUTH_REQUIRED', 'There is no session to refresh.');
  return loggedIn(context, await swap(context, request, cookie));
};

const swap = (context: HttpContext, request: HttpRequest, cookie: RefreshCookie): Promise<SessionTokens> =>
  run<SessionTokens>(context, request, subject('session', cookie.session, refreshSession.verb), { refresh_token: cookie.token, device: context.device(request.raw) });

const cookieOf = (context: HttpContext, request: HttpRequest): RefreshCookie | undefined => {
  const cookie = readCookie(request.raw);
  checkOrigin(context.origins, request.raw, cookie !== undefined);
  return cookie !== undefined && isUlid(cookie.session) ? cookie : undefined;
};

/** Ends the session that the caller proves to hold: by the access token, else by the refresh token. The cookie goes in any case. */
const logOut = async (context: HttpContext, request: HttpRequest): Promise<HttpAnswer> => {
  const cookie = cookieOf(context, request);
  const gone = { 'set-cookie': clearCookies(context.secure) };
  const id = bearerOf(request.raw) === undefined
    ? cookie === undefined ? undefined : await swap(context, request, cookie).then(tokens => tokens.session, alreadyOver)
    : await sessionOf(context, request);
  const logout_url = id === undefined ? null : await providerLogout(context, request, id);
  if (id !== undefined) await run(context, request, subject('session', id, revokeSession.verb), {}).catch(alreadyOver);
  return ok({ ended: true, ...(logout_url === null ? {} : { logout_url }) }, gone);
};

const sessionOf = async (context: HttpContext, request: HttpRequest): Promise<string> => {
  return personsSession(await context.caller(request.raw));
};

const personsSession = ({ kind, claims }: Authenticated): string => (kind === 'person' ? claims.sid : refuse('DENIED', 'An API key has no session; revoke it under its own address.'));

/** A session that is over already is logged out. Anything else is told. */
const alreadyOver = (error: unknown): undefined => {
  if (error instanceof Refused && error.problem.code.startsWith('SESSION.')) return undefined;
  throw error;
};

const session = async (context: HttpContext, request: HttpRequest): Promise<HttpAnswer> => {
  const { claims, name } = await context.caller(request.raw);
  const proved = context.access.provedUntil(claims.sid);
  return ok({
    user: { id: claims.sub, name: name ?? claims.sub },
    tenant: { id: claims.tenant, name: context.access.tenantName(claims.tenant) },
    session: claims.sid,
    expires_at: new Date(claims.exp * 1_000).toISOString(),
    ...(proved === undefined ? {} : { proved_until: new Date(proved * 1_000).toISOString() }),
  });
};
