/** Shells over real SSH through the real gateway: who sees what, who types, whose size counts, and how it ends. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Refusal } from '@xanthus/kernel';
import { eventually } from '@xanthus/testing';
import { startHostGround, TENANT, type Ground } from './host-ground.fixture.js';
import { TtyViewer } from './viewer.fixture.js';

let on: Ground;
beforeAll(async () => { on = await startHostGround(); });
afterAll(async () => { await on?.stop(); });

const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const member = async () => on.gateway.person(TENANT, { subjects: [`tty.${TENANT}.>`] });

describe('a shell', () => {
  it('opens, takes what is typed, and ends with its status', async () => {
    const { session, viewer } = await on.shell({ cols: 100, rows: 30 });
    expect(viewer.said('hello')).toMatchObject({ session, mode: 'owner', types: true, cols: 100, rows: 30, recording: false });
    expect(await on.noted(session, 'opened')).toEqual({ user: on.sshd.user, address: '127.0.0.1', hostKey: on.sshd.hostKey.fingerprint });
    viewer.type('echo "$TERM-$((40 + 2))"; stty size\r');
    await viewer.shows('xterm-256color-42\r\n');
    await viewer.shows('30 100\r\n');
    viewer.type('exit 3\r');
    expect(await viewer.until('exit')).toMatchObject({ code: 3, signal: null, reason: 'exit' });
    expect(await on.noted(session, 'ended')).toMatchObject({ how: 'exit', code: 3, signal: null, problem: null });
    expect(on.host.has(TENANT, session)).toBe(false);
  });

  it('writes bytes of any kind, each once and in order, to everyone; who comes back gets what is missing', async () => {
    // More, and a viewer on a busy machine could fall so far behind that it gets the screen instead.
    const content = Buffer.from(Array.from({ length: 700_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
    await writeFile(join(on.sshd.home, 'content'), content);
    const { session, viewer } = await on.shell();
    viewer.type('stty raw -echo; cat ~/content; printf "do""ne"; stty sane echo\r');
    await eventually(() => { viewer.check(); return viewer.all.includes('done', -60); }, { every: 10 });
    const end = viewer.all.lastIndexOf('done');
    expect(sum(viewer.all.subarray(end - content.length, end))).toBe(sum(content));
    expect(viewer.markers).toEqual([]);
    const at = viewer.offset ?? 0;
    viewer.close();
    const again = await on.viewer(session, { offset: at - 1_000 });
    await eventually(() => again.offset === at);
    expect(again.all.equals(viewer.all.subarray(viewer.all.length - 1_000))).toBe(true);
    // Of what is gone the screen alone is there, and so it is for somebody who was never here.
    again.type('head -c 1500000 /dev/zero | tr "\\0" x; printf "more""over"\r');
    await eventually(() => { again.check(); return again.text.includes('moreover'); }, { every: 10 });
    const [late, old] = [await on.viewer(session), await on.viewer(session, { offset: at })];
    await eventually(() => late.offset === again.offset && old.offset === again.offset);
    expect([late.snapshots.length, old.snapshots.length, old.markers]).toEqual([1, 1, [expect.objectContaining({ skipped_from: at, skipped_to: again.offset })]]);
    expect(late.text).toContain('moreover');
  });

  it('gets one answer to a question, whoever looks', async () => {
    const { session, viewer } = await on.shell();
    const others = [await on.viewer(session), await on.viewer(session)];
    // What the terminal gets is counted by a program that echoes it readably.
    // It waits for the first byte as long as that takes, and half a second for what comes behind it: a second answer would.
    viewer.type('stty -echo -icanon min 1 time 5; printf "\\033[6n"; printf "<%s>" "$(dd bs=64 count=1 2>/dev/null | tr "\\033" E)"; stty sane\r');
    await eventually(() => /<E\[\d+;\d+R>/.test(viewer.text));
    expect(viewer.text).not.toMatch(/<E\[\d+;\d+RE/);
    for (const other of others) other.close();
  });
});

describe('people in a session', () => {
  it('type or watch by their role, and drive its size', async () => {
    const { session, viewer: owner } = await on.shell();
    const [watcher, peer] = [await member(), await member()];
    on.roles.set(`${session}.${watcher.id}`, { role: 'observer', types: false, moderated: false });
    on.roles.set(`${session}.${peer.id}`, { role: 'peer', types: true, moderated: false });
    const [w, p] = [await on.viewer(session, { token: await on.gateway.token(watcher) }), await on.viewer(session, { token: await on.gateway.token(peer) })];
    expect(w.said('hello')).toMatchObject({ mode: 'observer', types: false });
    await eventually(() => (owner.controls.findLast(c => c.op === 'viewers')?.['viewers'] as unknown[] | undefined)?.length === 3);
    w.type('echo from the watcher\r');
    w.send({ op: 'resize', cols: 60, rows: 20 });
    p.send({ op: 'resize', cols: 90, rows: 25 });
    await p.until('resize', c => c['cols'] === 90);
    owner.send({ op: 'resize', cols: 120, rows: 40 });
    p.type('echo from the peer; stty size\r');
    await w.shows('25 90\r\n');
    expect(owner.text).not.toContain('from the watcher');
    owner.send({ op: 'take' });
    await owner.until('resize', c => c['cols'] === 120);
    p.send({ op: 'resize', cols: 10_000, rows: 9_000 });
    p.type('stty ');
    await p.until('resize', c => c['cols'] === 1_000);
    p.type('size\r');
    await w.shows('500 1000\r\n');
    await eventually(() => on.notes.some(n => n.session === session && n.what === 'resized' && n.of['cols'] === 1_000));
    owner.send({ op: 'signal', signal: 'EVIL' });
    owner.type('sleep 600\r');
    await w.shows('sleep 600');
    owner.send({ op: 'signal', signal: 'INT' });
    await w.shows('^C');
  });

  it('are out at once when they are let in no more; an attachment is no other\'s', async () => {
    const { session, viewer: owner } = await on.shell();
    const guest = await member();
    on.roles.set(`${session}.${guest.id}`, { role: 'peer', types: true, moderated: false });
    const g = await on.viewer(session, { token: await on.gateway.token(guest) });
    on.roles.set(`${session}.${guest.id}`, new Refusal('SESSION.MAY_NOT', 'You may not.'));
    on.host.review(TENANT, session);
    await eventually(() => g.closed === 4_503);
    expect(g.said('error')).toMatchObject({ code: 'SESSION.MAY_NOT' });
    expect(on.notes.filter(n => n.session === session && n.what === 'detached').map(n => n.of)).toEqual([expect.objectContaining({ person: guest.id, why: 'rights' })]);
    const back = new TtyViewer({ url: on.gateway.gateway.url, session, token: await on.gateway.token(guest) });
    await eventually(() => back.closed !== undefined);
    expect([back.said('hello'), back.said('error')]).toEqual([undefined, expect.objectContaining({ code: 'SESSION.MAY_NOT' })]);
    on.gateway.nc.publish(`tty.${TENANT}.${session}.in`, Buffer.from('\0echo nobody\r'));
    const refused = await on.gateway.nc.request(`tty.${TENANT}.${session}.replay`, JSON.stringify({ attachment: 'x'.repeat(43), max: 10 }));
    expect(refused.json()).toMatchObject({ error: { code: 'SESSION.DETACHED' } });
    const unsigned = await on.gateway.nc.request(`tty.${TENANT}.${session}.attach`, JSON.stringify({ viewer: 'x', types: true, up_to: 10 }));
    expect(unsigned.json()).toMatchObject({ error: { code: 'DENIED' } });
    const held = await on.gateway.nc.request(`tty.${TENANT}.${session}.hold`, JSON.stringify({ op: 'end', how: 'killed', message: '' }));
    expect(held.json()).toMatchObject({ error: { code: 'DENIED' } });
    owner.type('echo still $((1 + 1))\r');
    await owner.shows('still 2\r\n');
    expect(owner.text).not.toContain('nobody');
  });

  it('type nothing while a moderator is needed and none watches', async () => {
    const { session, viewer: owner } = await on.shell();
    const moderator = await member();
    for (const [id, role] of [[on.person.id, 'owner'], [moderator.id, 'moderator']] as const) on.roles.set(`${session}.${id}`, { role, types: role === 'owner', moderated: true });
    on.host.review(TENANT, session);
    expect(await owner.until('paused')).toMatchObject({ reason: 'no-moderator' });
    owner.type('echo not yet\r');
    const m = await on.viewer(session, { token: await on.gateway.token(moderator) });
    await owner.until('resumed');
    owner.type('echo now $((2 + 2))\r');
    await m.shows('now 4\r\n');
    expect(owner.text).not.toContain('not yet');
    m.close();
    await eventually(() => owner.controls.filter(c => c.op === 'paused').length === 2);
  });
});

describe('another copy of the service', () => {
  it('asks who holds, and ends it', async () => {
    const other = await on.copy();
    const { session, viewer } = await on.shell();
    expect([other.has(TENANT, session), await other.held(TENANT, session), await other.held(TENANT, '01jd3x8e2v5y9w4z7q6r1s0tzz')]).toEqual([false, true, false]);
    other.say(TENANT, session, { op: 'warning', reason: 'idle', ends_at: 'soon' });
    await viewer.until('warning');
    other.resize(TENANT, session, 70, 20);
    await viewer.until('resize', c => c['cols'] === 70);
    await other.end(TENANT, session, { how: 'killed', message: 'Maintenance begins' });
    expect(await viewer.until('exit')).toMatchObject({ reason: 'killed', message: 'Maintenance begins' });
    expect(await other.held(TENANT, session)).toBe(false);
    // Whoever kills it writes it down.
    expect(on.notes.some(n => n.session === session && n.what === 'ended')).toBe(false);
  });
});
