import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Client, StreamItem } from '@xanthus/client';
import { value } from '@xanthus/client';
import { SERVICES } from '@xanthus/proto';
import { Live } from '../live/live.js';
import { deskOf } from '../preferences/preferences.data.js';
import { differences, fieldChanges, spellValue } from './changes.js';
import { whyUnshown } from './no-past.js';
import { PastDesk, toPastView, type AskPast, type PastPage } from './past-desk.js';
import { until } from './past-feed.js';
import { fromLocalInput, momentOf, readAt, ticks, toLocalInput, whichTime } from './past-time.js';
import { ALWAYS_NOW, isTimeless, mayRequest, TIMELESS } from './rules.js';
import { nextChange, previousChange, sourcesOf } from './steps.js';

const T1 = '2026-11-21T10:00:00.000Z';
const T2 = '2026-11-21T11:00:00.000Z';
const T3 = '2026-11-21T12:00:00.000Z';
const settled = async (): Promise<void> => { for (let i = 0; i < 20; i++) await Promise.resolve(); };
const page = (name: string, seq = 1): PastPage => ({ items: [{ id: 'a', schema: 1, seq, time: T1, data: { name } }], as_of: { stream: 'VPS', seq, time: T1 } });

describe('the moment in the address', () => {
  it.each([['2026-11-21T10:00:00Z', T1], ['2026-11-21T11:00:00+01:00', T1], ['2026-11-21T10:00:00.000Z', T1], ['2026-11-21', undefined], ['yesterday', undefined], ['2026-13-41T10:00:00Z', undefined], [7, undefined]])('%p', (at, expected) =>
    expect(readAt({ at, tab: 'x' })).toEqual(expected === undefined ? {} : { at: expected }));
  it('is now when it has not come', () => {
    expect(whichTime(T2, Date.parse(T1))).toBeUndefined();
    expect(whichTime(T1, Date.parse(T2))).toBe(T1);
  });
  it.each(['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC'])('goes into the calendar of %s and back', zone => {
    for (const at of ['2026-03-29T00:59:59.000Z', '2026-03-29T01:00:00.000Z', '2026-07-01T22:30:01.000Z', '2026-12-31T23:59:59.000Z']) expect(fromLocalInput(toLocalInput(Date.parse(at), zone), zone)).toBe(Date.parse(at));
  });
  it('knows no moment of a half typed one', () => expect(fromLocalInput('')).toBeUndefined());
  it('holds what was stored within a millisecond', () => expect(['2026-11-21T10:00:00.123456789Z', '2026-11-21T10:00:00.123Z'].map(time => momentOf(time) % 1_000)).toEqual([124, 124]));
  it('shows where much happened', () => expect(ticks([{ from: 0, to: 9, events: 9 }, { from: 95, to: 100, events: 1 }], 0, 100, 10)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, expect.closeTo(0.3, 1)]));
});

