import { describe, expect, it } from '@jest/globals';
import type { QueuedNotice } from '@xanthus/proto/notifications';
import { isWanted } from '../reactors/queue-when-noticed.js';
import { labelOf, targetFrom } from '../use-cases/targets.js';
import { sendSlack, without } from './http.js';
import { openSenders, operatorServer } from './open-senders.js';
import type { Letter } from './sender.js';
import { signatureOf, verifySignature } from './sign.js';
import { escapeSlack, slackOf } from './slack.js';
import { textOf, titleOf } from './words.js';

const notice = (over: Partial<QueuedNotice> = {}): QueuedNotice => ({ notice: '01jd3x8e2v5y9w4z7q6r1s0tn1', what: 'raised', kind: 'alert-disk', severity: 'warning', text: 'The disk is full.', thing: { service: 'vps', aggregate: 'server', id: 's1', name: 'web-1' }, at: '2026-11-21T08:00:00.000Z', ...over });
const letter = (notices: QueuedNotice[], over: Partial<Letter> = {}): Letter => ({ delivery: 'd1', tenant: 'acme', at: '2026-11-21T08:00:05.000Z', notices, more: 0, trial: false, url: 'https://xanthus.example.com/', ...over });
const EVIL = '<!channel> <https://evil.example|click> & *bold*\r\nBcc: x@evil.example';

describe('a signature', () => {
  it('is HMAC-SHA-256 over timestamp and body, as the page says', () => {
    const signature = signatureOf('secret-of-24-characters-x', '1795248000', '{"a":1}');
    expect(signature).toMatch(/^v1=[0-9a-f]{64}$/);
    const check = (over: object, now = 1_795_248_000_000): boolean => verifySignature('secret-of-24-characters-x', { timestamp: '1795248000', signature, body: '{"a":1}', ...over }, now);
    expect([check({}), check({ body: '{"a":2}' }), check({ timestamp: '1795248001' }), check({ signature: '' }), check({}, 1_795_249_000_000), check({ timestamp: 'x' })]).toEqual([true, false, false, false, false, false]);
  });
});

describe('words of a message', () => {
  it('name the thing, count and link', () => {
    expect(titleOf(letter([notice()]))).toBe('[Xanthus acme] Warning: web-1: The disk is full.');
    expect(titleOf(letter([notice(), notice({ severity: 'error', text: 'web-1 is gone.' })], { more: 98 }))).toBe('[Xanthus acme] 100 notices, 1 of them errors: web-1 is gone.');
    expect(textOf(letter([notice()]))).toContain('https://xanthus.example.com/notifications?notice=01jd3x8e2v5y9w4z7q6r1s0tn1');
    expect(textOf(letter(Array.from({ length: 40 }, () => notice()), { more: 5 }))).toContain('… and 15 more.');
    expect(textOf(letter([notice()], { url: null }))).not.toContain('http');
  });

  it('are one line where a line is meant: no header can be added', () => {
    expect(titleOf(letter([notice({ text: EVIL, thing: null })]))).not.toMatch(/[\r\n]/);
  });

  it('are text in Slack: no mention, no link of theirs', () => {
    expect(escapeSlack('<a & b>')).toBe('&lt;a &amp; b&gt;');
    const text = JSON.stringify(slackOf(letter([notice({ text: EVIL, thing: null })])));
    expect(text).toContain('&lt;!channel&gt;');
    expect(text).not.toMatch(/<!channel>|<https:\/\/evil/);
    expect(text).toContain('<https://xanthus.example.com/notifications?notice=');
    const { blocks } = slackOf(letter(Array.from({ length: 200 }, () => notice({ text: 'x'.repeat(5_000) })))) as { blocks: { text: { text: string } }[] };
    expect([blocks.length <= 50, blocks.every(b => b.text.text.length <= 3_000)]).toEqual([true, true]);
  });
  it('call nobody by a plain word either', () => {
    const text = JSON.stringify(slackOf(letter([notice({ text: 'ada@example.com called @everyone, @here, @CHANNEL and @all', thing: null })])));
    expect(text).not.toMatch(/@(?:everyone|here|channel|all)/i);
    expect(text).toContain('ada@example.com');
  });
});

