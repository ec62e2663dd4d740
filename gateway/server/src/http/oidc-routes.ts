/**
 * Log-in at an OpenID provider of a tenant: the browser is sent there with a cookie that only the callback is shown, so that nobody is logged in
 * by a link that somebody else began. What the cookie holds is sealed by auth; where to go afterwards stands beside it.
 */
import { createHash } from 'node:crypto';
import { commandSubject, type OutputOf } from '@xanthus/proto';
import { backchannelLogout, linkIdentity, oidcLogoutUrl, oidcOptions, oidcProviderRef, openSession, startOidc, startOidcLink, type SessionTokens } from '@xanthus/proto/auth';
import { isLoopback } from '../access/origins.js';
import { problemOf, refuse, Refused } from '../protocol/problem.js';
import { ok, plain, type HttpAnswer, type HttpRequest } from './answer.js';
import { question, run, subject } from './ask-auth.js';
import { cookieNamed, setCookies } from './caller.js';
import type { HttpContext } from './context.js';
import { readForm } from './read-body.js';
import { returnPath } from './return-path.js';
import type { Route } from './router.js';
import { askService } from './row-routes.js';

const PATH = '/api/auth/oidc';
/** As long as auth accepts what it sealed, s. */
const FLOW_SECONDS = 600;

export const oidcRoutes = (context: HttpContext): Route[] => [
  { method: 'GET', path: PATH, handler: async request => ok(await run(context, request, question(oidcOptions.question), { tenant: (request.query.get('tenant') ?? '').slice(0, 64) })) },
  { method: 'GET', path: `${PATH}/:provider/start`, handler: request => start(context, request) },
  { method: 'GET', path: `${PATH}/:provider/callback`, handler: request => callback(context, request) },
  { method: 'POST', path: `${PATH}/:provider/link`, handler: request => startLink(context, request) },
  { method: 'POST', path: `${PATH}/:provider/backchannel-logout`, handler: request => loggedOutThere(context, request) },
];

/** Where the browser goes to log out at the provider of a session too; null where there is no such place. */
export const providerLogout = async (context: HttpContext, request: HttpRequest, session: string): Promise<string | null> => {
  // Whoever logs out is logged out here, whatever is wrong over there.
  return run<OutputOf<typeof oidcLogoutUrl>>(context, request, question(oidcLogoutUrl.question, session), { return_to: `${baseOf(context, request)}/` }).then(answer => answer.url, () => null);
};

const start = async (context: HttpContext, request: HttpRequest): Promise<HttpAnswer> => {
  const provider = providerOf(request);
  const invitation = request.query.get('invitation');
  try {
    const begun = await run<Begun>(context, request, question(startOidc.question), { provider, redirect_uri: redirectUri(context, request, provider), ...(invitation === null ? {} : { invitation: invitation.slice(0, 256) }) });
    return redirect(begun.url, [flowCookie(context, begun, { to: returnPath(request.query.get('return_to')), link: false })]);
  } catch (error) {
    return failed(context, request, error, '/login');
  }
};

const startLink = async (context: HttpContext, request: HttpRequest): Promise<HttpAnswer> => {
  const provider = providerOf(request);
  const caller = await context.caller(request.raw);
  const body = await request.body();
  const return_to = typeof body === 'object' && body !== null && 'return_to' in body ? body.return_to : undefined;
  const begun = await askService(context, caller, { subject: question(startOidcLink.question), request, input: async () => ({ provider, redirect_uri: redirectUri(context, request, provider) }) }) as Begun;
  return ok({ url: begun.url }, { 'set-cookie': flowCookie(context, begun, { to: returnPath(typeof return_to === 'string' ? return_to : null), link: true }) });
};

const callback = async (context: HttpContext, request: HttpRequest): Promise<HttpAnswer> => {
  const provider = providerOf(request);
  const name = cookieName(request.query.get('state') ?? '');
  const after = readFlow(cookieNamed(request.raw, name) ?? '');
  const gone = `${name}=; ${attributes(context, 0)}`;
  if (after === undefined) return failed(context, request, new Refused({ code: 'OIDC.FLOW_INVALID', message: 'This log-in was not begun here.', retryable: false }), '/login');
  const input = { provider, flow: after.flow, query: new URL(request.raw.url ?? '/', 'http://local').search.slice(1) };
  try {
    if (after.link) {
      await run(context, request, subject('identity', 'new', linkIdentity.verb), input);
      return redirect(after.to, [gone]);
    }
    const { refresh_token, ...tokens } = await run<SessionTokens>(context, request, subject('session', 'new', openSession.verb), { method: 'oidc', ...input, device: context.device(request.raw) });
    return redirect(after.to, [gone, ...setCookies({ session: tokens.session, token: refresh_token }, tokens.access_token, context.secure)]);
  } catch (error) {
    return failed(context, request, error, after.link ? after.to : '/login', [gone]);
  }
};