describe('views of the past', () => {
  beforeEach(() => { jest.useFakeTimers(); });
  afterEach(() => { jest.useRealTimers(); });

  const desk = () => {
    const asked: { time: string | undefined; answer: (p: PastPage) => void; refuse: (e: Error) => void }[] = [];
    const ask: AskPast = (_, { time }) => new Promise((answer, refuse) => { asked.push({ time, answer, refuse }); });
    return { asked, desk: new PastDesk(ask) };
  };
  const nameOf = (view: { get(): { entries: ReadonlyMap<string, { data: unknown }> } }): unknown => [...view.get().entries.values()].map(v => v.data);

  it('keep the last picture while the next comes, and ask for the latest moment only', async () => {
    const { asked, desk: d } = desk();
    d.set(T1);
    const view = d.view<{ name: string }>('vps', 'acme.servers.*');
    expect(view.get().in_sync).toBe(false);
    asked[0]?.answer(page('web-1'));
    await settled();
    expect([view.get().in_sync, nameOf(view)]).toEqual([true, [{ name: 'web-1' }]]);
    d.set(T2);
    d.set(T3);
    expect(nameOf(view)).toEqual([{ name: 'web-1' }]);
    asked[1]?.answer(page('never shown'));
    await settled();
    expect(nameOf(view)).toEqual([{ name: 'web-1' }]);
    expect(asked.map(a => a.time)).toEqual([T1, T2, T3]);
    asked[2]?.answer(page('web-3'));
    await settled();
    expect(nameOf(view)).toEqual([{ name: 'web-3' }]);
    // Back to a picture that is kept: nothing is asked.
    d.set(T1);
    await settled();
    expect([asked.length, nameOf(view)]).toEqual([3, [{ name: 'web-1' }]]);
  });

  it('says that it folds only when it takes long', async () => {
    const { asked, desk: d } = desk();
    d.set(T1);
    d.view('vps', 'acme.servers.*');
    jest.advanceTimersByTime(140);
    expect(d.folding.get()).toBe(false);
    jest.advanceTimersByTime(20);
    expect(d.folding.get()).toBe(true);
    asked[0]?.answer(page('web-1'));
    await settled();
    expect(d.folding.get()).toBe(false);
  });

  it('all pages are of one moment', async () => {
    const asked: unknown[] = [];
    const d = new PastDesk((_, input) => { asked.push(input); return Promise.resolve(asked.length === 1 ? { ...page('web-1', 7), next_cursor: 'a' } : { ...page('web-2', 7), items: [{ id: 'b', schema: 1, seq: 7, time: T1, data: 2 }] }); });
    d.set(T1);
    expect([...(await d.picture(toPastView('vps', 'acme.servers.*'), T1)).entries.keys()]).toEqual(['acme.servers.a', 'acme.servers.b']);
    expect(asked).toEqual([{ time: T1, limit: 1_000 }, { seq: 7, limit: 1_000, cursor: 'a' }]);
  });

  it('give what belongs to an id its whole name', async () => {
    const d = new PastDesk(() => Promise.resolve({ ...page('r'), items: [{ id: '3', schema: 1, seq: 1, time: T1, data: 3 }] }));
    expect([...(await d.picture(toPastView('applications', 'acme.releases.x.*'), T1)).entries.keys()]).toEqual(['acme.releases.x.3']);
  });

  it('show why there is none, and the next moment mends it', async () => {
    const { asked, desk: d } = desk();
    d.set(T1);
    const view = d.view('vps', 'acme.metrics.*');
    asked[0]?.refuse(Object.assign(new Error('not kept'), { code: 'PAST.NOT_KEPT', retryable: false }));
    await settled();
    expect(view.error?.code).toBe('PAST.NOT_KEPT');
    d.set(T2);
    asked[1]?.answer(page('x'));
    await settled();
    expect(view.error).toBeUndefined();
  });

  it.each([['acme.servers.*', 'all'], ['acme.releases.x.*', 'x'], ['acme.operations.y', 'y']])('%s is asked as %s', (pattern, id) => expect(toPastView('vps', pattern).id).toBe(id));
});

