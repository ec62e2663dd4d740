import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { provision, sharedDeclarations, startProjector, storeMessage, Views } from '@xanthus/jetstream';
import { newId, readState } from '@xanthus/kernel';
import type { CapabilityMirror } from '@xanthus/nest';
import { eventually, startNats, type TestNats, readStored } from '@xanthus/testing';
import { destroyDataKeys } from '@xanthus/vault';
import { eventSchemas } from '../aggregates.js';
import { terminalsDeclarations } from '../declarations.js';
import type { TerminalsBase } from '../terminals.context.js';
import { decide, index, part, remove, search, searchAll, verify } from '../use-cases/recordings.js';
import { projections } from '../views/index.js';
import { castWriter } from './cast-writer.js';
import { ABOUT_HEADER } from './chunk.js';
import { chunkWriter, PATIENCE } from './chunk-writer.js';
import { putIndex } from './put-index.js';
import { indexBuilder } from './index-of.js';
import { readRecording } from './read-chunks.js';
import { readPart } from './read-part.js';
import type { RecorderStart, Recorders } from './recorder.js';
import { recordingType } from './recording.decide.js';
import { aSession, bytes, callOf, mastersOf, openOn, quiet, recordersOn } from './recording.fixture.js';
import { lookAfterRecordings } from './run-recordings.js';

const master = randomBytes(32);
const masters = mastersOf(master);
let nats: TestNats;
let nc: NatsConnection;
let on: TerminalsBase & Awaited<ReturnType<typeof openOn>>;
let recorders: Recorders;
let projector: Awaited<ReturnType<typeof startProjector>>;
let views: Views;
let [ahead, mayOpen] = [0, true];
const now = (): number => Date.now() + ahead;

