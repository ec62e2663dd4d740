/** Names, passes, pages that ask, headers: what decides who gets through and what. */
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { forwardHostOf, labelOf, originOf } from './forward-host.js';
import type { ForwardRow } from './forward-rows.js';
import { toApplication, toBrowser } from './headers.js';
import { pageText } from './page.js';
import { isOwnPage } from './same-page.js';
import { sealsOf, type Pass } from './seals.js';

const LABEL = 'p-7zk3x8e2v5y9w4m7q6r1s0tab2';
const row = (more: Partial<ForwardRow> = {}): ForwardRow => ({ address: '127.0.0.1', port: 3_000, scheme: 'http', names: 'local', ...more } as ForwardRow);
const message = (raw: readonly string[], more: Partial<IncomingMessage> = {}): IncomingMessage => {
  const headers: Record<string, string> = {};
  for (let i = 0; i < raw.length; i += 2) headers[(raw[i] ?? '').toLowerCase()] = raw[i + 1] ?? '';
  return { method: 'GET', rawHeaders: [...raw], headers, ...more } as IncomingMessage;
};
const asObject = (list: readonly string[]): Record<string, string> => Object.fromEntries(list.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), list[i + 1] ?? '']] : [])));

describe('the name', () => {
  const at = (config: { XANTHUS_PUBLIC_URL?: string; XANTHUS_FORWARD_HOST?: string }) => forwardHostOf(config as never, () => 7_700)();

  it('is below localhost on this machine, and elsewhere what the operator has set', () => {
    expect(at({})).toEqual({ scheme: 'http', host: 'localhost', port: ':7700' });
    expect(at({ XANTHUS_PUBLIC_URL: 'http://localhost:8080' })).toEqual({ scheme: 'http', host: 'localhost', port: ':8080' });
    expect(at({ XANTHUS_PUBLIC_URL: 'https://console.example' })).toEqual({ missing: expect.stringContaining('XANTHUS_FORWARD_HOST') });
    expect(at({ XANTHUS_PUBLIC_URL: 'https://console.example', XANTHUS_FORWARD_HOST: 'Ports.Example' })).toEqual({ scheme: 'https', host: 'ports.example', port: '' });
    expect(at({ XANTHUS_PUBLIC_URL: 'https://console.example:8443', XANTHUS_FORWARD_HOST: 'ports.example:9443' })).toEqual({ scheme: 'https', host: 'ports.example', port: ':9443' });
    expect(originOf({ scheme: 'https', host: 'ports.example', port: '' }, LABEL)).toBe(`https://${LABEL}.ports.example`);
  });

  it('must be exact', () => {
    const host = { scheme: 'http', host: 'localhost', port: ':7700' } as const;
    const label = (name: string | undefined): string | undefined => labelOf(host, { headers: name === undefined ? {} : { host: name } });
    expect([`${LABEL}.localhost`, `${LABEL}.localhost:7700`, `${LABEL.toUpperCase()}.LOCALHOST:1`].map(label)).toEqual([LABEL, LABEL, LABEL]);
    for (const bad of [undefined, '', 'localhost:7700', LABEL, `${LABEL}.localhost.evil.example`, `${LABEL}.evil.localhost`, `x.${LABEL}.localhost`, `${LABEL}.localhost.`, `${LABEL}.localhost:7700:1`, `${LABEL}.localhost, x`, `p-short.localhost`, `${LABEL}x.localhost`, `${LABEL}.localhost@evil.example`]) expect([bad, label(bad)]).toEqual([bad, undefined]);
    expect(labelOf({ missing: '' }, { headers: { host: `${LABEL}.localhost` } })).toBeUndefined();
  });
});

describe('a pass', () => {
  const given: Pass = { for: 'ticket', tenant: 'acme', forward: 'f', person: 'p', session: 's', until: 1_000, entry: 'e' };

  it('is taken by every gateway with the key, for what it is, until its time', () => {
    let now = 999;
    const [one, other] = [sealsOf('a2V5', () => now), sealsOf('b3RoZXI', () => now)];
    const sealed = one.seal(given);
    expect(sealsOf('a2V5', () => now).open(sealed, 'ticket')).toEqual(given);
    expect([one.open(sealed, 'cookie'), other.open(sealed, 'ticket'), one.open('', 'ticket'), one.open('a.b', 'ticket'), one.open('x'.repeat(5_000), 'ticket')]).toEqual([undefined, undefined, undefined, undefined, undefined]);
    const [body = '', mac = ''] = sealed.split('.');
    const forged = Buffer.from(JSON.stringify({ ...given, person: 'another' })).toString('base64url');
    expect([one.open(`${forged}.${mac}`, 'ticket'), one.open(`${body}.${mac.slice(1)}A`, 'ticket')]).toEqual([undefined, undefined]);
    now = 1_000;
    expect(one.open(sealed, 'ticket')).toBeUndefined();
  });
});