describe('in the past', () => {
  const fake = () => {
    const sent: string[] = [];
    const client = {
      tenant: 'acme', user: { id: 'me' }, connection: value({ state: 'live', since: 0 }), capabilities: value({}), can: () => true,
      command: (c: { verb: string }) => { sent.push(c.verb); return Promise.resolve({}); },
      query: (c: { question: string }) => { sent.push(c.question); return Promise.resolve({ items: [], as_of: { stream: 'VPS', seq: 1, time: null } }); },
      bucket: (name: string, { pattern }: { pattern: string }) => { sent.push(`${name} ${pattern}`); return { ...value({ entries: new Map(), in_sync: true, revision: 1, stale_since: null, state: 'live' }), close: () => undefined }; },
      close: () => undefined,
    } as unknown as Client;
    return { sent, live: new Live(client) };
  };
  const rename = { kind: 'command', service: 'vps', aggregate: 'server', verb: 'rename', on: 'id' } as never;
  const status = { kind: 'query', service: 'vps', question: 'server-status', on: 'id' } as never;

  it('nothing is sent, whatever button slipped through; back in the present it is', async () => {
    const { sent, live } = fake();
    live.past.set(T1);
    await expect(live.client.command(rename, {} as never, { id: 'a' })).rejects.toMatchObject({ code: 'PAST' });
    await expect(live.client.query(status, {} as never, { id: 'a' })).rejects.toMatchObject({ code: 'PAST' });
    expect([live.client.can({ what: 'command', subject: 'cmd.acme.vps.server.a.rename' }), live.client.can({ what: 'command', subject: 'qry.acme.vps.view.servers.all' }), sent]).toEqual([false, true, []]);
    live.past.set(undefined);
    await live.client.command(rename, {} as never, { id: 'a' });
    expect([sent, live.client.can({ what: 'command', subject: 'cmd.acme.vps.server.a.rename' })]).toEqual([['rename'], true]);
    live.close();
  });
  it('views are asked of the past, one’s own settings of the present', async () => {
    const { sent, live } = fake();
    live.past.set(T1);
    live.view('vps', 'acme.servers.*', true);
    live.view('auth', 'xanthus.preferences.me', true);
    await settled();
    expect(sent).toEqual(['view-at/servers', 'auth xanthus.preferences.me']);
    await live.client.command({ kind: 'command', service: 'auth', aggregate: 'preferences', verb: 'set', on: 'id' } as never, {} as never, { id: 'me' });
    expect(sent.at(-1)).toBe('set');
    live.close();
  });
  it('the desk of one’s settings is the one of the present, whenever it is asked for first', () => {
    const { sent, live } = fake();
    live.past.set(T1);
    const desk = deskOf(live);
    live.past.set(undefined);
    expect([deskOf(live) === desk, sent]).toEqual([true, ['auth xanthus.preferences.me']]);
    live.close();
  });
  it('what is kept of the present is not what is kept of the past', () => {
    const { live } = fake();
    live.past.set(T1);
    expect(live.view('vps', 'acme.servers.*', false).view).not.toBe(live.view('vps', 'acme.servers.*', true).view);
    live.close();
  });
  it('every question that may be asked by its name exists', () => {
    const asked = Object.entries(SERVICES).flatMap(([service, { queries }]) => Object.values<{ readonly question: string }>(queries).map(({ question }) => `${service}.${question}`));
    expect([...TIMELESS].filter(name => !asked.includes(name))).toEqual([]);
  });
  it('every view that is always of now exists', () => {
    const views = Object.entries(SERVICES).flatMap(([service, { views: all }]) => Object.values<{ readonly view: string }>(all).map(({ view }) => `${service}.${view}`));
    expect([...ALWAYS_NOW].filter(name => !views.includes(name))).toEqual([]);
  });
  it.each([['GET', '/api/servers', true], ['POST', '/api/auth/refresh', true], ['POST', '/api/tenants/acme/forget', false], ['DELETE', '/api/servers/a', false]])('%s %s: %p', (method, path, may) => expect(mayRequest(method, path)).toBe(may));
  it.each([['vps', 'view-at/servers', true], ['audit', 'find', true], ['vps', 'server-logs', false], ['auth', 'member-names', true]])('%s %s may be asked: %p', (service, question, may) => expect(isTimeless({ service, question })).toBe(may));
  it.each([['/terminals/x', undefined, true], ['/servers/x', 'logs', true], ['/servers/x', 'history', false], ['/servers/new', undefined, true], ['/members', undefined, false]])('%s %p has none: %p', (path, tab, none) => expect(whyUnshown(path, tab) !== undefined).toBe(none));
});

