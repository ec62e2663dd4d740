/** `/ws/terminal/{session}`: every byte once and in order, credit to the source, who may watch and type, withdrawn live. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { IdentityVerifier } from '@xanthus/nest';
import { parseTtyFrame, ttyBytes, ttyControl, TTY_CREDIT, TTY_SUB_PROTOCOL } from '@xanthus/proto';
import { eventually } from '@xanthus/testing';
import { WebSocket, type ClientOptions } from 'ws';
import { Socket } from './socket.fixture.js';
import { startTestGateway, type Person, type TestGateway } from './testing.fixture.js';
import { ByteSource } from './tty/byte-source.fixture.js';

let t: TestGateway;
let person: Person;
let count = 0;
beforeAll(async () => {
  t = await startTestGateway();
  person = await t.person('acme', { subjects: ['tty.acme.>'] });
});
afterAll(async () => { await t?.stop(); });

const ends: (() => void)[] = [];
afterEach(() => { for (const end of ends.splice(0)) end(); });
const source = async (): Promise<ByteSource> => {
  const made = new ByteSource(t.nc, 'acme', `s${++count}`);
  ends.push(() => made.stop());
  await t.nc.flush();
  return made;
};

interface Control { readonly op: string; readonly [field: string]: unknown }

const STEP = 64 * 1024;
/** A viewer that proves what it gets: offsets without a hole, unless a marker says so. */
class Viewer {
  readonly controls: Control[] = [];
  readonly chunks: Buffer[] = [];
  readonly snapshots: string[] = [];
  offset: number | undefined;
  closed: number | undefined;
  grants = true;
  readonly ws: WebSocket;
  private marked: number | undefined;
  private taken = 0;

  constructor(session: string, { offset, ...options }: ClientOptions & { offset?: number } = {}) {
    this.offset = offset;
    this.ws = new WebSocket(`${t.gateway.url.replace('http', 'ws')}/ws/terminal/${session}${offset === undefined ? '' : `?offset=${offset}`}`, [TTY_SUB_PROTOCOL], options);
    this.ws.on('message', data => this.take(data as Buffer));
    this.ws.on('close', (code) => { this.closed = code; });
    this.ws.on('error', () => {});
    ends.push(() => this.ws.terminate());
  }
  send(control: object): void {
    this.ws.send(ttyControl(control));
  }
  type(text: string): void {
    this.ws.send(Buffer.from(`\u0000${text}`));
  }
  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
  said(op: string): Control | undefined {
    return this.controls.find(c => c.op === op);
  }
  until(op: string): Promise<Control> {
    return eventually(() => this.said(op)) as Promise<Control>;
  }
  private take(data: Buffer): void {
    const frame = parseTtyFrame(data);
    if (frame === undefined) throw new Error('no frame');
    if (frame.kind === 'control') {
      if (frame.control.op === 'marker') {
        expect(frame.control['skipped_from']).toBe(this.offset);
        this.marked = frame.control['skipped_to'] as number;
      }
      return void this.controls.push(frame.control);
    }
    if (this.offset !== undefined) expect(frame.offset).toBe(this.marked ?? this.offset);
    this.marked = undefined;
    this.offset = frame.kind === 'output' ? frame.offset + frame.bytes.length : frame.offset;
    if (frame.kind === 'output') this.chunks.push(Buffer.from(frame.bytes));
    else this.snapshots.push(Buffer.from(frame.bytes).toString());
    this.taken += frame.bytes.length;
    // Seldom: each grant is a frame, and frames are limited.
    if (!this.grants || this.taken < STEP) return;
    this.send({ op: 'credit', bytes: this.taken });
    this.taken = 0;
  }
}
const bearer = async (who = person): Promise<ClientOptions> => ({ headers: { authorization: `Bearer ${await t.token(who)}` } });
const view = async (session: string, offset?: number, who = person): Promise<Viewer> => {
  const viewer = new Viewer(session, { ...await bearer(who), ...(offset === undefined ? {} : { offset }) });
  await viewer.until('hello');
  return viewer;
};
const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('bytes', () => {
  it('come once and in order, to everyone who looks, from the first on', async () => {
    const shell = await source();
    const content = randomBytes(3_000_000);
    shell.write(content.subarray(0, 100_000));
    const early = await view(shell.session);
    expect(early.said('hello')).toMatchObject({ session: shell.session, cols: 80, rows: 24, mode: 'type' });
    for (let i = 100_000; i < content.length; i += 50_000) shell.write(content.subarray(i, i + 50_000));
    const late = await view(shell.session);
    await eventually(() => [early, late].every(v => v.offset === content.length));
    for (const viewer of [early, late]) expect(sum(viewer.bytes)).toBe(sum(content));
    shell.write(Buffer.from('live'));
    await eventually(() => [early, late].every(v => v.offset === content.length + 4));
  });

  it('stop at the source when nobody grants; a viewer who does not falls behind alone', async () => {
    const shell = await source();
    const [quick, lazy] = [await view(shell.session), await view(shell.session)];
    lazy.grants = false;
    const content = randomBytes(2_000_000);
    shell.write(content);
    await eventually(() => quick.offset === content.length && lazy.bytes.length >= TTY_CREDIT);
    expect(lazy.bytes.length).toBe(TTY_CREDIT);
    quick.grants = false;
    const more = randomBytes(TTY_CREDIT * 3);
    shell.write(more);
    await eventually(() => quick.bytes.length > content.length + TTY_CREDIT - STEP && quick.bytes.length === shell.offset);
    quick.send({ op: 'ping' });
    await quick.until('pong');
    // Both have used their credit: the source reads no further.
    expect(shell.offset).toBeLessThanOrEqual(content.length + TTY_CREDIT);
    expect(quick.bytes.length).toBe(shell.offset);
    for (const viewer of [quick, lazy]) {
      viewer.grants = true;
      viewer.send({ op: 'credit', bytes: TTY_CREDIT });
    }
    const all = Buffer.concat([content, more]);
    await eventually(() => [quick, lazy].every(v => v.offset === all.length));
    for (const viewer of [quick, lazy]) expect(sum(viewer.bytes)).toBe(sum(all));
  });

  it('go on at an offset; what is gone is a snapshot behind a marker', async () => {
    const shell = await source();
    const first = await view(shell.session);
    shell.write(Buffer.from('0123456789'));
    await eventually(() => first.offset === 10);
    first.ws.terminate();
    const second = await view(shell.session, 4);
    await eventually(() => second.offset === 10);
    expect(second.bytes.toString()).toBe('456789');
    second.ws.terminate();
    shell.trim(8);
    const third = await view(shell.session, 5);
    await eventually(() => third.snapshots.length === 1);
    expect(third.said('marker')).toMatchObject({ skipped_from: 5, skipped_to: 10 });
    expect(third.snapshots).toEqual(['screen at 10']);
    shell.write(Buffer.from('!'));
    await eventually(() => third.bytes.toString() === '!');
    await eventually(() => shell.viewers === 1);
  });
});

