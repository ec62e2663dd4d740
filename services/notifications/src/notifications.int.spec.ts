/** notifications on a real nats-server beside a real auth, with a real mail server and a real receiver of webhooks: from an event of vps to what somebody reads, over a kill -9 in the middle. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGround, type TestGround } from '@xanthus/auth/test-ground';
import { declarationsOf, follow, JetStreamEventStore, type Declarations } from '@xanthus/jetstream';
import { newId, type EventStore } from '@xanthus/kernel';
import { ask as askAs, type RunningService } from '@xanthus/nest';
import type { OutputOf } from '@xanthus/proto';
import { openSession } from '@xanthus/proto/auth';
import { changeChannel, channelSettings, defineChannel, pauseChannel, removeChannel, testChannel, type channelsView, type deliveriesView, type NoticeRow } from '@xanthus/proto/notifications';
import type { DataOf } from '@xanthus/proto';
import { eventually, startServer, type ServerProcess } from '@xanthus/testing';
import { notificationsDeclarations } from './declarations.js';
import { startMailServer, startReceiver, type TestMailServer, type TestReceiver } from './receivers.fixture.js';
import { verifySignature } from './senders/sign.js';
import { startNotifications } from './start-notifications.js';

const PASSWORD = 'canary-password-of-mail';
const SECRET = 'canary-secret-of-webhooks-0123';
const PATH = '/canary-path';
const GATHER_SECONDS = 0.8;

let ground: TestGround;
let mail: TestMailServer;
let http: TestReceiver;
let child: ServerProcess | undefined;
let service: RunningService | undefined;
let vps: EventStore;

const merged = (...all: Declarations[]): Declarations => ({ streams: all.flatMap(d => d.streams), buckets: all.flatMap(d => d.buckets) });
const env = (): Record<string, string> => ({
  ...ground.env('notifications'), XANTHUS_OUTGOING_ALLOW: 'loopback', XANTHUS_NOTIFICATIONS_GATHER_SECONDS: String(GATHER_SECONDS), XANTHUS_NOTIFICATIONS_RETRY_SECONDS: '0.2', XANTHUS_PUBLIC_URL: 'https://xanthus.example.com',
  XANTHUS_SMTP_URL: `smtp://post:${PASSWORD}@127.0.0.1:${mail.port}?tls=none`, XANTHUS_SMTP_FROM: 'xanthus@example.com',
});

beforeAll(async () => {
  [mail, http] = await Promise.all([startMailServer('post', PASSWORD), startReceiver()]);
  ground = await startTestGround({ service: 'notifications', declarations: merged(notificationsDeclarations(), ...['vps', 'dns', 'applications', 'terminals'].map(s => declarationsOf(s))) });
  vps = new JetStreamEventStore(await ground.as('vps'), 'vps');
  child = await startServer(process.execPath, ['infra/launch/bin/run.mjs', 'services/notifications/src/main.ts'], /the doors are open/, { ...process.env, ...env(), LOG_LEVEL: 'info', NODE_OPTIONS: '' });
});
afterAll(async () => {
  await child?.end('SIGKILL');
  await service?.stop();
  await ground?.stop();
  await Promise.all([mail?.stop(), http?.stop()]);
});

const ask: TestGround['asOwner'] = (contract, options) => ground.asOwner(contract, options);
const code = (run: Promise<unknown>): Promise<string> => run.then(() => 'fine', (error: { code?: string }) => error.code ?? String(error));
/** An event as vps writes it. */
const happened = async (aggregate: string, id: string, ...events: { type: string; data: unknown }[]): Promise<void> => {
  const ref = { tenant: 'acme', service: 'vps', aggregate, id };
  const { last } = await vps.load(ref, { leader: true });
  let expected = last;
  for (const event of events) {
    ({ seq: expected } = await vps.append(ref, [{ event, schema: 1 }], expected, { tenant: 'acme', id, actor: { kind: 'service', id: 'vps' }, now: new Date().toISOString(), command_id: newId(), correlation_id: newId() }));
  }
};
const notices = async (fits: (n: NoticeRow) => boolean): Promise<NoticeRow[]> => (await ground.views.list<NoticeRow>('acme', 'notices')).map(n => n.value.data).filter(fits);
const server = newId();
const define = (name: string, target: unknown, rest: object = {}): Promise<OutputOf<typeof defineChannel>> => ask(defineChannel, { input: { name, target, ...rest } as never });
let hook: string;
let post: string;

