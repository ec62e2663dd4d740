/** One running product and everything a clumsy or hostile client may send it. Each answer is a code, says what is wrong, and comes in time. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer as createHttpServer } from 'node:http';
import { connect as dial, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';
import { connect, credsAuthenticator } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { startSshd } from '@xanthus/testing';
import type { TestSshd } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { startPlatform } from './testing-platform.js';
import type { Platform } from './testing-platform.js';
import { compareWithRebuild } from './testing-rebuild.js';
import { makeCredential, makeTenant } from './testing-tenant.js';

/** For what needs no other machine. */
const PROMPT_MS = 20_000; // milliseconds, and below what any silence costs (30 s): a machine may stand still
const NOBODY = '01jd3x8e2v5y9w4z7q6r1s0tab';
const FINGERPRINT = 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs';

interface Said { status: number; code: string; message: string; ms: number; text: string }
interface Frame { op: string; inbox?: string; data?: { code?: string; message?: string; status?: string } }

let platform: Platform;
let sshd: TestSshd;
let other: NatsConnection;
/** Access tokens: `ada` owns acme, `bob` only looks. */
const tokens: Record<string, string> = {};
/** Id of a key of the tenant `other`. */
let foreign = '';
const listeners: Server[] = [];
const sockets = new Set<Socket>();
const ports = { http: 0, silent: 0, dropping: 0, closed: 0 };

const listen = async (server: Server): Promise<number> => {
  listeners.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

interface Asked { body?: unknown; raw?: string; as?: string; headers?: Record<string, string> }

async function http(method: string, path: string, o: Asked = {}): Promise<Said> {
  const since = performance.now();
  const token = o.as === undefined ? undefined : (tokens[o.as] ?? o.as);
  const answer = await fetch(`${platform.url}${path}`, {
    method, headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...o.headers },
    ...(method === 'GET' ? {} : { body: o.raw ?? JSON.stringify(o.body ?? {}) }),
  });
  const text = await answer.text();
  const { code = '', message = '' } = JSON.parse(text) as { code?: string; message?: string };
  return { status: answer.status, code, message, ms: performance.now() - since, text };
}

/** One socket; `ask` sends a frame and resolves with the first answer to it. */
async function openSocket(as: string | undefined): Promise<{ ask(frame: unknown): Promise<Said>; closed: Promise<number>; end(): void }> {
  const ws = new WebSocket(`${platform.url.replace('http', 'ws')}/ws`, ['xanthus.v1.json'], as === undefined ? {} : { headers: { authorization: `Bearer ${tokens[as] ?? as}` } });
  const frames: Frame[] = [];
  let wake = (): void => undefined;
  ws.on('message', (data: Buffer) => {
    frames.push(...[JSON.parse(data.toString()) as Frame | Frame[]].flat());
    wake();
  });
  const closed = once(ws, 'close').then(([code]) => code as number);
  await once(ws, 'open');
  ws.on('error', () => undefined);
  const next = async (fits: (f: Frame) => boolean): Promise<Frame> => {
    for (;;) {
      const at = frames.findIndex(fits);
      if (at >= 0) return frames.splice(at, 1)[0] as Frame;
      await new Promise<void>((resolve) => { wake = resolve; });
    }
  };
  if (tokens[as ?? ''] !== undefined) await next(f => f.op === 'cap_update');
  return {
    closed, end: () => ws.terminate(),
    ask: async (frame) => {
      const since = performance.now();
      ws.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
      const answer = await next(f => ['error', 'reply', 'pong'].includes(f.op));
      return { status: 0, code: answer.op === 'error' ? answer.data?.code ?? '' : answer.op, message: answer.data?.message ?? '', ms: performance.now() - since, text: JSON.stringify(answer) };
    },
  };
}

/** A refusal is a sentence without entrails. */
function expectClear(said: Said, within = PROMPT_MS): void {
  expect(said.message).toMatch(/^.{8,}/);
  expect(said.text).not.toMatch(/\bat .+:\d+:\d+|node_modules|undefined is not|Cannot read/);
  expect(said.ms).toBeLessThan(within);
}