/** OpenID Connect Back-Channel Logout 1.0, section 2.8: 200 or 400, never cached. */
const loggedOutThere = async (context: HttpContext, request: HttpRequest): Promise<HttpAnswer> => {
  const [tenant = '', id = ''] = providerOf(request).split('.');
  try {
    const logout_token = (await readForm(request.raw)).get('logout_token');
    if (logout_token === null) return refuse('INVALID', 'The form has no logout_token.');
    await run(context, request, commandSubject({ tenant, service: 'auth', aggregate: backchannelLogout.aggregate, id, verb: backchannelLogout.verb }), { logout_token });
    return plain(200, {});
  } catch (error) {
    const { code, message, retryable } = problemOf(error);
    if (retryable || code === 'INTERNAL') throw error;
    return plain(400, { error: 'invalid_request', error_description: message });
  }
};

type Begun = OutputOf<typeof startOidc>;
interface After { /** A path of the console. */ readonly to: string; readonly link: boolean }

const providerOf = ({ params }: HttpRequest): string => {
  const ref = oidcProviderRef.safeParse(params['provider']);
  return ref.success ? ref.data : refuse('NOT_FOUND', 'A provider is named <tenant>.<name>.');
};

/** A cookie for each log-in that is under way: two tabs do not disturb each other. */
const cookieName = (state: string): string => `xanthus_oidc_${createHash('sha256').update(state).digest('hex').slice(0, 16)}`;
/** Lax: the browser comes back from elsewhere, by a link. */
const attributes = (context: HttpContext, seconds: number): string => `Path=${PATH}; HttpOnly; SameSite=Lax${context.secure ? '; Secure' : ''}; Max-Age=${seconds}`;

const flowCookie = (context: HttpContext, { url, flow }: Begun, after: After): string =>
  `${cookieName(new URL(url).searchParams.get('state') ?? '')}=${flow}.${Buffer.from(JSON.stringify(after)).toString('base64url')}; ${attributes(context, FLOW_SECONDS)}`;

const readFlow = (cookie: string): (After & { readonly flow: string }) | undefined => {
  const [, flow = '', after = ''] = /^(xof_[\w-]{1,4000})\.([\w-]{1,4000})$/.exec(cookie) ?? [];
  try {
    const { to, link } = JSON.parse(Buffer.from(after, 'base64url').toString('utf8')) as { to?: unknown; link?: unknown };
    return { flow, link: link === true, to: returnPath(typeof to === 'string' ? to : null) };
  } catch {
    return undefined;
  }
};

/** The page that the browser lands on says what went wrong. */
const failed = (context: HttpContext, request: HttpRequest, error: unknown, at: string, cookies: readonly string[] = []): HttpAnswer => {
  const { code } = problemOf(error);
  if (code === 'INTERNAL') context.log.error({ err: error, path: request.path, correlation_id: request.correlation_id }, 'a log-in at a provider failed');
  const page = new URL(at, 'http://local');
  page.searchParams.set('error', code);
  if (at === '/login') page.searchParams.set('tenant', (request.params['provider'] ?? '').split('.')[0] ?? '');
  return redirect(`${page.pathname}${page.search}${page.hash}`, cookies);
};

const redirect = (location: string, cookies: readonly string[] = []): HttpAnswer => ({ status: 302, raw: { type: 'text/plain; charset=utf-8', text: '' }, headers: { location, ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }) } });

const redirectUri = (context: HttpContext, request: HttpRequest, provider: string): string => `${baseOf(context, request)}${PATH}/${provider}/callback`;

/** The address under which browsers reach us: as configured; on loopback the name of this machine that the browser used. */
const baseOf = ({ config, origins }: HttpContext, { raw }: HttpRequest): string => {
  if (config.XANTHUS_PUBLIC_URL !== undefined) return new URL(config.XANTHUS_PUBLIC_URL).origin;
  const named = `http://${raw.headers.host ?? ''}`;
  return URL.canParse(named) && origins.allows(named) && isLoopback(new URL(named).hostname.replace(/^\[(.*)\]$/, '$1')) ? named : `http://127.0.0.1:${raw.socket.localPort ?? config.XANTHUS_PORT}`;
};