beforeAll(async () => {
  nats = await startNats();
  nc = await nats.connect({ reconnect: true, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  await provision(nc, [sharedDeclarations(), terminalsDeclarations()], { replicas: 1 });
  projector = await startProjector(nc, { service: 'terminals', projections, schemas: eventSchemas, log: quiet });
  await projector.ready;
  views = new Views(nc, 'terminals');
  const rights = { allows: () => mayOpen } as unknown as CapabilityMirror;
  on = { ...(await openOn(nc, masters, now)), views, rights, forgotten: new Set<string>() } as unknown as typeof on;
  recorders = recordersOn(on);
});
afterAll(async () => {
  await recorders?.stop();
  await projector?.stop();
  await views?.stop();
  await nats?.stop();
});

/** A recording that is over: its id. */
const recorded = async (work: (r: ReturnType<Recorders['start']>) => void | Promise<void>, o: Partial<RecorderStart> = {}): Promise<string> => {
  const session = newId();
  const recorder = recorders.start(aSession(session, o));
  await work(recorder);
  await recorder.end({ code: 0, signal: null });
  return session;
};
const opened = async (session: string, tenant = 'acme') => {
  await decide(on, callOf(tenant, session), { type: 'Open', what: 'played' });
  return callOf(tenant, session);
};
const stateOf = (session: string, tenant = 'acme') => readState(on, recordingType, tenant, session);

describe('a recording', () => {
  it('holds what was written, to the letter, and nothing of it in clear', async () => {
    const euro = bytes('€😀');
    let written = '';
    const session = await recorded(r => {
      for (const byte of euro) r.output(Uint8Array.of(byte));
      r.output(bytes('canary-in-output\r\n'));
      r.input(bytes('canary-typed'));
      r.resize(100, 30);
      r.mark('canary-mark');
      r.command({ offset: 0, text: 'canary-command', exitCode: 3, startedAt: new Date(now()).toISOString(), durationMs: 7, confidence: 'marked' });
      written = 'canary-in-output';
    });
    const call = await opened(session);
    const { header, events, cursor, live } = await part(on, call, {});
    expect(header).toMatchObject({ version: 3, term: { cols: 80, rows: 24 }, title: 'web-1' });
    expect(events.filter(e => e[1] === 'o').map(e => e[2]).join('')).toBe(`€😀${written}\r\n`);
    expect(events.map(e => e[1]).filter((code, i, all) => code !== 'o' || all[i - 1] !== 'o')).toEqual(['o', 'r', 'm', 'x']);
    expect([events.at(-3)?.[2], events.at(-2)?.[2], events.at(-1)?.[2], cursor, live]).toEqual(['100x30', 'canary-mark', '0', null, false]);
    expect(await index(on, call)).toMatchObject({ cols: 80, rows: 24, live: false, marks: [{ label: 'canary-mark' }], commands: [{ text: 'canary-command', exit_code: 3, duration_ms: 7, confidence: 'marked' }] });
    expect(await verify(on, call, {})).toMatchObject({ ok: true, chunks: 1, fault: null, next: null });
    expect(await stateOf(session)).toMatchObject({ status: 'ended', end: { whole: true, chunks: 1, problem: null } });
    const files = (await readdir(nats.storeDir, { recursive: true, withFileTypes: true })).filter(f => f.isFile());
    const contents = await Promise.all(files.map(f => readStored(join(f.parentPath, f.name))));
    expect(contents.some(c => c.includes(session))).toBe(true);
    expect(files.filter((_f, i) => contents[i]?.includes('canary-')).map(f => f.name)).toEqual([]);
  });

  it('keeps what is typed only where that was wanted', async () => {
    const session = await recorded(r => { r.input(bytes('secret')); r.output(bytes('x')); }, { input: true });
    expect((await part(on, await opened(session), {})).events.map(e => [e[1], e[2]])).toEqual([['i', 'secret'], ['o', 'x'], ['x', '0']]);
  });

  it('shows nothing to who may not open it, or did not say so', async () => {
    const session = await recorded(r => r.output(bytes('x')));
    const call = callOf('acme', session);
    for (const ask of [() => part(on, call, {}), () => index(on, call), () => search(on, call, { text: 'x', from: 0 }), () => verify(on, call, {})]) {
      await expect(ask()).rejects.toMatchObject({ code: 'RECORDING.NOT_OPENED' });
      mayOpen = false;
      await expect(ask()).rejects.toMatchObject({ code: 'DENIED', details: { permission: 'terminals.recording.open' } });
      mayOpen = true;
    }
    await opened(session);
    await expect(part(on, callOf('acme', session, '01jd3x8e2v5y9w4z7q6r1s0tp2'), {})).rejects.toMatchObject({ code: 'RECORDING.NOT_OPENED' });
    await expect(part(on, callOf('other', session), {})).rejects.toMatchObject({ code: 'RECORDING.NOT_FOUND' });
  });

  it('that was changed by one bit is found, with the place', async () => {
    const session = await recorded(r => {
      for (let i = 0; i < 10; i++) r.output(randomBytes(30_000).map(b => 97 + (b % 26)));
    });
    const call = await opened(session);
    const whole = await verify(on, call, {});
    expect(whole).toMatchObject({ ok: true, expected: whole.head });
    expect(whole.chunks).toBe(2);
    const place = { tenant: 'acme', session };
    const chunk = await on.recordings.chunks.chunk(place, 1);
    const put = (sealed: Uint8Array): Promise<number> => storeMessage(nc, { subject: `rec.acme.${session}.1`, body: sealed, headers: { [ABOUT_HEADER]: JSON.stringify(chunk?.about) } });
    const flipped = Buffer.from(chunk?.sealed ?? []);
    flipped[100] = (flipped[100] ?? 0) ^ 1;
    await put(flipped);
    expect(await verify(on, call, {})).toMatchObject({ ok: false, chunks: 1, fault: { chunk: 1, what: 'It was changed.' } });
    await expect(part(on, call, {})).rejects.toMatchObject({ code: 'RECORDING.UNREADABLE' });
  });

  it('is searched: where, with the lines around, and over all of a tenant', async () => {
    const word = `needle${newId()}`;
    const session = await recorded(r => r.output(bytes(`before\r\nthe \u001B[31m${word.toUpperCase()}\u001B[0m here\r\nafter\r\n`)));
    await recorded(r => r.output(bytes('nothing\r\n')));
    const found = await search(on, await opened(session), { text: word, from: 0 });
    expect(found).toMatchObject({ hits: [{ line: `the ${word.toUpperCase()} here`, before: 'before', after: 'after' }], next: null });
    await eventually(async () => (await views.get(`acme.recordings.${session}`)) !== undefined);
    const all = await searchAll(on, callOf('acme', 'all'), { text: word });
    expect(all).toMatchObject({ found: [{ recording: session, hits: [{ before: 'before' }], more: false }], next: null });
    expect(all.searched).toBeGreaterThan(1);
    const row = await eventually(async () => {
      const value = await views.get<{ opened: { what: string }[] }>(`acme.recordings.${session}`);
      return value?.data.opened.length === 2 ? value.data : undefined;
    });
    expect(row.opened.map(o => o.what)).toEqual(['searched', 'played']);
    mayOpen = false;
    expect(await searchAll(on, callOf('acme', 'all'), { text: word })).toEqual({ found: [], searched: 0, next: null });
    mayOpen = true;
  });

  it('goes on where another copy of the service stopped', async () => {
    const session = newId();
    const first = recordersOn(on);
    first.start(aSession(session)).output(bytes('one '));
    await eventually(async () => (await stateOf(session)).status === 'recording');
    await first.stop();
    const again = recorders.start(aSession(session));
    again.output(bytes('two'));
    await again.end({ code: null, signal: null });
    const call = await opened(session);
    expect((await part(on, call, {})).events.map(e => [e[1], e[2]])).toEqual([['o', 'one '], ['m', 'Taken up again'], ['r', '80x24'], ['o', 'two']]);
    expect(await verify(on, call, {})).toMatchObject({ ok: true, chunks: 2 });
    expect(await stateOf(session)).toMatchObject({ end: { whole: true, chunks: 2 } });
    expect(await index(on, call)).toMatchObject({ marks: [{ label: 'Taken up again' }] });
  });

  it('that was torn says so, though another copy goes on with it', async () => {
    const session = newId();
    // never stopped, as if it had been killed; so much is stored at once
    recordersOn(on).start(aSession(session)).output(bytes('x'.repeat(300_000)));
    await eventually(async () => (await on.recordings.chunks.last({ tenant: 'acme', session })) !== undefined);
    const again = recorders.start(aSession(session));
    again.output(bytes('later'));
    await again.end({ code: null, signal: null });
    expect(await stateOf(session)).toMatchObject({ end: { whole: false, chunks: 2, problem: expect.stringContaining('stopped') } });
    expect(await verify(on, await opened(session), {})).toMatchObject({ ok: true });
  });

  it('is shown as far as it is there while the session goes on', async () => {
    const session = newId();
    const recorder = recorders.start(aSession(session));
    recorder.output(bytes('first'));
    await eventually(async () => (await on.recordings.chunks.last({ tenant: 'acme', session })) !== undefined);
    const call = await opened(session);
    const page = await part(on, call, {});
    expect(page).toMatchObject({ live: true, cursor: '1.0', events: [[expect.any(Number), 'o', 'first']] });
    await expect(remove(on, callOf('acme', session), 'x')).rejects.toMatchObject({ code: 'RECORDING.NOT_OVER' });
    recorder.output(bytes('second'));
    await recorder.end({ code: 0, signal: null });
    expect(await part(on, call, { cursor: page.cursor ?? '' })).toMatchObject({ live: false, cursor: null, events: [[expect.any(Number), 'o', 'second'], [expect.any(Number), 'x', '0']] });
  });

  it('ends at its largest size, and says so', async () => {
    const small = recordersOn(on, { mostBytes: 1_000 });
    const failed: string[] = [];
    const session = newId();
    const recorder = small.start(aSession(session, { onFailed: why => void failed.push(why) }));
    recorder.output(bytes('x'.repeat(1_001)));
    await eventually(() => failed.length > 0);
    recorder.output(bytes('y'));
    expect(recorder.pending).toBe(0);
    await recorder.end({ code: 0, signal: null });
    expect(failed).toHaveLength(1);
    expect(await stateOf(session)).toMatchObject({ status: 'ended', end: { whole: false, problem: expect.stringContaining('most that is kept') } });
    expect((await part(on, await opened(session), {})).events.map(e => e[2]).join('')).toHaveLength(1_001);
  });
});

describe('what was recorded', () => {
  const left = async (session: string): Promise<number> => ((await on.recordings.chunks.last({ tenant: 'acme', session })) ? 1 : 0) + ((await on.recordings.chunks.index({ tenant: 'acme', session })) ? 1 : 0);

  it('is gone at once when it is deleted, and its log says why', async () => {
    const session = await recorded(r => r.output(bytes('x')));
    const call = await opened(session);
    expect(await left(session)).toBe(2);
    await remove(on, callOf('acme', session), 'It shows too much');
    expect(await left(session)).toBe(0);
    await expect(part(on, call, {})).rejects.toMatchObject({ code: 'RECORDING.NOT_FOUND' });
    const { events } = await on.store.load({ tenant: 'acme', service: 'terminals', aggregate: 'recording', id: session });
    expect(events.at(-1)).toMatchObject({ type: 'RecordingDeleted', data: { reason: 'It shows too much' } });
  });

  it('goes when its days are over, unless it is kept longer', async () => {
    const [short, kept] = [await recorded(r => r.output(bytes('x'))), await recorded(r => r.output(bytes('y')))];
    const day = 86_400_000;
    await decide(on, callOf('acme', kept), { type: 'Keep', until: new Date(now() + 120 * day).toISOString() });
    const row = (id: string): Promise<unknown> => views.get(`acme.recordings.${id}`);
    await eventually(async () => (await views.get<{ kept_until: string | null }>(`acme.recordings.${kept}`))?.data.kept_until);
    try {
      ahead = 91 * day;
      await lookAfterRecordings({ ...on, ...on.recordings });
      expect([await left(short), await left(kept)]).toEqual([0, 2]);
      expect((await stateOf(short)).status).toBe('gone');
      await eventually(async () => (await row(short)) === undefined || undefined);
      ahead = 121 * day;
      await lookAfterRecordings({ ...on, ...on.recordings });
      expect(await left(kept)).toBe(0);
    } finally {
      ahead = 0;
    }
  });

  it('of a forgotten tenant can be read by nobody', async () => {
    const session = newId();
    const recorder = recorders.start(aSession(session, { tenant: 'gone' }));
    recorder.output(bytes('x'));
    await recorder.end({ code: 0, signal: null });
    const call = await opened(session, 'gone');
    expect((await part(on, call, {})).events).toHaveLength(2);
    await destroyDataKeys(nc, 'gone', ['terminals']);
    on.keys.forget('gone');
    await expect(part(on, call, {})).rejects.toMatchObject({ code: 'KEY.DESTROYED' });
    expect((await on.recordings.chunks.last({ tenant: 'gone', session }))?.n).toBe(0);
    await lookAfterRecordings({ ...on, ...on.recordings, forgotten: new Set(['gone']) });
    expect(await on.recordings.chunks.last({ tenant: 'gone', session })).toBeUndefined();
  });
});

describe('eight hours', () => {
  it('are begun anywhere with the screen of that moment', async () => {
    const session = newId();
    const place = { tenant: 'acme', session };
    const secret = await on.recordings.secrets.current('acme');
    const key = await on.recordings.secrets.keyOf('acme', secret, session);
    const [builder, minutes] = [indexBuilder(), 8 * 60];
    const writer = chunkWriter({ place, begun: { secret, key, began: 0, last: undefined }, chunks: on.recordings.chunks, log: quiet, patience: PATIENCE, now, onFailed: why => { throw new Error(why); }, onStored: (about, lines) => builder.add(lines, about.from) });
    const cast = castWriter({ cols: 80, rows: 24, began: 0, title: 'long', last: undefined, onBatch: writer.add });
    for (let minute = 0; minute < minutes; minute++) {
      const at = cast.place();
      if (at) cast.screen({ ...at, cols: 80, rows: 24, text: `screen of minute ${minute}` });
      for (let second = 0; second < 60; second += 4) cast.output((minute * 60 + second) * 1_000, bytes(`minute ${minute} second ${second}\r\n`));
      if (minute % 4 === 3) cast.flush();
    }
    await writer.idle();
    await putIndex(on.recordings.chunks, place, key, writer.stored.chunks, builder.index);
    const reading = readRecording(on.recordings.chunks, on.recordings.secrets, place);
    for (const minute of [1, 240, 479]) {
      const { screen, events } = await readPart(reading, { from_ms: minute * 60_000 + 30_000 }, false);
      expect(screen).toMatchObject({ text: `screen of minute ${minute}` });
      expect(events[0]?.[2]).toBe(`minute ${minute} second 0\r\n`);
    }
    expect(await readPart(reading, {}, false)).toMatchObject({ screen: null, header: { version: 3 } });
    expect(builder.index).toMatchObject({ duration_ms: (479 * 60 + 56) * 1_000, truncated: false });
  });
});

describe('a service that is killed', () => {
  it('loses five seconds at most, and what is left is closed as not whole', async () => {
    const session = newId();
    const child = spawn(process.execPath, [join('infra/launch/bin/run.mjs'), join('services/terminals/src/recording/recorder.fixture.ts'), nats.url, master.toString('base64'), session], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } });
    const said: [number, number][] = [];
    createInterface({ input: child.stdout }).on('line', line => { const [at = 0, n = 0] = line.split(' ').map(Number); said.push([at, n]); });
    try {
      const place = { tenant: 'acme', session };
      await eventually(async () => ((await on.recordings.chunks.last(place))?.n ?? -1) >= 0);
    } finally {
      child.kill('SIGKILL');
    }
    await new Promise(resolve => { child.stdout.once('close', resolve); });
    const reading = readRecording(on.recordings.chunks, on.recordings.secrets, { tenant: 'acme', session });
    const { events } = await readPart(reading, {}, true);
    const kept = events.length;
    expect(events.map(e => e[2]).join('')).toBe(Array.from({ length: kept }, (_, i) => `line ${i + 1}\r\n`).join(''));
    const lost = (said.at(-1)?.[0] ?? 0) - (said.find(([, n]) => n === kept)?.[0] ?? 0);
    expect(lost).toBeLessThan(5_000);
    await eventually(async () => (await views.get(`acme.recordings.${session}`)) !== undefined);
    await lookAfterRecordings({ ...on, ...on.recordings });
    expect(await stateOf(session)).toMatchObject({ status: 'ended', end: { whole: false, chunks: ((await on.recordings.chunks.last({ tenant: 'acme', session }))?.n ?? -1) + 1, problem: expect.stringContaining('stopped') } });
    expect(await verify(on, await opened(session), {})).toMatchObject({ ok: true, fault: null });
  });
});

