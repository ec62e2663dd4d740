/** terminals on a real nats-server beside a real auth and a real gateway, in two copies, with shells in memory: who opens, who is in, how it ends. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGround, type TestGround } from '@xanthus/auth/test-ground';
import { startGateway, type RunningGateway } from '@xanthus/gateway';
import { follow, readEvent } from '@xanthus/jetstream';
import { Refusal, type RecordedEvent } from '@xanthus/kernel';
import type { RunningService } from '@xanthus/nest';
import { parseTtyFrame, TTY_SUB_PROTOCOL, type DataOf } from '@xanthus/proto';
import { addMember, assignRole, defineRole, removeMember } from '@xanthus/proto/auth';
import { killSession, type sessionView } from '@xanthus/proto/terminals';
import { eventually } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { terminalsDeclarations } from './declarations.js';
import { memoryHosts } from './hosting/memory-host.fixture.js';
import { startTerminals } from './start-terminals.js';
import { sessionsProjection } from './views/sessions.js';

type Row = DataOf<typeof sessionView>;
interface Control { readonly op: string; readonly [field: string]: unknown }
const [WEB, DB] = ['01jd3x8e2v5y9w4z7q6r1s0tw1', '01jd3x8e2v5y9w4z7q6r1s0tw2'];
const PASSWORD = 'sept pommes vertes';

let ground: TestGround;
let gateway: RunningGateway;
const copies: RunningService[] = [];
const hosts = memoryHosts();
const gone = new Set<string>();
const sockets: WebSocket[] = [];

const startCopy = async (): Promise<RunningService> => {
  const copy = await startTerminals({ ...ground.env('terminals'), XANTHUS_TERMINALS_PER_PERSON: '3', XANTHUS_TERMINALS_RECORD: 'off' }, {
    openHost: hosts.openHost, pace: { round: 200, unheld: 500, servers: 300 },
    servers: { server: async (_tenant, id) => { if (gone.has(id)) throw new Refusal('SERVER.NOT_FOUND', 'No.'); return { name: id === WEB ? 'web-1' : 'db-1' }; } },
  });
  copies.push(copy);
  return copy;
};

beforeAll(async () => {
  ground = await startTestGround({ service: 'terminals', declarations: terminalsDeclarations() });
  await Promise.all([startCopy(), startCopy()]);
  gateway = await startGateway({ ...ground.env('gateway'), XANTHUS_PORT: '0', XANTHUS_WS_DRAIN_SECONDS: '0' });
});
afterAll(async () => {
  for (const socket of sockets) socket.terminate();
  await gateway?.stop();
  for (const copy of copies) await copy.stop();
  await ground?.stop();
});

interface Person { readonly id: string; readonly token: string }
interface Answer { readonly status: number; readonly data: Record<string, unknown>; readonly code: string | undefined }
const http = async (who: Person | undefined, method: string, path: string, body?: object): Promise<Answer> => {
  const answer = await fetch(gateway.url + path, { method, headers: { 'content-type': 'application/json', ...(who === undefined ? {} : { authorization: `Bearer ${who.token}` }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const { data, code } = await answer.json() as { data?: Record<string, unknown>; code?: string };
  return { status: answer.status, data: data ?? {}, code };
};
const logIn = async (email: string, id: string, password = PASSWORD): Promise<Person> => ({ id, token: String((await http(undefined, 'POST', '/api/auth/login', { email, password })).data['access_token']) });
/** A member with a role of their own, who is known to the gateway. */
const member = async (name: string, role: string): Promise<Person> => {
  const { id } = await ground.asOwner(addMember, { input: { email: `${name}@example.com`, name, role, password: PASSWORD } });
  return logIn(`${name}@example.com`, id);
};
const ada = (): Promise<Person> => logIn('ada@example.com', '', 'vlinder-kaas-fiets');
const row = (id: string, fits: (row: Row) => boolean): Promise<Row> => ground.row<Row>('sessions', id, fits);