describe('what an answer says', () => {
  const URL_ = 'https://hooks.example.com/services/T0AB/B0CD/s3cretcanary0123?token=another%20canary';
  it('is told without the address that it repeats', async () => {
    const page = '<!DOCTYPE html><pre>Cannot POST /services/T0AB/B0CD/s3cretcanary0123?token=another%20canary (another canary)</pre>';
    const outcome = await sendSlack(Object.assign(async () => new Response(page, { status: 404 }), { close: async () => undefined }), { kind: 'slack', url: URL_ }, letter([notice()]), AbortSignal.timeout(5_000));
    expect(outcome).toMatchObject({ ok: false, message: expect.stringContaining('hooks.example.com answers 404: there is nothing at that address. It says: <!DOCTYPE html><pre>Cannot POST …') });
    expect(JSON.stringify(outcome)).not.toMatch(/canary/);
  });
  it('is told without a secret in a longer word, and else as it is', () => expect([without('no such hook xs3cretcanary0123x', URL_), without('key=jR4vYfWm2t8Qx0kZb7Ns5uLh', URL_, 'jR4vYfWm2t8Qx0kZb7Ns5uLh'), without('invalid_payload', 'https://x.example/')]).toEqual(['no such hook x…x', 'key=…', 'invalid_payload']));
});

describe('a channel', () => {
  const all = { severities: [], kinds: [], services: [], resolved: true };
  it('gets what it asks for, and nothing of its own failure', () => {
    expect([isWanted('c', all, notice()), isWanted('c', { ...all, severities: ['error'] }, notice()), isWanted('c', { ...all, services: ['dns'] }, notice()), isWanted('c', { ...all, kinds: ['alert-disk'], services: ['vps'] }, notice())]).toEqual([true, false, false, true]);
    expect(isWanted('c', { ...all, resolved: false }, notice({ what: 'resolved' }))).toBe(false);
    const failed = notice({ kind: 'delivery-failed', thing: { service: 'notifications', aggregate: 'channel', id: 'c' } });
    expect([isWanted('c', all, failed), isWanted('d', all, failed)]).toEqual([false, true]);
  });

  it('is shown in part, and keeps secrets that a change leaves out, for the same server only', () => {
    const server = { host: 'mail.example.com', port: 465, security: 'tls', user: 'u', password: 'p', from: 'x@example.com' } as const;
    const before = targetFrom({ kind: 'email', server, to: ['ada@example.com', 'bob@example.net'] }, undefined);
    expect(labelOf(before)).toBe('a…@example.com and 1 more, by mail.example.com');
    const { password: _, ...without } = server;
    expect(targetFrom({ kind: 'email', server: without, to: ['x@example.com'] }, before)).toMatchObject({ server: { password: 'p' }, to: ['x@example.com'] });
    for (const other of [{ host: 'evil.example' }, { security: 'none' as const }, { user: 'v' }]) expect(() => targetFrom({ kind: 'email', server: { ...without, ...other }, to: ['x@example.com'] }, before)).toThrow('password');
    expect(labelOf({ kind: 'slack', url: 'https://hooks.example.com/services/T/B/secret' })).toBe('https://hooks.example.com/…');
    expect(() => targetFrom({ kind: 'webhook', url: 'https://x.example' }, undefined)).toThrow('signing secret');
    const hook = targetFrom({ kind: 'webhook', url: 'https://x.example/a', secret: 'a-secret-of-24-characters' }, undefined);
    expect(targetFrom({ kind: 'webhook', url: 'https://x.example/b' }, hook)).toEqual({ ...hook, url: 'https://x.example/b' });
    for (const url of ['https://evil.example/a', 'http://x.example/a', 'https://x.example:8443/a']) expect(() => targetFrom({ kind: 'webhook', url }, hook)).toThrow('signing secret');
  });

  it('sends no password where anybody can read it', async () => {
    const senders = openSenders({ XANTHUS_OUTGOING_ALLOW: '', XANTHUS_NATS_URL: 'nats://127.0.0.1:4222' } as never, Date.now);
    const server = { host: '192.0.2.1', port: 25, security: 'none', user: 'u', password: 'p', from: 'x@example.com' } as const;
    try {
      await expect(senders.check({ kind: 'email', server, to: ['ada@example.com'] })).rejects.toMatchObject({ code: 'CHANNEL.TARGET_REFUSED', message: expect.stringContaining('TLS') });
    } finally {
      await senders.close();
    }
  });

  it('may use the operator\'s mail server', () => {
    expect(operatorServer({ XANTHUS_SMTP_URL: 'smtps://me%40example.com:p%20w@mail.example.com' })).toEqual({ host: 'mail.example.com', port: 465, security: 'tls', from: 'me@example.com', user: 'me@example.com', password: 'p w' });
    expect(operatorServer({ XANTHUS_SMTP_URL: 'smtp://mail.example.com:25?tls=none', XANTHUS_SMTP_FROM: 'x@example.com' })).toEqual({ host: 'mail.example.com', port: 25, security: 'none', from: 'x@example.com' });
    expect(() => operatorServer({ XANTHUS_SMTP_URL: 'smtp://mail.example.com' })).toThrow('XANTHUS_SMTP_FROM');
    expect(operatorServer({})).toBeNull();
  });
});