describe('a store that takes nothing', () => {
  it('is waited for: nothing is missing when it is back', async () => {
    const session = newId();
    const recorder = recorders.start(aSession(session));
    recorder.output(bytes('before '));
    await eventually(async () => (await stateOf(session)).status === 'recording');
    await nats.kill9();
    recorder.output(bytes('meanwhile '));
    const ending = recorder.end({ code: 0, signal: null });
    await nats.restart();
    await ending;
    await eventually(async () => (await stateOf(session)).status === 'ended');
    expect((await part(on, await opened(session), {})).events.map(e => e[2]).join('')).toBe('before meanwhile 0');
    expect(await stateOf(session)).toMatchObject({ end: { whole: true } });
  });

  it('for too long is said, once, and the recording ends with what it has', async () => {
    const failed: string[] = [];
    const hasty = recordersOn(on, { patience: { failing: 1, failingFull: 1, full: 1, between: 10 } });
    const session = newId();
    const recorder = hasty.start(aSession(session, { onFailed: why => void failed.push(why) }));
    await limitTo(1);
    recorder.output(bytes('before'));
    await eventually(() => failed.length > 0);
    expect(recorder.pending).toBe(0);
    recorder.output(bytes('after'));
    await limitTo(-1);
    await eventually(async () => (await stateOf(session)).status === 'ended');
    expect(failed).toEqual([expect.stringContaining('could not be stored')]);
    expect(await stateOf(session)).toMatchObject({ end: { whole: false, problem: failed[0] } });
    expect((await part(on, await opened(session), {})).events.map(e => e[2]).join('')).toBe('before');
  });
});

/** Of the stream of recordings: as if the disk were full. */
const limitTo = async (max_bytes: number): Promise<void> => {
  const name = 'TERMINALS_RECORDINGS';
  const { config } = (await nc.request(`$JS.API.STREAM.INFO.${name}`)).json<{ config: object }>();
  const { error } = (await nc.request(`$JS.API.STREAM.UPDATE.${name}`, JSON.stringify({ ...config, max_bytes }))).json<{ error?: unknown }>();
  if (error !== undefined) throw new Error(JSON.stringify(error));
};
