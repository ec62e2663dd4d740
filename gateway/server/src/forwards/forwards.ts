/** Ports of servers at names of their own: who comes in, and what goes through. The console itself is never served there, nor a forward at the console's name. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { commandSubject } from '@xanthus/proto';
import type { Access } from '../access/access.js';
import { identityOf } from '../access/identity-of.js';
import { addressOf, fullAddressOf } from '../access/address.js';
import type { Quotas } from '../connection/quotas.js';
import { cookieNamed } from '../http/caller.js';
import type { Commands } from '../upstream/commands.js';
import type { Connections, Entry } from './connections.js';
import { passOn } from './exchange.js';
import { labelOf, originOf, type ForwardHost, type ForwardHostOf } from './forward-host.js';
import type { ForwardRow, ForwardRows } from './forward-rows.js';
import { COOKIE, type Toward } from './headers.js';
import { liveExchanges, type Allowed } from './live.js';
import { sendPage, type Page } from './page.js';
import { isOwnPage } from './same-page.js';
import type { Pass, Seals } from './seals.js';
import { answerUpgrade, passUpgrade } from './upgrade.js';

export const ENTER_PATH = '/.xanthus/enter';
/** A browser that entered stays so long at most, ms; the forward or the session may end before. */
const STAY = 24 * 3_600_000;

export interface ForwardsDeps {
  readonly hostOf: ForwardHostOf;
  /** Where the console is, for links. */
  console(): string;
  readonly rows: ForwardRows;
  readonly seals: Seals;
  readonly access: Pick<Access, 'isOpen' | 'onSessionEnd'>;
  readonly capabilities: { allows(tenant: string, principal: string, request: { readonly what: 'command'; readonly subject: string }): boolean; current(): boolean; onChange(fn: () => void): () => void };
  readonly commands: Pick<Commands, 'run'>;
  readonly connections: Connections;
  readonly quotas: Pick<Quotas, 'request'>;
  readonly metrics: { http(route: string, status: number, ms: number): void };
  readonly proxies: ReadonlySet<string>;
}

export interface Forwards {
  /** Handles requests for names of forwards; false: it is for the console. */
  http(request: IncomingMessage, response: ServerResponse): boolean;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** A client that sends its body only when it is told to is told by the application. */
  listen(server: Server): void;
  stop(): void;
}

/** May this person use the forward now? */
export const mayUse = ({ access, capabilities }: Pick<ForwardsDeps, 'access' | 'capabilities'>, row: ForwardRow, { person, session }: Pick<Allowed, 'person' | 'session'>): boolean =>
  row.state === 'open' && Date.parse(row.ends_at) > Date.now() && (row.share === 'tenant' || row.owner === person) && access.isOpen(person, session)
  && capabilities.allows(row.tenant, person, { what: 'command', subject: commandSubject({ tenant: row.tenant, service: 'terminals', aggregate: 'forward', id: row.id, verb: 'enter' }) })
  && capabilities.allows(row.tenant, person, { what: 'command', subject: commandSubject({ tenant: row.tenant, service: 'vps', aggregate: 'server', id: row.server, verb: 'connect' }) });