const item = (seq: number, time: string): StreamItem => ({ seq, subject: 's', time, payload: null });
describe('a log of the past', () => {
  const after = (time: string): string => new Date(momentOf(time)).toISOString();
  const state = { state: 'live', items: [item(1, T1), item(2, T2), item(3, T3)], truncated: false, live_after: 3 } as const;
  it('ends at the moment', () => expect(until(state, after(T2), 10)).toEqual({ state: 'live', items: [item(1, T1), item(2, T2)], truncated: false }));
  it('keeps the newest of then', () => expect(until(state, after(T3), 2)).toMatchObject({ items: [item(2, T2), item(3, T3)], truncated: true }));
});

describe('steps', () => {
  const items = [item(1, '2026-11-01T00:00:00.000000001Z'), item(2, '2026-11-20T00:00:00Z'), item(3, '2026-11-20T00:00:05Z')];
  const client = {
    can: ({ stream }: { stream: string }) => stream !== 'AUTH',
    stream: (_: string, { from }: { from: { time: string } }) => {
      const state = value('catching_up');
      const rest = items.filter(i => Date.parse(i.time) >= Date.parse(from.time));
      return { state, close: () => undefined, [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(rest.length > 0 ? { done: false, value: rest.shift() } : { done: true, value: undefined }), return: () => Promise.resolve({ done: true, value: undefined }) }) };
    },
  } as unknown as Client;
  const sources = sourcesOf(client, 'acme', ['vps', 'vps', 'auth']);
  const at = (text: string): number => Date.parse(text);
  it('are read of what may be read, once', () => expect(sources).toEqual([{ stream: 'VPS', filter: 'evt.acme.vps.>' }]));
  it('forwards', async () => expect([await nextChange(client, sources, at('2026-11-20T00:00:00Z')), await nextChange(client, sources, at('2026-11-21T00:00:00Z'))]).toEqual([at('2026-11-20T00:00:00.001Z'), undefined]));
  it('backwards, over long silence', async () => {
    const first = at('2026-10-01T00:00:00Z');
    expect(await previousChange(client, sources, at('2026-11-21T00:00:00Z'), first)).toBe(at('2026-11-20T00:00:05.001Z'));
    expect(await previousChange(client, sources, at('2026-11-20T00:00:05.001Z'), first)).toBe(at('2026-11-20T00:00:00.001Z'));
    expect(await previousChange(client, sources, at('2026-11-20T00:00:00.001Z'), first)).toBe(at('2026-11-01T00:00:00.001Z'));
    expect(await previousChange(client, sources, at('2026-11-01T00:00:00.001Z'), first)).toBeUndefined();
  });
});

describe('what changed', () => {
  it('is told row by row and field by field', () => expect(differences(new Map<string, unknown>([['a', { name: 'x', host: { ip: 1, os: 'd' }, tags: ['b'] }], ['gone', {}]]), new Map<string, unknown>([['a', { name: 'y', tags: ['b', 'c'], host: { os: 'd', ip: 2 } }], ['new', { name: 'n' }]]))).toEqual([
    { id: 'new', kind: 'added', fields: [], row: { name: 'n' } },
    { id: 'gone', kind: 'removed', fields: [], row: {} },
    { id: 'a', kind: 'changed', row: expect.anything(), fields: [{ path: ['name'], before: 'x', after: 'y' }, { path: ['host', 'ip'], before: 1, after: 2 }, { path: ['tags'], before: ['b'], after: ['b', 'c'] }] },
  ]));
  it('is nothing where only the order differs', () => expect(fieldChanges({ a: 1, b: [1] }, { b: [1], a: 1 })).toEqual([]));
  it.each([[null, '–'], [['a', 'b'], 'a, b'], [[], '–'], [{ a: 1 }, '{"a":1}'], [true, 'true'], ['x'.repeat(200), `${'x'.repeat(160)}…`]])('%p is %s', (v, text) => expect(spellValue(v)).toBe(text));
});