describe('a page of one\'s own', () => {
  const ORIGIN = 'http://a.localhost';
  const asks = (headers: Readonly<Record<string, string>>, method = 'GET'): boolean => isOwnPage(message(Object.entries(headers).flat(), { method }), ORIGIN);

  it('asks, or the person goes there', () => {
    expect([asks({}), asks({ origin: ORIGIN }, 'POST'), asks({ origin: 'null', 'sec-fetch-site': 'same-origin' }, 'POST'), asks({ 'sec-fetch-site': 'none' }), asks({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' })]).toEqual([true, true, true, true, true]);
    expect([asks({ upgrade: 'websocket', origin: ORIGIN }), asks({ upgrade: 'websocket' })]).toEqual([true, true]);
  });

  it('is no other one', () => {
    const nav = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect([asks({ origin: 'http://b.localhost' }), asks({ origin: 'null' }, 'POST'), asks({ 'sec-fetch-site': 'same-site' }), asks(nav, 'POST'), asks({ ...nav, 'sec-fetch-dest': 'iframe' }), asks({ upgrade: 'websocket', origin: 'http://b.localhost' }), asks({ upgrade: 'websocket', 'sec-fetch-site': 'same-site' }), asks({ upgrade: 'websocket', ...nav })]).toEqual(Array.from({ length: 8 }, () => false));
    expect(isOwnPage(message(['Origin', ORIGIN, 'Origin', 'http://b.localhost'], { method: 'POST' }), ORIGIN)).toBe(false);
  });
});

describe('headers', () => {
  const origin = `http://${LABEL}.localhost:7700`;
  const toward = (more: Partial<ForwardRow> = {}) => ({ row: row(more), origin, client: '192.0.2.7' });

  it('say the application its own name, or the public one, and never what is ours', () => {
    const raw = ['Host', `${LABEL}.localhost:7700`, 'Origin', origin, 'Referer', `${origin}/a`, 'Cookie', 'a=1; xanthus_forward=x; __Host-xanthus_forward=y', 'Cookie', 'xanthus_access=z', 'Connection', 'close, X-Own', 'X-Own', '1', 'X-Forwarded-For', '1.1.1.1'];
    expect(toApplication(message(raw), toward())).toEqual(['Host', 'localhost:3000', 'Origin', 'http://localhost:3000', 'Referer', 'http://localhost:3000/a', 'Cookie', 'a=1', 'X-Forwarded-For', '192.0.2.7']);
    expect(asObject(toApplication(message(raw), toward({ names: 'public' })))).toEqual({ host: `${LABEL}.localhost:7700`, origin, referer: `${origin}/a`, cookie: 'a=1', 'x-forwarded-for': '192.0.2.7', 'x-forwarded-host': `${LABEL}.localhost:7700`, 'x-forwarded-proto': 'http' });
    expect(toApplication(message([]), toward({ address: '10.0.0.7', scheme: 'https', port: 443 }))[1]).toBe('10.0.0.7');
    expect(toApplication(message([]), toward({ address: 'fd00::7' }))[1]).toBe('[fd00::7]:3000');
  });

  it('tell each length once, as the parser read it', () => {
    const framed = (raw: readonly string[], method: string): Record<string, string> => asObject(toApplication(message(raw, { method }), toward()));
    expect(framed(['Content-Length', '5'], 'POST')).toMatchObject({ 'content-length': '5' });
    expect(framed(['Transfer-Encoding', 'chunked'], 'POST')).toMatchObject({ 'transfer-encoding': 'chunked' });
    expect(framed([], 'PROPFIND')).toMatchObject({ 'content-length': '0' });
    expect(framed([], 'GET')).not.toHaveProperty('content-length');
    expect(() => framed(['Transfer-Encoding', 'gzip, chunked'], 'POST')).toThrow(RangeError);
  });

  it('come back for this name alone', () => {
    const raw = ['Set-Cookie', 'a=1; domain=.localhost; Path=/; Secure', 'Set-Cookie', ' xanthus_access=x', 'Location', 'http://127.0.0.1:3000/x?y#z', 'Strict-Transport-Security', 'max-age=1', 'Alt-Svc', 'h3', 'Keep-Alive', '5', 'X-Powered-By', 'spec'];
    expect(toBrowser(message(raw), { row: row(), origin })).toEqual(['Set-Cookie', 'a=1; Path=/; Secure', 'Location', `${origin}/x?y#z`, 'X-Powered-By', 'spec']);
    expect(toBrowser(message(raw), { row: row(), origin: 'https://x.ports.example' })).toContain('Strict-Transport-Security');
    const leads = (value: string): string | undefined => toBrowser(message(['Location', value]), { row: row(), origin })[1];
    expect(['/home', 'http://localhost:3001/', 'https://localhost:3000/', 'http://other:3000/', 'http://localhost:3000@evil.example/', '//localhost:3000/'].map(leads)).toEqual(['/home', 'http://localhost:3001/', 'https://localhost:3000/', 'http://other:3000/', 'http://localhost:3000@evil.example/', '//localhost:3000/']);
    // Clearing cookies would log out of a console below the same domain.
    const clears = (value: string): string | undefined => toBrowser(message(['Clear-Site-Data', value]), { row: row(), origin })[1];
    expect(['"cache"', '"cookies"', '"cache", "Cookies","storage"', '"*"', '*'].map(clears)).toEqual(['"cache"', undefined, '"cache", "storage"', undefined, undefined]);
  });
});

it('pages of ours hold no markup of anybody', () => {
  expect(pageText({ status: 502, title: '<b>', text: '"&\'<script>', link: { href: '"x', text: '<i>' } })).not.toMatch(/<b>|<script>|<i>|""x/);
});