describe('a channel', () => {
  it('is tried, and says what really happened', async () => {
    ({ id: hook } = await eventually(() => define('Hook', { kind: 'webhook', url: `${http.url}${PATH}`, secret: SECRET }).catch(() => undefined)));
    ({ id: post } = await define('Post', { kind: 'email', server: null, to: ['ada@example.com', 'bob@example.com'] }, { filter: { severities: ['warning'] } }));
    expect(await ask(testChannel, { id: hook, input: {} })).toMatchObject({ ok: true, message: expect.stringContaining('answers 204') });
    expect(await ask(testChannel, { id: post, input: {} })).toMatchObject({ ok: true, message: expect.stringContaining('kept') });
    expect(mail.mails[0]).toMatchObject({ from: 'xanthus@example.com', to: ['ada@example.com', 'bob@example.com'] });

    const own = (over: object): object => ({ kind: 'email', to: ['ada@example.com'], server: { host: '127.0.0.1', port: mail.port, security: 'none', user: 'post', password: PASSWORD, from: 'x@example.com', ...over } });
    const { id } = await define('Other', own({ password: 'wrong-canary' }));
    const tried = async (target: object): Promise<unknown> => {
      await ask(changeChannel, { id, input: { target } as never });
      return (await ask(testChannel, { id, input: {} })).message;
    };
    expect((await ask(testChannel, { id, input: {} })).message).toContain('does not take this user and password');
    expect(await tried(own({ security: 'starttls' }))).toContain('offers no TLS');
    expect(await tried({ ...own({}), to: ['nobody@example.com'] })).toContain('there is no nobody here');
    expect(await tried(own({ host: 'nowhere.invalid' }))).toContain('nowhere.invalid');
    expect(await ask(channelSettings, { id, input: {} })).toEqual({ kind: 'email', to: ['ada@example.com'], server: { host: 'nowhere.invalid', port: mail.port, security: 'none', user: 'post', from: 'x@example.com', has_password: true } });
    // A password that is kept goes nowhere else.
    expect(await code(ask(changeChannel, { id, input: { target: own({ host: 'elsewhere.invalid', password: undefined }) } as never }))).toBe('CHANNEL.SECRET_NEEDED');
    http.answer('/gone', 404);
    const { id: slack } = await define('Slack', { kind: 'slack', url: `${http.url}/gone` });
    expect((await ask(testChannel, { id: slack, input: {} })).message).toMatch(/answers 404: there is nothing at that address/);
    http.answer('/gone', 302, { location: `${http.url}/other` });
    expect((await ask(testChannel, { id: slack, input: {} })).message).toContain('redirect');
    expect(http.of('/other')).toEqual([]);
    for (const one of [id, slack]) await ask(removeChannel, { id: one, input: {} });
  });

  it('is refused where nobody may have us call', async () => {
    const to = (url: string): Promise<string> => code(define('Inside', { kind: 'slack', url }));
    expect([await to('https://169.254.169.254/latest'), await to('https://10.0.0.1/x'), await to('https://user:pw@example.com/x'), await code(define('Hook', { kind: 'webhook', url: `${http.url}/x`, secret: SECRET }))])
      .toEqual(['CHANNEL.TARGET_REFUSED', 'CHANNEL.TARGET_REFUSED', 'CHANNEL.TARGET_REFUSED', 'CHANNEL.NAME_TAKEN']);
  });
});

