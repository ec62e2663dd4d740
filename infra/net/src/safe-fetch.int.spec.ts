import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PUBLIC_ONLY, type AddressPolicy, type Lookup } from './address.js';
import { natsPorts } from './outgoing.js';
import { createSafeFetch, type SafeFetch, type SafeFetchOptions } from './safe-fetch.js';

// One victim on loopback: what must not be reached counts its connections.

let port: number;
let reached: { url: string; host: string; type: string; body: string; authorization?: string | undefined }[] = [];
const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
};
const victim = createHttpServer((request, response) => {
  void answer(request, response);
});
const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { url = '', headers } = request;
  reached.push({ url, host: headers.host ?? '', type: headers['content-type'] ?? '', body: await bodyOf(request), authorization: headers.authorization });
  if (url === '/hang') return;
  if (url.startsWith('/redirect')) response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/?token=s3cret' }).end();
  else if (url.startsWith('/round')) response.writeHead(302, { location: '/round' }).end();
  else if (url.startsWith('/other-origin')) response.writeHead(302, { location: `http://localhost:${port}/here` }).end();
  else response.end(url === '/big' ? 'x'.repeat(100_000) : 'ok');
};
const listening = (server: Server): Promise<number> => new Promise(done => { server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)); });
beforeAll(async () => { port = await listening(victim); });
afterAll(() => { victim.closeAllConnections(); victim.close(); });
beforeEach(() => { reached = []; });

const open: SafeFetch[] = [];
const fetcher = (policy: AddressPolicy, more: Partial<SafeFetchOptions> = {}): SafeFetch => {
  const made = createSafeFetch({ policy, ...more });
  open.push(made);
  return made;
};
afterAll(() => Promise.all(open.map(f => f.close())));
const named = (...answers: string[]): Lookup => async () => [{ address: answers.shift() ?? '192.0.2.1' }];