/** Somebody who looks. */
class Viewer {
  readonly controls: Control[] = [];
  text = '';
  closed: number | undefined;
  private readonly ws: WebSocket;
  constructor(who: Person, session: string) {
    this.ws = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws/terminal/${session}`, [TTY_SUB_PROTOCOL], { headers: { authorization: `Bearer ${who.token}` } });
    sockets.push(this.ws);
    this.ws.on('message', (data) => {
      const frame = parseTtyFrame(data as Buffer);
      if (frame?.kind === 'control') this.controls.push(frame.control);
      if (frame?.kind === 'output') this.text += Buffer.from(frame.bytes).toString();
    });
    this.ws.on('close', (code) => { this.closed = code; });
    this.ws.on('error', () => {});
  }
  static async of(who: Person, session: string): Promise<Viewer> {
    const viewer = new Viewer(who, session);
    await viewer.hears('hello');
    return viewer;
  }
  type(text: string): void {
    this.ws.send(Buffer.from(`\u0000${text}`));
  }
  hears(op: string, fits: (control: Control) => boolean = () => true): Promise<Control> {
    return eventually(() => this.controls.findLast(c => c.op === op && fits(c)), { every: 5 });
  }
  /** Types until it is seen: what is typed while nothing passes is lost. */
  shows(text: string): Promise<true | undefined> {
    return eventually(() => this.text.includes(text) || undefined, { every: 5 });
  }
  leave(): void {
    this.ws.close();
  }
}

const open = async (who: Person, input: object = {}): Promise<string> => {
  const { status, data } = await http(who, 'POST', '/api/terminal/sessions', { server: WEB, ...input });
  expect([status, data['socket']]).toEqual([202, `/ws/terminal/${String(data['id'])}`]);
  await row(String(data['id']), r => r.state === 'open');
  return String(data['id']);
};
const act = (who: Person, session: string, what: string, input: object = {}): Promise<Answer> => http(who, 'POST', `/api/terminal/sessions/${session}/${what}`, input);
const close = async (who: Person, session: string): Promise<void> => { expect((await http(who, 'DELETE', `/api/terminal/sessions/${session}`)).status).toBeLessThan(300); };

let ann: Person;
let bob: Person;
beforeAll(async () => {
  await ground.asOwner(defineRole, { id: 'shells', input: { description: 'Works in terminals of one server.', grants: [{ permission: 'vps.server.connect', resources: `id:${WEB}` }, { permission: 'terminals.*', resources: 'all' }] } });
  [ann, bob] = await Promise.all([member('ann', 'shells'), member('bob', 'shells')]);
});

describe('a session', () => {
  it('is opened where one may work, recorded as the operator says, and a few at a time', async () => {
    expect(await http(ann, 'POST', '/api/terminal/sessions', { server: DB })).toMatchObject({ status: 403, code: 'DENIED' });
    expect(await http(ann, 'POST', '/api/terminal/sessions', { server: WEB, recording: 'all' })).toMatchObject({ code: 'SESSION.RECORDING_REFUSED' });
    const ids = [await open(ann, { title: 'one', cols: 100 }), await open(ann), await open(ann)];
    expect(await row(ids[0] ?? '', () => true)).toMatchObject({ title: 'one', server_name: 'web-1', owner: ann.id, cols: 100, user: 'root', idle_minutes: 30 });
    // As older clients ask: a key that they send goes no further than the gateway.
    expect(await http(ann, 'POST', '/api/terminal/sessions', { server_id: WEB, host: '192.0.2.10', private_key: 'no longer' })).toMatchObject({ code: 'SESSION.TOO_MANY' });
    for (const id of ids) await close(ann, id);
    expect(await http(ann, 'DELETE', `/api/terminal/sessions/${ids[0] ?? ''}`)).toMatchObject({ code: 'SESSION.ENDED' });
    await eventually(async () => (await http(ann, 'POST', '/api/terminal/sessions', { server: WEB })).status === 202 || undefined, { every: 50 });
  });

  it('is shared, taken back and handed over, over the real gateway', async () => {
    const id = await open(bob);
    const owner = await Viewer.of(bob, id);
    const uninvited = new Viewer(ann, id);
    expect(await uninvited.hears('error').catch(() => uninvited.closed)).toBeDefined();
    expect(await act(ann, id, 'share', { person: ann.id, role: 'peer' })).toMatchObject({ code: 'SESSION.NOT_YOURS' });
    expect(await act(bob, id, 'share', { person: WEB, role: 'peer' })).toMatchObject({ code: 'SESSION.NO_MEMBER' });
    expect((await act(bob, id, 'share', { person: ann.id, role: 'observer' })).status).toBeLessThan(300);
    const watcher = await Viewer.of(ann, id);
    watcher.type('never');
    owner.type('from bob;');
    await watcher.shows('from bob;');
    expect(owner.text).not.toContain('never');
    expect((await act(bob, id, 'hand-over', { person: ann.id })).status).toBeLessThan(300);
    await watcher.hears('viewers', c => (c['viewers'] as { person: string; role: string }[]).some(v => v.person === ann.id && v.role === 'owner'));
    expect(await http(bob, 'DELETE', `/api/terminal/sessions/${id}`)).toMatchObject({ code: 'SESSION.NOT_YOURS' });
    const back = await Viewer.of(ann, id);
    back.type('from ann;');
    await owner.shows('from ann;');
    expect((await act(ann, id, 'unshare', { person: bob.id })).status).toBeLessThan(300);
    expect(await row(id, r => r.viewers.every(v => v.person === ann.id))).toMatchObject({ owner: ann.id, participants: [{ person: ann.id, role: 'owner' }] });
    await close(ann, id);
    await back.hears('exit', c => c['reason'] === 'closed');
  });

  it('takes no input without a moderator who watches, while it is moderated', async () => {
    const id = await open(bob, { moderated: true });
    const owner = await Viewer.of(bob, id);
    await owner.hears('paused');
    owner.type('unseen;');
    expect(await act(bob, id, 'moderate', { on: false })).toMatchObject({ code: 'SESSION.NOT_YOURS' });
    expect((await act(ann, id, 'attach', { role: 'moderator' })).status).toBeLessThan(300);
    const moderator = await Viewer.of(ann, id);
    await owner.hears('resumed');
    owner.type('seen;');
    await owner.shows('seen;');
    owner.controls.length = 0;
    moderator.leave();
    await owner.hears('paused');
    expect(owner.text).toBe('seen;');
    await close(bob, id);
  });

  it('is killed from whichever copy, and its viewers are out', async () => {
    // Commands come to either copy: of three it is all but certain that one is killed by the copy that does not hold it.
    const sessions = [await open(bob), await open(bob), await open(bob)];
    const viewers = await Promise.all(sessions.map(id => Viewer.of(bob, id)));
    for (const [n, id] of sessions.entries()) {
      await ground.asOwner(killSession, { id, input: { reason: 'Maintenance begins' } });
      expect(await viewers[n]?.hears('exit')).toMatchObject({ reason: 'killed', message: 'Maintenance begins' });
      expect(await row(id, r => r.state === 'ended')).toMatchObject({ end: { how: 'killed', message: 'Maintenance begins' }, viewers: [] });
    }
  });

  it('ends when its owner may work on the server no more, and others are only out', async () => {
    const [carol, dave] = await Promise.all([member('carol', 'shells'), member('dave', 'shells')]);
    const id = await open(carol);
    await act(carol, id, 'share', { person: dave.id, role: 'peer' });
    const [owner, peer] = [await Viewer.of(carol, id), await Viewer.of(dave, id)];
    await ground.asOwner(defineRole, { id: 'elsewhere', input: { description: 'Works on another server.', grants: [{ permission: 'vps.server.connect', resources: `id:${DB}` }, { permission: 'terminals.*', resources: 'all' }] } });
    await ground.asOwner(assignRole, { id: dave.id, input: { role: 'elsewhere' } });
    expect(await row(id, r => r.participants.length === 1 && r.viewers.length === 1)).toMatchObject({ state: 'open', viewers: [{ person: carol.id }] });
    expect(peer.controls.some(c => c.op === 'exit')).toBe(false);
    await ground.asOwner(removeMember, { id: carol.id, input: {} });
    expect(await row(id, r => r.state === 'ended')).toMatchObject({ end: { how: 'rights' } });
    await eventually(() => owner.closed ?? owner.controls.find(c => c.op === 'exit'), { every: 5 });
  });
});

describe('what nobody commands', () => {
  it('is seen: servers that are gone; shells whose copy was killed are lost, or taken up by another copy if they are durable', async () => {
    const onDb = await open(await ada(), { server: DB });
    const [lost, kept] = [await open(bob), await open(bob, { durable: true })];
    const viewer = await Viewer.of(bob, kept);
    gone.add(DB);
    for (const id of [lost, kept]) hosts.drop(id);
    expect(await row(lost, r => r.state === 'ended')).toMatchObject({ end: { how: 'lost', message: expect.stringContaining('its shell with it') } });
    expect(await row(kept, r => r.state === 'open' && r.viewers.length === 0 && hosts.shells.has(kept))).toMatchObject({ durable: true, interruption: null });
    expect(await row(onDb, r => r.state === 'ended')).toMatchObject({ end: { how: 'server-gone' } });
    expect(hosts.started.filter(s => s.startsWith(kept))).toEqual([`${kept} opening`, `${kept} interrupted`]);
    viewer.leave();
    const again = await Viewer.of(bob, kept);
    again.type('still here');
    await again.shows('still here');
    await close(bob, kept);
  });
});

/** The rows that the events make which are there now. */
const viewOfEvents = async (): Promise<{ readonly view: ReadonlyMap<string, unknown>; readonly seq: number }> => {
  const nc = await ground.as('terminals');
  const events: RecordedEvent[] = [];
  await new Promise<void>((resolve, reject) => {
    const following = follow(nc, {
      stream: 'TERMINALS', filters: ['evt.*.terminals.>'], from: 1, onError: reject,
      onMessage: m => { events.push(readEvent('TERMINALS', { subject: m.subject, seq: m.seq, time: m.time.toISOString(), data: m.data })); },
      onCaughtUp: () => void following.then(f => f.stop()).then(resolve, reject),
    });
    following.catch(reject);
  });
  const view = new Map<string, unknown>();
  for (const event of events) {
    for (const change of await sessionsProjection.project(event, { get: <T>(key: string) => view.get(key) as T | undefined })) {
      if ('deleted' in change) view.delete(change.key);
      else view.set(change.key, change.value);
    }
  }
  return { view, seq: events.at(-1)?.seq ?? 0 };
};
it('leaves a view that is what the events make it', async () => {
  // Who left a moment ago may still be written down meanwhile.
  await eventually(async () => {
    const { view, seq } = await viewOfEvents();
    expect(view.size).toBeGreaterThan(8);
    await ground.views.waitFor(seq, 60_000);
    for (const [key, value] of view) expect((await ground.views.get(key))?.data).toEqual(value);
    return true;
  });
});