beforeAll(async () => {
  [platform, sshd] = await Promise.all([startPlatform({ env: { XANTHUS_SSH_ALLOW: 'loopback' } }), startSshd()]);
  tokens['ada'] = (await platform.setUp()).access_token;
  const person = { email: 'bob@example.com', password: 'battery horse correct' };
  await http('POST', '/api/members?wait=view', { as: 'ada', body: { ...person, name: 'Bob', role: 'viewer' } });
  tokens['bob'] = (JSON.parse((await http('POST', '/api/auth/login', { body: person })).text) as { data: { access_token: string } }).data.access_token;
  await makeTenant(platform, 'other');
  const { creds } = await makeCredential(platform, 'other', 'billing', '--role', 'operator');
  other = await connect({ servers: platform.natsUrl, authenticator: credsAuthenticator(new TextEncoder().encode(creds)) });
  foreign = (await other.request('cmd.other.vps.ssh-key.new.generate', '{"name":"theirs"}', { timeout: 30_000 })).json<{ id: string }>().id;
  ports.http = await listen(createHttpServer((_, response) => { response.end('a web page'); }));
  ports.silent = await listen(createServer());
  ports.dropping = await listen(createServer(socket => { socket.destroy(); }));
  const closed = createServer();
  ports.closed = await listen(closed);
  closed.close();
});
afterAll(async () => {
  await other?.close();
  for (const socket of sockets) socket.destroy();
  for (const server of listeners) server.close();
  await platform?.stop();
  await sshd?.stop();
});

