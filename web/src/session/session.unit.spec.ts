import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TENANT_SLUG } from '@xanthus/proto';
import { request, requestLines } from '../lib/http.js';
import { tidyCode } from './code.js';
import { Session } from './session.js';
import { passwordHint, toSlug } from './setup-form.js';

const NOW = Date.parse('2026-11-21T08:00:00.000Z');
const tokens = (n: number, seconds = 600) => ({
  access_token: `token-${n}`, token_type: 'Bearer', expires_at: new Date(NOW + seconds * 1_000).toISOString(), session: 's1', user: { id: 'p1', name: 'Ada', email: 'ada@example.com' }, tenant: { id: 'acme', name: 'Acme' },
});
const real = globalThis.fetch;
let asked: string[] = [];
let answers: (() => Response | Promise<Response>)[] = [];
const ok = (data: unknown) => () => new Response(JSON.stringify({ status: 'success', data }), { status: 200 });
const refused = (status: number, code: string) => () => new Response(JSON.stringify({ status: 'error', code, message: code }), { status });

beforeEach(() => {
  asked = [];
  answers = [];
  globalThis.fetch = (path => {
    asked.push(String(path));
    const answer = answers.shift();
    return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError('Failed to fetch'));
  }) as typeof fetch;
});
afterEach(() => { globalThis.fetch = real; });
// The one server answers in its own time.
beforeEach(async () => { answers = [() => new Response('{"status":"success"}', { headers: { date: new Date().toUTCString() } })]; await request('GET', '/'); asked = []; answers = []; });

describe('a session', () => {
  it('is restored from the cookie', async () => {
    answers = [ok(tokens(1))];
    const session = new Session(() => NOW);
    expect(await session.start()).toMatchObject({ status: 'signed_in', identity: { user: { name: 'Ada' }, tenant: { id: 'acme' } } });
    expect(await session.token()).toBe('token-1');
    expect(asked).toEqual(['/api/auth/refresh']);
  });
  it('is anonymous without one, and unreachable without an answer', async () => {
    answers = [refused(401, 'AUTH_REQUIRED')];
    expect((await new Session().start()).status).toBe('anonymous');
    expect((await new Session().start()).status).toBe('unreachable');
  });
  it('gets one fresh token for many who ask, and keeps the identity', async () => {
    let now = NOW;
    answers = [ok(tokens(1)), ok(tokens(2, 1_200))];
    const session = new Session(() => now);
    await session.start();
    const before = session.get();
    now = NOW + 590_000;
    expect(await Promise.all([session.token(), session.token(), session.token()])).toEqual(['token-2', 'token-2', 'token-2']);
    expect(asked).toHaveLength(2);
    expect(session.get()).toBe(before);
  });
  it('is not misled by a clock that is behind', async () => {
    let now = NOW - 3_600_000;
    answers = [ok(tokens(1)), ok(tokens(2))];
    const session = new Session(() => now);
    await session.start();
    expect(await session.token()).toBe('token-1');
    now += 590_000;
    expect(await session.token()).toBe('token-2');
  });
  it('is not misled by a clock that is ahead', async () => {
    const server = Date.now() - 540_000;
    const answer = { ...tokens(1), expires_at: new Date(server + 600_000).toISOString() };
    answers = [() => new Response(JSON.stringify({ status: 'success', data: answer }), { status: 200, headers: { date: new Date(server).toUTCString() } })];
    const session = new Session(Date.now);
    await session.start();
    expect(await session.token()).toBe('token-1');
    expect(asked).toHaveLength(1);
  });
  it('ends when the refresh is refused for good, not when the network is away', async () => {
    let now = NOW;
    answers = [ok(tokens(1))];
    const session = new Session(() => now);
    await session.start();
    now = NOW + 590_000;
    await expect(session.token()).rejects.toMatchObject({ code: 'OFFLINE', retryable: true });
    expect(session.get().status).toBe('signed_in');
    answers = [refused(401, 'SESSION.ENDED')];
    await expect(session.token()).rejects.toMatchObject({ code: 'SESSION.ENDED', retryable: false });
    expect(session.get()).toMatchObject({ status: 'anonymous', ended: { code: 'SESSION.ENDED' } });
  });
  it('is over after a log-out even if the server did not answer', async () => {
    answers = [ok(tokens(1))];
    const session = new Session(() => NOW);
    await session.start();
    await expect(session.logout()).rejects.toMatchObject({ code: 'OFFLINE' });
    expect(session.get()).toEqual({ status: 'anonymous' });
  });
});