describe('who', () => {
  it('types, resizes, is told what the session says; the identity is for that service alone', async () => {
    const shell = await source();
    const viewer = await view(shell.session);
    viewer.type('ls\n');
    viewer.send({ op: 'resize', cols: 120, rows: 40 });
    await eventually(() => shell.controls.length === 1);
    expect(Buffer.concat(shell.typed).toString()).toBe('ls\n');
    expect(shell.controls[0]).toEqual({ op: 'resize', cols: 120, rows: 40 });
    const token = shell.attaches[0]?.identity ?? '';
    expect(await new IdentityVerifier({ service: 'terminals', jwks: t.serviceJwks }).verify(token)).toMatchObject({ sub: person.id, tenant: 'acme', kind: 'person' });
    await expect((async () => new IdentityVerifier({ service: 'vps', jwks: t.serviceJwks }).verify(token))()).rejects.toThrow();
    shell.say({ op: 'exit', code: 0, reason: 'closed' });
    expect(await viewer.until('exit')).toMatchObject({ code: 0 });
  });

  it('only watches without the right to type; each right is withdrawn live', async () => {
    const shell = await source();
    const watcher = await t.person('acme', { subjects: [`tty.acme.${shell.session}.out`] });
    const viewer = await view(shell.session, undefined, watcher);
    expect(viewer.said('hello')).toMatchObject({ mode: 'watch' });
    viewer.type('rm');
    expect(await viewer.until('error')).toMatchObject({ code: 'DENIED' });
    const typist = await t.person('acme', { subjects: [`tty.acme.${shell.session}.*`] });
    const other = await view(shell.session, undefined, typist);
    await t.grant(typist, { subjects: [`tty.acme.${shell.session}.out`] });
    expect(await other.until('error')).toMatchObject({ code: 'REVOKED', target: `tty.acme.${shell.session}.in` });
    other.type('rm');
    await eventually(() => shell.controls.some(c => c.op === 'watch'));
    expect(other.closed).toBeUndefined();
    await t.grant(typist, {});
    await eventually(() => other.closed === 4503);
    shell.write(Buffer.from('secret'));
    await eventually(() => viewer.bytes.toString() === 'secret');
    expect(other.bytes.toString()).toBe('');
    expect(shell.typed).toEqual([]);
    await eventually(() => shell.viewers === 1);
  });

  it('is refused: no right, another tenant, nobody there, no such session, a foreign page, no token', async () => {
    const shell = await source();
    const nobody = await t.person('acme', { subjects: ['sig.acme.>'] });
    const stranger = await t.person('globex', { subjects: ['tty.globex.>'] });
    const refused = async (session: string, options: ClientOptions): Promise<unknown[]> => {
      const viewer = new Viewer(session, options);
      await eventually(() => viewer.closed !== undefined);
      return [viewer.said('error')?.['code'], viewer.closed];
    };
    expect(await refused(shell.session, await bearer(nobody))).toEqual(['DENIED', 4503]);
    expect(await refused(shell.session, await bearer(stranger))).toEqual(['NO_RESPONDERS', 4010]);
    expect(await refused('nothing', await bearer())).toEqual(['NO_RESPONDERS', 4010]);
    shell.refuse = { code: 'SESSION.NOT_FOUND', message: 'There is no such session.', retryable: false };
    expect(await refused(shell.session, await bearer())).toEqual(['SESSION.NOT_FOUND', 4500]);
    expect(shell.attaches).toHaveLength(1);
    const [, upgrade] = await refused(shell.session, { origin: 'https://evil.example', ...await bearer() });
    expect(upgrade).toBe(1006);
    const socket = await Socket.live(t.gateway.url, await t.token(person));
    expect((await socket.ask({ op: 'sub', target: `tty.acme.${shell.session}.out` })).data).toMatchObject({ code: 'DENIED' });
    socket.close();
  });

  it('may log in by a control frame, and is told of frames that are none', async () => {
    const shell = await source();
    const viewer = new Viewer(shell.session);
    await eventually(() => viewer.ws.readyState === WebSocket.OPEN);
    viewer.type('early');
    expect(await viewer.until('error')).toMatchObject({ code: 'AUTH_REQUIRED' });
    viewer.send({ op: 'auth', token: await t.token(person) });
    await viewer.until('hello');
    for (const bad of ['text', Buffer.from([7, 1]), Buffer.from('\u0001{'), ttyControl({ op: 'jump' }), ttyControl({ op: 'credit', bytes: -1 })]) viewer.ws.send(bad);
    await eventually(() => viewer.controls.filter(c => c.op === 'error').length === 6);
    expect(viewer.controls.filter(c => c.op === 'error').map(c => c['code'])).toEqual(['AUTH_REQUIRED', 'BAD_FRAME', 'BAD_FRAME', 'BAD_FRAME', 'UNKNOWN_OP', 'BAD_FRAME']);
    expect(shell.typed).toEqual([]);
    await t.endSession(person);
    await eventually(() => viewer.closed === 4503);
  });
});