export const forwardsOf = (deps: ForwardsDeps): Forwards => {
  const { rows, seals, access, capabilities, connections } = deps;
  const live = liveExchanges(
    (who) => {
      const row = rows.get(who.tenant, who.forward);
      // While nobody can say who may do what, what runs goes on, as everywhere; nothing new begins.
      return row !== undefined && (!capabilities.current() || mayUse(deps, row, who));
    },
    ({ forward, session }) => connections.drop(forward, session),
  );
  rows.onChange(() => {
    live.review();
    connections.keep((tenant, forward) => rows.get(tenant, forward)?.state === 'open');
  });
  const unhear = [capabilities.onChange(() => live.review()), access.onSessionEnd(() => live.review())];
  const secure = (host: ForwardHost): boolean => host.scheme === 'https';
  const nameOf = (host: ForwardHost): string => (secure(host) ? COOKIE.secure : COOKIE.plain);
  const link = (): Page['link'] => ({ href: `${deps.console()}/terminals`, text: 'Open the console' });
  const stranger = (): Page => ({ status: 401, title: 'Open this page from the console', text: 'This is a port of a server that is open to those who may work on it, for a time. Log in to the console and choose “Open” there.', link: link() });

  /** Who asks, or what they are told. */
  const entryOf = (host: ForwardHost, label: string, request: IncomingMessage): Entry | Page => {
    const row = rows.labelled(label);
    const pass = seals.open(cookieNamed(request, nameOf(host)) ?? '', 'cookie');
    if (pass === undefined || row === undefined || pass.forward !== row.id || pass.tenant !== row.tenant) return tooMany(request) ?? stranger();
    if (row.state !== 'open' || Date.parse(row.ends_at) <= Date.now()) return { status: 410, title: 'This port is closed', text: `Port ${row.port} of ${row.server_name} is no longer open. Open it again in the console.`, link: link() };
    if (!capabilities.current()) return { status: 503, title: 'Rights cannot be checked now', text: 'Try again in a moment.' };
    if (!mayUse(deps, row, pass)) return stranger();
    if (!isOwnPage(request, originOf(host, label))) return { status: 403, title: 'Another page asked for this', text: 'Requests to an open port come from its own pages only.' };
    return { row, person: pass.person, session: pass.session };
  };
  const tooMany = (request: IncomingMessage): Page | undefined => (deps.quotas.request(addressOf(request, deps.proxies), true) === undefined ? undefined : { status: 429, title: 'Too many requests', text: 'Try again in a moment.' });
  const towards = (host: ForwardHost, label: string, { row }: Entry, request: IncomingMessage): Toward => ({ row, origin: originOf(host, label), client: fullAddressOf(request, deps.proxies) });

  const enter = async (host: ForwardHost, label: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const used: Page = { status: 401, title: 'This link is used up', text: 'A link from the console lets in once, within half a minute. Choose “Open” there again.', link: link() };
    const pass: Pass | undefined = request.method === 'GET' ? seals.open(new URL(request.url ?? '/', 'http://local').searchParams.get('ticket') ?? '', 'ticket') : undefined;
    const row = rows.labelled(label);
    if (pass?.entry === undefined || row === undefined || row.id !== pass.forward || row.tenant !== pass.tenant) return sendPage(response, tooMany(request) ?? used);
    const { tenant, person, session, entry, to = '/' } = pass;
    if (!capabilities.current() || !mayUse(deps, row, pass)) return sendPage(response, stranger());
    const answer = await deps.commands.run({ subject: commandSubject({ tenant, service: 'terminals', aggregate: 'forward', id: row.id, verb: 'enter' }), payload: JSON.stringify({ entry }), identity: identityOf({ kind: 'person', id: person, tenant, session }) });
    if ('problem' in answer) return sendPage(response, answer.problem.code === 'FORWARD.ENTRY_USED' ? used : { status: answer.problem.retryable ? 503 : 403, title: 'You were not let in', text: answer.problem.message, link: link() });
    const cookie = seals.seal({ for: 'cookie', tenant, forward: row.id, person, session, until: Date.now() + STAY });
    response.writeHead(303, {
      location: to, 'set-cookie': `${nameOf(host)}=${cookie}; Path=/; HttpOnly; SameSite=Lax${secure(host) ? '; Secure' : ''}`, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'content-length': 0,
    }).end();
  };

  const serve = (host: ForwardHost, label: string, request: IncomingMessage, response: ServerResponse, expects: boolean): void => {
    const started = performance.now();
    response.on('close', () => deps.metrics.http('forward', response.statusCode, performance.now() - started));
    const path = request.url ?? '/';
    if (request.httpVersionMajor !== 1 || (!path.startsWith('/') && path !== '*')) return sendPage(response, { status: 400, title: 'This request is not valid', text: 'Its address must begin with a slash, and it must be HTTP/1.' });
    if (path.startsWith('/.xanthus/')) {
      if (path.split('?', 1)[0] !== ENTER_PATH) return sendPage(response, { status: 404, title: 'There is nothing here', text: 'Addresses below /.xanthus/ belong to the console.' });
      return void enter(host, label, request, response).catch(() => sendPage(response, { status: 503, title: 'You were not let in', text: 'That did not work now. Try again.', link: link() }));
    }
    const entry = entryOf(host, label, request);
    if ('status' in entry) return sendPage(response, entry);
    const cut = passOn(request, response, { toward: towards(host, label, entry, request), agent: connections.agent(entry), expects });
    response.on('close', live.add({ tenant: entry.row.tenant, forward: entry.row.id, person: entry.person, session: entry.session, cut }));
  };
  const place = (request: IncomingMessage): { readonly host: ForwardHost; readonly label: string } | undefined => {
    const host = deps.hostOf();
    const label = labelOf(host, request);
    return 'missing' in host || label === undefined ? undefined : { host, label };
  };

  return {
    http(request, response) {
      const at = place(request);
      if (at !== undefined) serve(at.host, at.label, request, response, expecting.has(request));
      return at !== undefined;
    },
    upgrade(request, socket, head) {
      const at = place(request);
      if (at === undefined) return false;
      const { host, label } = at;
      const entry = entryOf(host, label, request);
      const refused: Page | undefined = 'status' in entry ? entry
        : request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket' || request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0 || !(request.url ?? '').startsWith('/')
          ? { status: 400, title: 'This cannot be changed to', text: 'Only WebSockets go through an open port beside HTTP.' } : undefined;
      if (refused !== undefined || 'status' in entry) {
        answerUpgrade(request, socket, refused ?? stranger());
        return true;
      }
      let done = (): void => undefined;
      const cut = passUpgrade(request, socket, head, { toward: towards(host, label, entry, request), connect: () => connections.connect(entry), ended: () => done() });
      done = live.add({ tenant: entry.row.tenant, forward: entry.row.id, person: entry.person, session: entry.session, cut });
      return true;
    },
    listen(server) {
      server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
        if (place(request) === undefined) response.writeContinue();
        else expecting.add(request);
        server.emit('request', request, response);
      });
    },
    stop() {
      for (const stop of unhear) stop();
      live.stop();
      connections.stop();
    },
  };
};

/** Requests whose client waits for a word before it sends the body. */
const expecting = new WeakSet<IncomingMessage>();