describe('one person in several organisations', () => {
  const there = { ...tokens(2), session: 's2', tenant: { id: 'globex', name: 'Globex' } };

  it('goes on in another one, and tells the other tabs, which follow by the cookie that they share', async () => {
    const said: unknown[] = [];
    let hear: (event: { data: unknown }) => void = () => undefined;
    const tabs = { addEventListener: (_: string, fn: typeof hear) => { hear = fn; }, postMessage: (message: unknown) => said.push(message) } as unknown as BroadcastChannel;
    const session = new Session(() => NOW, tabs);
    answers = [ok(tokens(1)), ok(there)];
    await session.start();
    await session.switchTo('globex');
    expect(session.get()).toMatchObject({ status: 'signed_in', identity: { tenant: { id: 'globex' }, session: 's2' } });
    expect([asked.at(-1), said]).toEqual(['/api/auth/switch', ['switched']]);
    answers = [ok(tokens(3))];
    const followed = new Promise<void>(resolve => { const stop = session.subscribe(() => { stop(); resolve(); }); });
    hear({ data: 'switched' });
    await followed;
    expect(session.get()).toMatchObject({ identity: { tenant: { id: 'acme' } } });
  });

  it('stays where it is when it may not go there', async () => {
    const session = new Session(() => NOW);
    answers = [ok(tokens(1)), refused(403, 'LOGIN.NOT_A_MEMBER')];
    await session.start();
    await expect(session.switchTo('globex')).rejects.toMatchObject({ code: 'LOGIN.NOT_A_MEMBER' });
    expect(session.get()).toMatchObject({ status: 'signed_in', identity: { tenant: { id: 'acme' } } });
  });

  it('joins by an invitation and goes there', async () => {
    const session = new Session(() => NOW);
    answers = [ok(tokens(1)), ok({}), ok(there)];
    await session.start();
    await session.join('xi.globex.…', 'globex');
    expect(asked.slice(1)).toEqual(['/api/invitations/join', '/api/auth/switch']);
    expect(session.get()).toMatchObject({ identity: { tenant: { id: 'globex' } } });
  });

  it('shows another name of person and organisation at once', async () => {
    const session = new Session(() => NOW);
    answers = [ok(tokens(1))];
    await session.start();
    session.renamed('Ada L.');
    session.tenantRenamed('Acme Group');
    expect(session.get()).toMatchObject({ identity: { user: { name: 'Ada L.', email: 'ada@example.com' }, tenant: { id: 'acme', name: 'Acme Group' } } });
  });

  it('says where to log out too', async () => {
    const session = new Session(() => NOW);
    answers = [ok(tokens(1)), ok({ ended: true, logout_url: 'https://login.example/out' })];
    await session.start();
    expect(await session.logout()).toBe('https://login.example/out');
    expect(session.get()).toEqual({ status: 'anonymous' });
  });
});

describe('a code as people type it', () => {
  it.each([['123 456', false, '123456'], [' 123-456 ', false, '123456'], [' ABCD efgh ', true, 'abcd-efgh']])('%s', (text, recovery, code) => expect(tidyCode(text, recovery)).toBe(code));
});

describe('an answer in lines', () => {
  const lines = (...parts: readonly string[]) => () => new Response(new ReadableStream({ start: c => { for (const p of parts) c.enqueue(new TextEncoder().encode(p)); c.close(); } }), { status: 200 });
  const read = async (...parts: readonly string[]): Promise<{ told: unknown[]; answer: unknown }> => {
    answers = [lines(...parts)];
    const told: unknown[] = [];
    return { told, answer: await requestLines('/x', {}, line => told.push(line)) };
  };
  it('tells each as it comes, however it was cut, and answers with the last', async () =>
    expect(await read('{"step":{"name":"to', 'ken"}}\n{"step":{"name":"account"}}\n{"status":"succ', 'ess","data":{"ok":1}}\n')).toEqual({ told: [{ step: { name: 'token' } }, { step: { name: 'account' } }], answer: { ok: 1 } }));
  it('throws the refusal at its end', async () => { await expect(read('{"step":{}}\n{"status":"error","code":"CLOUDFLARE.TOKEN_INVALID","message":"no"}\n')).rejects.toMatchObject({ code: 'CLOUDFLARE.TOKEN_INVALID' }); });
  it('says when it broke off', async () => {
    await expect(read('{"step":{}}\n{"sta')).rejects.toMatchObject({ code: 'OFFLINE' });
    await expect(read('{"step":{}}\n')).rejects.toMatchObject({ code: 'OFFLINE' });
  });
});

describe('the set-up form', () => {
  it.each([['Acme GmbH & Co.', 'acme-gmbh-co'], ['Ünïcode Öl', 'unicode-ol'], ['42 Apples', 'apples'], ['--', ''], ['A'.repeat(40), 'a'.repeat(31)]])('%s', (name, slug) => {
    expect(toSlug(name)).toBe(slug);
    if (slug) expect(slug).toMatch(TENANT_SLUG);
  });
  it('counts what is missing', () => expect(['', 'elevenchars', 'twelve chars'].map(passwordHint)).toEqual([expect.stringContaining('At least 12'), '1 more character.', 'Long enough.']));
});