describe('older clients', () => {
  it('speak JSON without the sub-protocol; no character is cut', async () => {
    const shell = await source();
    const ws = new WebSocket(`${t.gateway.url.replace('http', 'ws')}/ws/terminal/${shell.session}`, await bearer(await t.person('acme', { subjects: ['tty.acme.>'] })));
    ws.on('error', () => {});
    ends.push(() => ws.terminate());
    const frames: { type: string; data?: string }[] = [];
    ws.on('message', (data, binary) => {
      expect(binary).toBe(false);
      frames.push(JSON.parse(String(data)) as { type: string; data?: string });
    });
    await eventually(() => shell.viewers === 1);
    const text = 'grüße '.repeat(200_000);
    shell.write(Buffer.from(text));
    await eventually(() => frames.filter(f => f.type === 'terminal_output').map(f => f.data).join('') === text);
    ws.send(JSON.stringify({ type: 'terminal_input', data: 'ls\n' }));
    ws.send(JSON.stringify({ type: 'resize', cols: 100, rows: 30 }));
    ws.send(JSON.stringify({ type: 'ping' }));
    await eventually(() => shell.controls.some(c => c.op === 'resize' && c['cols'] === 100) && shell.typed.length === 1);
    expect(String(shell.typed[0])).toBe('ls\n');
    await eventually(() => frames.some(f => f.type === 'pong'));
    ws.send('nonsense');
    await eventually(() => frames.some(f => f.type === 'error'));
  });
});

describe('what goes wrong', () => {
  it('goes on without a hole when NATS is killed; a viewer that the service forgot comes back to its offset', async () => {
    const shell = await source();
    const typist = await t.person('acme', { subjects: ['tty.acme.>'] });
    const viewer = await view(shell.session, undefined, typist);
    shell.write(Buffer.from('before'));
    await eventually(() => viewer.offset === 6);
    await t.nats.kill9();
    await t.nats.restart();
    await eventually(() => t.nc.rtt());
    shell.write(Buffer.from(' after'));
    await eventually(() => viewer.bytes.toString() === 'before after');
    shell.forget();
    // a hole makes it ask
    t.nc.publish(`tty.acme.${shell.session}.out`, ttyBytes(0, 13, Buffer.from('x')));
    await eventually(() => viewer.closed === 4010);
    expect(viewer.controls.at(-1)).toMatchObject({ op: 'error', code: 'SESSION.DETACHED' });
  });
});