describe('SSRF: targets outside are resolved once, checked, and connected to at that address', () => {
  it.each([
    ['loopback', 'https://127.0.0.1/'], ['its spellings', 'https://2130706433/'], ['in hexadecimal', 'https://0x7f.1/'], ['IPv6', 'https://[::1]/'], ['mapped', 'https://[::ffff:127.0.0.1]/'],
    ['metadata', 'https://169.254.169.254/latest/meta-data/'], ['private', 'https://10.0.0.1/'], ['this network', 'https://0.0.0.0/'], ['the name of loopback', 'https://localhost/'],
  ])('refuses %s', async (_, url) => {
    await expect(fetcher(PUBLIC_ONLY)(url)).rejects.toMatchObject({ code: 'TARGET.ADDRESS_FORBIDDEN' });
  });

  it('refuses a name that leads to loopback, also as one of several addresses', async () => {
    const lookup: Lookup = async () => [{ address: '192.0.2.1' }, { address: '127.0.0.1' }];
    await expect(fetcher(PUBLIC_ONLY, { lookup })(`https://evil.example:${port}/`)).rejects.toMatchObject({ code: 'TARGET.ADDRESS_FORBIDDEN' });
    expect(reached).toEqual([]);
  });

  it('rebinding: the address that was checked is the one connected to; another answer is never asked for', async () => {
    let asked = 0;
    const answers = ['127.0.0.2', '127.0.0.1'];
    const lookup: Lookup = async () => { asked += 1; return [{ address: answers.shift() ?? '' }]; };
    // 127.0.0.2 stands for the harmless address (nobody listens there), 127.0.0.1 for what the name says a moment later
    const policy: AddressPolicy = { allow: [], configured: [{ host: 'rebind.example', port }] };
    await expect(fetcher(policy, { lookup })(`http://rebind.example:${port}/`)).rejects.toMatchObject({ code: 'TARGET.UNREACHABLE' });
    expect(asked).toBe(1);
    expect(reached).toEqual([]);
    await expect(fetcher({ allow: [] }, { lookup: named('127.0.0.1') })(`https://rebind.example:${port}/`)).rejects.toMatchObject({ code: 'TARGET.ADDRESS_FORBIDDEN' });
    expect(reached).toEqual([]);
  });

  it('reaches what the operator configured, under its own name', async () => {
    const policy: AddressPolicy = { allow: [], configured: [{ host: 'api.internal', port }] };
    const answer = await fetcher(policy, { lookup: named('127.0.0.1') })(`http://api.internal:${port}/v4?x=1`);
    expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
    expect(reached).toMatchObject([{ url: '/v4?x=1', host: `api.internal:${port}` }]);
  });

  it('asks TLS for the name, not for the address it connects to', async () => {
    let asked = '';
    const server = createTlsServer({ SNICallback: (name, callback) => { asked = name; callback(new Error('seen enough')); } });
    server.on('tlsClientError', () => undefined);
    const tlsPort = await listening(server);
    const policy: AddressPolicy = { allow: ['loopback'] };
    await expect(fetcher(policy, { lookup: named('127.0.0.1') })(`https://idp.example:${tlsPort}/`)).rejects.toMatchObject({ code: 'TARGET.UNREACHABLE' });
    expect(asked).toBe('idp.example');
    server.close();
  });

  it('follows redirects where asked to: so many, each target checked, credentials for the first origin only', async () => {
    const following = fetcher({ allow: ['loopback'] }, { redirects: 2, lookup: named('127.0.0.1', '127.0.0.1') });
    expect(await (await following(`http://127.0.0.1:${port}/other-origin`, { headers: { authorization: 'Bearer s3cret', accept: 'text/plain' } })).text()).toBe('ok');
    expect(reached.map(r => [r.url, r.authorization])).toEqual([['/other-origin', 'Bearer s3cret'], ['/here', undefined]]);
    await expect(following(`http://127.0.0.1:${port}/redirect`)).rejects.toMatchObject({ code: 'TARGET.ADDRESS_FORBIDDEN' });
    await expect(following(`http://127.0.0.1:${port}/round`)).rejects.toMatchObject({ code: 'TARGET.REDIRECTED' });
    await expect(following(`http://127.0.0.1:${port}/other-origin`, { method: 'POST', body: 'x' })).rejects.toMatchObject({ code: 'TARGET.REDIRECTED' });
    expect(reached.filter(r => r.url === '/round')).toHaveLength(3);
    expect((await fetcher({ allow: ['loopback'] }, { redirects: 'tell' })(`http://127.0.0.1:${port}/redirect`)).status).toBe(302);
  });

  it('does not follow a redirect, and tells no query', async () => {
    const error = await fetcher({ allow: ['loopback'] })(`http://127.0.0.1:${port}/redirect?key=s3cret`).then(() => undefined, (e: Error) => e);
    expect(error).toMatchObject({ code: 'TARGET.REDIRECTED' });
    expect(String(error)).toContain('169.254.169.254');
    expect(String(error)).not.toContain('s3cret');
    expect(reached).toHaveLength(1);
  });

  it.each([
    ['http to anywhere', 'http://example.com/'], ['another protocol', 'file:///etc/passwd'], ['credentials in the address', 'https://me:s3cret@example.com/'], ['no address', 'nonsense'],
  ])('refuses %s', async (_, url) => {
    const error = await fetcher(PUBLIC_ONLY)(url).then(() => undefined, (e: Error) => e);
    expect(error).toMatchObject({ code: 'TARGET.INVALID' });
    expect(String(error)).not.toContain('s3cret');
  });

  it('never reaches our own NATS, whatever is allowed', async () => {
    expect(natsPorts(`nats://127.0.0.1:${port},tls://b.example:5222,c.example`)).toEqual([port, 5_222, 4_222]);
    const policy: AddressPolicy = { allow: ['loopback'], ownPorts: natsPorts(`127.0.0.1:${port}`) };
    await expect(fetcher(policy)(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'TARGET.ADDRESS_FORBIDDEN' });
    expect(reached).toEqual([]);
  });

  it('takes plain http to names that lead to what the operator allows, never to public ones', async () => {
    const policy: AddressPolicy = { allow: ['loopback'] };
    expect((await fetcher(policy, { lookup: named('127.0.0.1') })(`http://idp.internal:${port}/`)).status).toBe(200);
    await expect(fetcher(policy, { lookup: named('192.0.2.1') })(`http://idp.example:${port}/`)).rejects.toMatchObject({ code: 'TARGET.INVALID' });
    await expect(fetcher(policy)('http://192.0.2.1/')).rejects.toMatchObject({ code: 'TARGET.INVALID' });
  });

  it('sends forms as they are', async () => {
    const body = new FormData();
    body.set('value', 'näme');
    await fetcher({ allow: ['loopback'] })(`http://127.0.0.1:${port}/`, { method: 'PUT', body });
    expect(reached[0]?.type).toMatch(/^multipart\/form-data; boundary=/);
    expect(reached[0]?.body).toContain('näme');
  });

  it('gives up when no answer comes, and when too much of it comes', async () => {
    await expect(fetcher({ allow: ['loopback'] }, { timeouts: { total: 50 } })(`http://127.0.0.1:${port}/hang`)).rejects.toMatchObject({ code: 'TARGET.TIMEOUT', retryable: true });
    const answer = await fetcher({ allow: ['loopback'] }, { maxAnswer: 10_000 })(`http://127.0.0.1:${port}/big`).then(a => a.text()).then(() => 'read', () => 'refused');
    expect(answer).toBe('refused');
    const nobody = createServer();
    const free = await listening(nobody);
    await new Promise<void>(done => { nobody.close(() => done()); });
    await expect(fetcher({ allow: ['loopback'] })(`http://127.0.0.1:${free}/`)).rejects.toMatchObject({ code: 'TARGET.UNREACHABLE', retryable: true });
  });

  it('ends with the caller', async () => {
    const stop = new AbortController();
    const call = fetcher({ allow: ['loopback'] })(`http://127.0.0.1:${port}/hang`, { signal: stop.signal });
    stop.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });
});
