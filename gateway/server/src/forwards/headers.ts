/** Headers on their way through. What belongs to one connection stays there (RFC 9110, 7.6.1), what is ours reaches no application, and each message says its length anew. */
import type { IncomingMessage } from 'node:http';
import type { ForwardRow } from './forward-rows.js';

export const COOKIE = { plain: 'xanthus_forward', secure: '__Host-xanthus_forward' } as const;
const OURS = /^(?:__Host-|__Secure-)?xanthus_/i;
const HOP = new Set(['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-authentication-info', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings']);
/** Said anew here, or by nobody. */
const ANEW = new Set(['host', 'content-length', 'expect', 'forwarded', 'x-real-ip', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-prefix', 'x-forwarded-server', 'x-forwarded-ssl']);
/** Methods after which Node sends no body unless it is told. */
const BODILESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);

const named = (connection: string | undefined): Set<string> => new Set((connection ?? '').toLowerCase().split(',').map(token => token.trim()));
function* pairs(raw: readonly string[]): Generator<readonly [string, string]> {
  for (let i = 0; i + 1 < raw.length; i += 2) yield [raw[i] ?? '', raw[i + 1] ?? ''];
}

const withoutOurs = (cookie: string): string => cookie.split(';').map(part => part.trim()).filter(part => part !== '' && !OURS.test(part)).join('; ');

/** As the application knows itself: what a browser on the server would ask for. */
const localOrigin = ({ scheme, address, port }: Pick<ForwardRow, 'scheme' | 'address' | 'port'>): { readonly host: string; readonly origin: string } => {
  const name = address === '127.0.0.1' || address === '::1' ? 'localhost' : address.includes(':') ? `[${address}]` : address;
  const host = port === (scheme === 'https' ? 443 : 80) ? name : `${name}:${port}`;
  return { host, origin: `${scheme}://${host}` };
};

/** How long what follows is; said by us alone, from what the parser found. @throws RangeError a coding that is not chunked */
const framing = ({ method = 'GET', headers }: IncomingMessage): string[] => {
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) {
    if (coding.trim().toLowerCase() !== 'chunked') throw new RangeError('This transfer coding is not understood.');
    return ['Transfer-Encoding', 'chunked'];
  }
  const length = headers['content-length'];
  return length === undefined ? (BODILESS.has(method) ? [] : ['Content-Length', '0']) : ['Content-Length', length];
};

export interface Toward { readonly row: ForwardRow; /** As the browser sees it. */ readonly origin: string; /** Where the browser is. */ readonly client: string }

/** Flat list of names and values for the application. `upgrade`: of a WebSocket. @throws RangeError */
export const toApplication = (request: IncomingMessage, { row, origin, client }: Toward, upgrade = false): string[] => {
  const drop = named(request.headers.connection);
  const local = localOrigin(row);
  const asLocal = row.names === 'local';
  const shown = new URL(origin);
  const sent: string[] = ['Host', asLocal ? local.host : shown.host];
  for (const [name, value] of pairs(request.rawHeaders)) {
    const low = name.toLowerCase();
    if (HOP.has(low) || ANEW.has(low) || drop.has(low)) continue;
    if (low === 'cookie') {
      const kept = withoutOurs(value);
      if (kept !== '') sent.push(name, kept);
    } else if (asLocal && low === 'origin' && value === origin) sent.push(name, local.origin);
    else if (asLocal && low === 'referer' && (value === origin || value.startsWith(`${origin}/`))) sent.push(name, local.origin + value.slice(origin.length));
    else sent.push(name, value);
  }
  sent.push('X-Forwarded-For', client);
  if (!asLocal) sent.push('X-Forwarded-Host', shown.host, 'X-Forwarded-Proto', shown.protocol.slice(0, -1));
  return upgrade ? [...sent, 'Connection', 'Upgrade', 'Upgrade', 'websocket'] : [...sent, ...framing(request)];
};

/** A cookie of the application is for its own host only, and never one of ours. */
const ownCookie = (value: string): string | undefined => (OURS.test(value.trim()) ? undefined : value.split(';').filter(part => !/^\s*domain\s*=?/i.test(part)).join(';'));

/** Cookies are cleared for the whole domain, that of the console too; all else is of this name alone. */
const ownClearing = (value: string): string => value.split(',').map(part => part.trim()).filter(part => part !== '' && !/^"?(?:\*|cookies)"?$/i.test(part)).join(', ');

/** Where it leads, if that is the application itself. */
const shownLocation = (value: string, { scheme, address, port }: ForwardRow, origin: string): string => {
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) return value;
  const to = new URL(value);
  const same = to.protocol === `${scheme}:` && Number(to.port || (scheme === 'https' ? 443 : 80)) === port && [address, `[${address}]`, 'localhost', '127.0.0.1', '[::1]'].includes(to.hostname);
  return same ? origin + to.pathname + to.search + to.hash : value;
};

/** Flat list of names and values for the browser. */
export const toBrowser = (response: IncomingMessage, { row, origin }: Pick<Toward, 'row' | 'origin'>): string[] => {
  const drop = named(response.headers.connection);
  const plain = origin.startsWith('http:');
  const sent: string[] = [];
  for (const [name, value] of pairs(response.rawHeaders)) {
    const low = name.toLowerCase();
    // Another port or protocol for this name would lead past us.
    if (HOP.has(low) || drop.has(low) || low === 'alt-svc' || (plain && low === 'strict-transport-security')) continue;
    if (low === 'set-cookie') {
      const kept = ownCookie(value);
      if (kept !== undefined) sent.push(name, kept);
    } else if (low === 'clear-site-data') {
      const kept = ownClearing(value);
      if (kept !== '') sent.push(name, kept);
    } else sent.push(name, low === 'location' && row.names === 'local' ? shownLocation(value, row, origin) : value);
  }
  return sent;
};