describe('what happens', () => {
  const raised = { type: 'AlertRaised', data: { kind: 'disk', message: 'The disk is 93 % full.', value: 0.93, limit: 0.9 } };
  const trials = () => http.of(PATH).filter(h => h.json.type === 'notices');

  it('is told once, signed, by name, and when it is over', async () => {
    await happened('server', server, { type: 'ServerAdopted', data: { name: 'web-1' } });
    await happened('alert', server, raised, { ...raised, data: { ...raised.data, message: 'The disk is 95 % full.' } });
    const [hit] = await eventually(() => (trials().length > 0 ? trials() : undefined));
    expect(hit?.json).toMatchObject({ notices: [{ kind: 'alert-disk', what: 'raised', thing: { id: server, name: 'web-1' }, url: expect.stringMatching(/^https:\/\/xanthus\.example\.com\/notifications\?notice=/) }] });
    const { 'x-xanthus-timestamp': timestamp = '', 'x-xanthus-signature': signature = '', 'idempotency-key': key } = hit?.headers ?? {};
    const parts = { timestamp: String(timestamp), signature: String(signature), body: hit?.body ?? '' };
    expect([verifySignature(SECRET, parts, Date.now()), verifySignature('another-secret-0123456789', parts, Date.now()), verifySignature(SECRET, { ...parts, body: `${parts.body} ` }, Date.now()), key]).toEqual([true, false, false, hit?.json.delivery]);
    await eventually(async () => (await notices(n => n.kind === 'alert-disk' && n.times === 2 && n.resolved_at === null)).length === 1);
    expect(trials()).toHaveLength(1);
    await happened('alert', server, { type: 'AlertCleared', data: { kind: 'disk' } });
    await eventually(() => trials().some(h => h.json.notices.some(n => n.what === 'resolved')));
    expect(await notices(n => n.kind === 'alert-disk' && n.resolved_at !== null)).toHaveLength(1);
    const mails = await eventually(() => (mail.mails.length >= 3 ? mail.mails : undefined));
    expect(mails[1]?.raw).toMatch(/Subject: .*web-1/);
  });

  it('comes as few messages, however much it is', async () => {
    const before = trials().length;
    const servers = Array.from({ length: 100 }, () => newId());
    const began = performance.now();
    await Promise.all(servers.map(id => happened('alert', id, { type: 'AlertRaised', data: { kind: 'load', message: 'Too much to do.' } })));
    await eventually(() => trials().slice(before).reduce((n, h) => n + h.json.notices.length, 0) === 100);
    // One, where none of the hundred is late by itself on a busy machine: else one for each time of gathering that they took. `delivery.unit.spec.ts` holds that it is one.
    expect(trials().length - before).toBeLessThanOrEqual(2 + Math.ceil((performance.now() - began) / (GATHER_SECONDS * 1_000)));
  });

  it('is told by a copy that comes after one that was killed while it sent', async () => {
    http.answer(PATH, null);
    const before = trials().length;
    await happened('server', server, { type: 'ServerHostKeyChanged', data: { presented: { type: 'ssh-ed25519', fingerprint: 'SHA256:x' } } });
    await eventually(() => trials().length > before);
    await child?.end('SIGKILL');
    http.answer(PATH, 204);
    service = await startNotifications(env());
    const again = await eventually(() => (trials().length > before + 1 ? trials().slice(before) : undefined));
    expect(new Set(again.map(h => h.json.delivery)).size).toBe(1);
    expect(again.map(h => h.headers['idempotency-key'])).toEqual([again[0]?.json.delivery, again[0]?.json.delivery]);
    await ground.row<DataOf<typeof deliveriesView>>('deliveries', hook, d => d.last[0]?.state === 'delivered' && d.last[0].attempts === 2);
  });

  it('is tried again where that may help, and given up with a notice where not', async () => {
    http.answer(PATH, 503);
    const before = trials().length;
    await happened('server', server, { type: 'ServerBecameReady', data: {} });
    await eventually(() => trials().length > before + 1);
    http.answer(PATH, 400);
    await eventually(async () => (await notices(n => n.kind === 'delivery-failed' && n.resolved_at === null && n.thing?.id === hook)).length === 1);
    expect(await ground.row<DataOf<typeof channelsView>>('channels', hook, c => c.failing !== null)).toMatchObject({ failing: { message: expect.stringContaining('400') } });
    http.answer(PATH, 204);
    await happened('server', server, { type: 'ServerHostKeyAccepted', data: { host_key: { type: 'ssh-ed25519', fingerprint: 'SHA256:x' } } });
    await eventually(async () => (await notices(n => n.kind === 'delivery-failed' && n.resolved_at !== null)).length === 1);
  });

  it('is a person\'s alone where it is about their account', async () => {
    const { nc, signer } = await ground.service('gateway');
    await askAs(nc, signer, openSession, { tenant: 'xanthus', input: { method: 'password', email: 'ada@example.com', password: 'vlinder-kaas-fiets', device: { address: '192.0.2.9', user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' } } as never });
    const [own] = await eventually(async () => { const rows = await ground.views.list<NoticeRow>('xanthus', 'own-notices'); return rows.length > 0 ? rows : undefined; });
    expect(own?.value.data).toMatchObject({ kind: 'new-device', lasting: false });
    expect(await notices(n => n.kind === 'new-device')).toEqual([]);
  });

  it('leaves no secret in log and views', async () => {
    await ask(pauseChannel, { id: post, input: {} });
    const texts: string[] = [];
    const nc = await ground.as('notifications');
    for (const stream of ['NOTIFICATIONS', 'KV_notifications-a', 'KV_notifications-state']) {
      await new Promise<void>((resolve, reject) => {
        const reading = follow(nc, { stream, filters: ['>'], from: 1, onMessage: m => void texts.push(`${m.subject} ${m.string()}`), onCaughtUp: () => void reading.then(r => r.stop()).then(resolve, reject), onError: reject });
      });
    }
    const all = texts.join('\n');
    expect(all).toContain('Hook');
    for (const canary of ['canary', 'ada@example.com', 'bob@example.com']) expect(all).not.toContain(canary);
    expect(child?.output()).not.toContain('canary');
  });
});