describe('HTTP', () => {
  const long = 'x'.repeat(1_100_000);
  it.each<[string, string, string, Asked, number, string]>([
    ['malformed JSON', 'POST', '/api/ssh-keys', { as: 'ada', raw: '{"name":' }, 400, 'BAD_JSON'],
    ['no object', 'POST', '/api/ssh-keys', { as: 'ada', raw: '[]' }, 422, 'INVALID'],
    ['nothing', 'POST', '/api/ssh-keys', { as: 'ada', raw: '' }, 422, 'INVALID'],
    ['a number for a name', 'POST', '/api/ssh-keys', { as: 'ada', body: { name: 7 } }, 422, 'INVALID'],
    ['a name with a newline', 'POST', '/api/ssh-keys', { as: 'ada', body: { name: 'abc\ndef' } }, 422, 'INVALID'],
    ['a prototype instead of a field', 'POST', '/api/ssh-keys', { as: 'ada', raw: '{"__proto__":{"name":"abc"}}' }, 422, 'INVALID'],
    ['another content type', 'POST', '/api/ssh-keys', { as: 'ada', raw: 'name=abc', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'UNSUPPORTED_TYPE'],
    ['nesting', 'POST', '/api/ssh-keys', { as: 'ada', raw: `${'['.repeat(50_000)}${']'.repeat(50_000)}` }, 413, 'TOO_LARGE'],
    ['more than one message carries, beside the command', 'POST', '/api/ssh-keys', { as: 'ada', body: { name: long.slice(0, 60_000) } }, 422, 'INVALID'],
    ['a name of a megabyte', 'POST', '/api/ssh-keys', { as: 'ada', body: { name: long.slice(0, 1_048_500) } }, 422, 'INVALID'],
    ['more than a body may have', 'POST', '/api/ssh-keys', { as: 'ada', body: { name: long } }, 413, 'TOO_LARGE'],
    ['a log-in of a megabyte', 'POST', '/api/auth/login', { body: { email: 'ada@example.com', password: long.slice(0, 1_048_000) } }, 413, 'TOO_LARGE'],
    ['an idempotency key with spaces', 'POST', '/api/ssh-keys', { as: 'ada', body: { name: 'abc' }, headers: { 'idempotency-key': 'a b' } }, 422, 'INVALID'],
    ['an unknown route', 'POST', '/api/ssh-keys/explode', { as: 'ada' }, 404, 'NOT_FOUND'],
    ['an unknown method', 'PUT', '/api/ssh-keys', { as: 'ada' }, 404, 'NOT_FOUND'],
    ['the id "new"', 'DELETE', '/api/vps/new', { as: 'ada' }, 404, 'UNKNOWN_OP'],
    ['an id that is none', 'DELETE', '/api/vps/..%2f..%2fx', { as: 'ada' }, 404, 'NOT_FOUND'],
    ['an id of nobody', 'DELETE', `/api/vps/${NOBODY}`, { as: 'ada' }, 404, 'SERVER.NOT_FOUND'],
    ['a limit in letters', 'GET', '/api/vps?limit=many', { as: 'ada' }, 422, 'INVALID'],
    ['a page of somebody else', 'POST', '/api/ssh-keys', { as: 'ada', body: { name: 'abc' }, headers: { origin: 'https://evil.example' } }, 403, 'DENIED'],
    ['nobody', 'GET', '/api/vps', {}, 401, 'AUTH_REQUIRED'],
    ['a token that is none', 'GET', '/api/vps', { as: 'junk' }, 401, 'AUTH_REQUIRED'],
    ['a token that was changed', 'GET', '/api/vps', { as: 'ada.changed' }, 401, 'AUTH_REQUIRED'],
    ['a wrong password', 'POST', '/api/auth/login', { body: { email: 'ada@example.com', password: 'not this one, no' } }, 401, 'LOGIN.REFUSED'],
    ['an unknown person', 'POST', '/api/auth/login', { body: { email: 'eve@example.com', password: 'not this one, no' } }, 401, 'LOGIN.REFUSED'],
    ['a tenant of others', 'POST', '/api/auth/login', { body: { email: 'ada@example.com', password: 'correct horse battery', tenant: 'other' } }, 403, 'LOGIN.NOT_A_MEMBER'],
    ['a refresh without a session', 'POST', '/api/auth/refresh', {}, 401, 'AUTH_REQUIRED'],
    ['a second set-up', 'POST', '/api/auth/setup', { body: { token: 'x', email: 'eve@example.com', password: 'correct horse battery', name: 'Eve', tenant: { slug: 'evil', name: 'Evil' } } }, 409, 'SETUP.ALREADY_DONE'],
    ['a short password', 'POST', '/api/members', { as: 'ada', body: { email: 'eve@example.com', name: 'Eve', role: 'viewer', password: 'elevenchars' } }, 422, 'INVALID'],
    ['a common password', 'POST', '/api/members', { as: 'ada', body: { email: 'eve@example.com', name: 'Eve', role: 'viewer', password: 'password1234' } }, 422, 'PASSWORD.TOO_WEAK'],
    ['a password of one letter', 'POST', '/api/members', { as: 'ada', body: { email: 'eve@example.com', name: 'Eve', role: 'viewer', password: 'aaaaaaaaaaaaaaaa' } }, 422, 'PASSWORD.TOO_WEAK'],
    ['a role that does not exist', 'POST', '/api/members', { as: 'ada', body: { email: 'eve@example.com', name: 'Eve', role: 'king', password: 'correct horse battery' } }, 404, 'ROLE.NOT_FOUND'],
    ['without the right', 'POST', '/api/ssh-keys', { as: 'bob', body: { name: 'abc' } }, 403, 'DENIED'],
    ['a right for oneself', 'POST', '/api/members', { as: 'bob', body: { email: 'eve@example.com', name: 'Eve', role: 'owner', password: 'correct horse battery' } }, 403, 'DENIED'],
  ])('%s', async (_, method, path, asked, status, code) => {
    if (asked.as === 'ada.changed') asked.as = `${(tokens['ada'] ?? '').slice(0, -6)}AAAAAA`;
    const said = await http(method, path, asked);
    expect({ status: said.status, code: said.code }).toEqual({ status, code });
    expectClear(said);
  });

  it('an id of another tenant is an id of nobody', async () => {
    const gone = await http('DELETE', `/api/ssh-keys/${foreign}`, { as: 'ada' });
    expect(gone).toMatchObject({ status: 404, code: 'SSH_KEY.NOT_FOUND' });
    expect(gone.message).toBe((await http('DELETE', `/api/ssh-keys/${NOBODY}`, { as: 'ada' })).message);
    const used = await http('POST', '/api/vps/adopt', { as: 'ada', body: { name: 'web-1', host: '127.0.0.1', port: ports.closed, user: 'root', auth: { ssh_key: foreign } } });
    expect(used).toMatchObject({ status: 422, code: 'SERVER.SSH_KEY_UNKNOWN' });
  });

  it('a trace of the wrong form refuses nothing', async () => {
    expect((await http('GET', '/api/vps', { as: 'ada', headers: { traceparent: 'junk' } })).status).toBe(200);
  });

  it('what is no HTTP at all gets 400 and the line is closed', async () => {
    const socket = dial(Number(new URL(platform.url).port), '127.0.0.1');
    socket.write('SSH-2.0-OpenSSH_9.6\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('WebSocket', () => {
  const cmd = (target: string, data: unknown = {}): object => ({ op: 'cmd', target, inbox: 'i', data });
  let socket: Awaited<ReturnType<typeof openSocket>>;
  beforeAll(async () => { socket = await openSocket('ada'); });
  afterAll(() => { socket.end(); });

  it.each<[string, unknown, string]>([
    ['malformed JSON', '{"op":', 'BAD_JSON'],
    ['no object', '"ping"', 'BAD_FRAME'],
    ['bytes', Buffer.from([1, 2, 255]), 'BAD_FRAME'],
    ['no op', '{}', 'BAD_FRAME'],
    ['an op of the wrong type', { op: 5 }, 'BAD_FRAME'],
    ['an unknown op', { op: 'explode', inbox: 'i' }, 'UNKNOWN_OP'],
    ['another version', { op: 'ping', v: 9 }, 'UNSUPPORTED_VERSION'],
    ['an inbox of the wrong form', { op: 'ping', inbox: 'i'.repeat(65) }, 'BAD_FRAME'],
    ['a long frame', { op: 'ping', data: 'x'.repeat(70_000) }, 'TOO_LARGE'],
    ['nesting', `{"op":"ping","data":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 'TOO_LARGE'],
    ['no target', { op: 'cmd', inbox: 'i' }, 'BAD_FRAME'],
    ['a command with a wildcard', cmd('cmd.acme.vps.server.*.delete'), 'BAD_FRAME'],
    ['a subject that is no command', cmd('key.vps.unwrap'), 'BAD_FRAME'],
    ['an event', cmd(`evt.acme.vps.server.${NOBODY}`), 'BAD_FRAME'],
    ['an unknown command', cmd('cmd.acme.vps.server.new.explode'), 'UNKNOWN_OP'],
    // nobody was ever granted anything of it, an owner neither
    ['a service that is not there', cmd('cmd.acme.nothing.server.new.explode'), 'DENIED'],
    ['a command of another tenant', cmd('cmd.other.vps.ssh-key.new.generate', { name: 'abc' }), 'DENIED'],
    ['a question about another tenant', cmd('qry.other.vps.view.ssh-keys.all'), 'DENIED'],
    ['what only the launcher may', cmd('cmd.xanthus.auth.installation.xanthus.issue-setup-link'), 'DENIED'],
    ['what only the gateway may', cmd('cmd.xanthus.auth.session.new.open'), 'DENIED'],
    ['a session of somebody else', cmd(`cmd.xanthus.auth.session.${NOBODY}.revoke`), 'SESSION.NOT_FOUND'],
    ['wrong types', cmd('cmd.acme.vps.ssh-key.new.generate', { name: 7 }), 'INVALID'],
    ['a list', cmd('cmd.acme.vps.ssh-key.new.generate', []), 'INVALID'],
    ['an internal view', cmd('qry.acme.vps.view.targets.all'), 'UNKNOWN_OP'],
    ['a signal of everybody', { op: 'sub', target: 'sig.>' }, 'DENIED'],
    ['an event by a plain subscription', { op: 'sub', target: 'evt.acme.>' }, 'DENIED'],
    ['the system account', { op: 'sub', target: '$SYS.>' }, 'DENIED'],
    ['a subject that is none', { op: 'sub', target: 'sig..acme' }, 'BAD_FRAME'],
    ['a whole bucket', { op: 'kv_sub', target: 'vps' }, 'DENIED'],
    ['a bucket of another tenant', { op: 'kv_sub', target: 'vps', data: { pattern: 'other.>' } }, 'DENIED'],
    ['the vault', { op: 'kv_sub', target: 'vault', data: { pattern: 'acme.>' } }, 'DENIED'],
    ['a revision in letters', { op: 'kv_sub', target: 'vps', data: { pattern: 'acme.servers.*', last_revision: 'x' } }, 'BAD_FRAME'],
    ['events of another tenant', { op: 'js_sub', target: 'VPS', data: { filter: 'evt.other.>' } }, 'DENIED'],
    ['a sequence below 0', { op: 'js_sub', target: 'VPS', data: { filter: 'evt.acme.vps.>', start_seq: -1 } }, 'BAD_FRAME'],
    ['the stream behind the vault', { op: 'js_sub', target: 'KV_vault', data: { filter: '>' } }, 'DENIED'],
    ['credit without a subscription', { op: 'credit', target: 'js:VPS', inbox: 'i', data: { n: 5 } }, 'NOT_FOUND'],
    ['an end without a beginning', { op: 'unsub', target: 'kv:vps' }, 'NOT_FOUND'],
  ])('%s', async (_, frame, code) => {
    const said = await socket.ask(frame);
    expect(said.code).toBe(code);
    expectClear(said);
    expect((await socket.ask({ op: 'ping' })).code).toBe('pong'); // and the connection lives
  });

  it('nothing is answered before authentication, and a bad token ends the connection', async () => {
    const stranger = await openSocket(undefined);
    expect((await stranger.ask(cmd('qry.acme.vps.view.servers.all'))).code).toBe('AUTH_REQUIRED');
    expect((await stranger.ask({ op: 'auth', data: { token: 'junk' } })).code).toBe('AUTH_REQUIRED');
    expect(await stranger.closed).toBe(4501);
  });

  it('who sends nothing but rubbish is told so and shut out for good', async () => {
    const rude = await openSocket('bob');
    const codes = new Set<string>();
    for (let n = 0; n < 100; n++) codes.add((await rude.ask('rubbish')).code);
    expect([...codes]).toEqual(['BAD_JSON']);
    expect((await rude.ask('rubbish')).code).toBe('RATE_LIMITED');
    expect(await rude.closed).toBe(4509);
  });
});

describe('machines that are none', () => {
  const server = (o: object): object => ({ name: 'web-1', host: '127.0.0.1', user: 'root', auth: { password: 'secret' }, host_key: FINGERPRINT, ...o });
  const real = (o: object): object => server({ port: sshd.port, user: sshd.user, auth: { private_key: sshd.privateKey }, host_key: sshd.hostKey.fingerprint, ...o });
  /** Time-out of each stage is 6 s, of the command 30 s. */
  const SILENT_MS = 25_000;

  it.each<[string, () => object, number, string]>([
    ['a name that does not exist', () => server({ host: 'nowhere.invalid' }), 422, 'SERVER.UNRESOLVED'],
    ['the metadata of a cloud', () => server({ host: '169.254.169.254' }), 422, 'SERVER.ADDRESS_FORBIDDEN'],
    ['the port of Xanthus itself', () => server({ port: Number(new URL(platform.natsUrl).port) }), 422, 'SERVER.ADDRESS_FORBIDDEN'],
    ['a closed port', () => server({ port: ports.closed }), 422, 'SERVER.REFUSED'],
    ['a port that talks HTTP', () => server({ port: ports.http }), 422, 'SERVER.NOT_SSH'],
    ['a port that hangs up', () => server({ port: ports.dropping }), 422, 'SERVER.DISCONNECTED'],
    ['a host that accepts and hangs', () => server({ port: ports.silent }), 504, 'SERVER.TIMEOUT'],
    ['an option instead of a host', () => server({ host: '-oProxyCommand=x' }), 422, 'INVALID'],
    ['port 0', () => server({ port: 0 }), 422, 'INVALID'],
    ['two ways to log in', () => server({ auth: { password: 'secret', ssh_key: NOBODY } }), 422, 'INVALID'],
    ['a private key that is none', () => real({ auth: { private_key: '-----BEGIN OPENSSH PRIVATE KEY-----\njunk\n-----END OPENSSH PRIVATE KEY-----\n' } }), 422, 'SERVER.KEY_UNREADABLE'],
    ['a wrong password', () => real({ auth: { password: 'wrong' } }), 422, 'SERVER.AUTH_FAILED'],
    ['an unconfirmed host key', () => real({ host_key: undefined }), 409, 'SERVER.HOST_KEY_UNCONFIRMED'],
    ['another host key', () => real({ host_key: FINGERPRINT }), 409, 'SERVER.HOST_KEY_CHANGED'],
  ])('%s, over HTTP and WebSocket', async (_, input, status, code) => {
    const socket = await openSocket('ada');
    const [byHttp, bySocket] = await Promise.all([
      http('POST', '/api/vps/adopt', { as: 'ada', body: input() }),
      socket.ask({ op: 'cmd', target: 'cmd.acme.vps.server.new.adopt', inbox: 'i', data: input() }),
    ]);
    socket.end();
    expect({ status: byHttp.status, http: byHttp.code, socket: bySocket.code }).toEqual({ status, http: code, socket: code });
    for (const said of [byHttp, bySocket]) expectClear(said, SILENT_MS);
  });
});

describe('NATS, with a credential of a tenant', () => {
  it.each<[string, string, string | Uint8Array, string]>([
    ['malformed JSON', 'cmd.other.vps.ssh-key.new.generate', '{', 'INVALID'],
    ['bytes', 'cmd.other.vps.ssh-key.new.generate', new Uint8Array([34, 255, 34]), 'INVALID'],
    ['wrong types', 'cmd.other.vps.ssh-key.new.generate', '{"name":7}', 'INVALID'],
    ['a long body', 'cmd.other.vps.ssh-key.new.generate', JSON.stringify({ name: 'x'.repeat(900_000) }), 'TOO_LARGE'],
    ['nesting', 'cmd.other.vps.ssh-key.new.generate', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'TOO_LARGE'],
    ['an unknown command', 'cmd.other.vps.ssh-key.new.explode', '{}', 'UNKNOWN_OP'],
    ['no command at all', 'cmd.other.vps.x', '{}', 'UNKNOWN_OP'],
    ['a command beyond its role', 'cmd.other.auth.member.new.add', '{}', 'DENIED'],
    ['what only the gateway may', 'cmd.other.auth.session.new.open', '{}', 'DENIED'],
  ])('%s', async (_, subject, body, code) => {
    const since = performance.now();
    const answer = await other.request(subject, body, { timeout: 30_000 });
    const { error } = answer.json<{ error: { code: string; message: string } }>();
    expect([answer.headers?.get('Xanthus-Error'), error.code]).toEqual([code, code]);
    expectClear({ status: 0, ...error, text: answer.string(), ms: performance.now() - since });
  });
});

describe('and after all that', () => {
  it('nothing has happened, nothing is broken, and no log shows a stack', async () => {
    const { auth, vps } = await compareWithRebuild(platform);
    expect([...auth.differences, ...vps.differences]).toEqual([]);
    expect(vps.events.map(e => `${e.type} ${e.tenant}`)).toEqual(['SshKeyGenerated other']);
    expect(auth.events.filter(e => e.type === 'MemberAdded').map(e => e.tenant)).toEqual(['acme', 'xanthus', 'acme']);
    expect((await http('GET', '/api/vps', { as: 'ada' })).status).toBe(200);
    expect(platform.output()).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
    expect(platform.output()).not.toMatch(/"level":"(error|fatal)"/);
  });
});
