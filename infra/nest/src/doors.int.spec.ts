import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deferred, headers as newHeaders, nkeyAuthenticator, nkeys, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { Inject, Injectable, Module } from '@nestjs/common';
import { Refusal } from '@xanthus/kernel';
import { Views } from '@xanthus/jetstream';
import { defineCommand, defineQuery, HEADERS, isUlid, type OutputOf, type ParsedInputOf } from '@xanthus/proto';
import { eventually, startNats, type TestNats } from '@xanthus/testing';
import { z } from 'zod';
import type { Call } from './call.js';
import { CapabilityMirror } from './capability-mirror.js';
import { CommandDoor, Doors, QueryDoor } from './doors.decorator.js';
import { MAX_IN_FLIGHT_OUTSIDE } from './doors.transport.js';
import { IdentitySigner } from './identity-signer.js';
import { IdentityVerifier } from './identity-verifier.js';
import { createLogger } from './logger.js';
import { createMetrics } from './metrics.js';
import { openDoors } from './open-doors.js';
import { createHealth } from './health.js';
import { pastOf } from './past.js';
import { makeServiceKey, publicKeysOf } from './test-keys.js';
import { NO_TRACING } from './tracing.js';

const who = z.object({ tenant: z.string(), id: z.string(), actor: z.unknown(), command_id: z.string(), correlation_id: z.string(), traceparent: z.string().optional() });
const adopt = defineCommand({ service: 'vps', aggregate: 'server', verb: 'adopt', on: 'new', summary: '', input: z.object({ name: z.string().min(3), port: z.int().default(22) }), output: who.extend({ port: z.int() }), example: { name: 'web' } });
const rename = defineCommand({ service: 'vps', aggregate: 'server', verb: 'rename', on: 'id', summary: '', input: z.object({ name: z.string() }), output: who, example: { name: 'web' } });
const hang = defineCommand({ service: 'vps', aggregate: 'server', verb: 'hang', on: 'id', deadline: 150, summary: '', input: z.object({}), output: z.object({}), example: {} });
const stall = defineCommand({ service: 'vps', aggregate: 'server', verb: 'stall', on: 'id', deadline: 60_000, summary: '', input: z.object({}), output: z.object({}), example: {} });
const crash = defineCommand({ service: 'vps', aggregate: 'server', verb: 'crash', on: 'id', summary: '', input: z.object({}), output: z.object({}), example: {} });
const inner = defineCommand({ service: 'vps', aggregate: 'server', verb: 'inner', on: 'id', summary: '', input: z.object({}), output: z.object({}), example: {} });
const erase = defineCommand({ service: 'vps', aggregate: 'server', verb: 'erase', on: 'id', sudo: true, summary: '', input: z.object({ all: z.literal(true) }), output: z.object({ erased: z.boolean() }), example: { all: true } });
const between = defineCommand({ service: 'vps', aggregate: 'server', verb: 'between', on: 'id', services: true, summary: '', input: z.object({ all: z.literal(true) }), output: z.object({}), example: { all: true } });
const count = defineQuery({ service: 'vps', question: 'count', on: 'all', summary: '', input: z.object({}), output: z.object({ calls: z.int() }), example: {} });

@Injectable()
class Counter {
  calls = 0;
}

const tell = (call: Call): OutputOf<typeof rename> => ({ tenant: call.tenant, id: call.id, actor: call.actor, command_id: call.command_id, correlation_id: call.correlation_id, traceparent: call.context().traceparent });

@Doors()
class ServerDoors {
  constructor(private readonly counter: Counter, @Inject('aborted') private readonly aborted: { resolve(): void }, @Inject('released') private readonly released: { readonly when: Promise<void> }) {}

  @CommandDoor(adopt)
  async adopt(input: ParsedInputOf<typeof adopt>, call: Call): Promise<OutputOf<typeof adopt>> {
    this.counter.calls++;
    if (input.name === 'taken') throw new Refusal('SERVER.NAME_TAKEN', 'There is a server of this name already.', { name: input.name });
    return { ...tell(call), port: input.port };
  }

  @CommandDoor(rename)
  async rename(_input: ParsedInputOf<typeof rename>, call: Call): Promise<OutputOf<typeof rename>> {
    // More than the contract says: must not leave the service.
    return Object.assign(tell(call), { password: 'canary-in-the-answer' });
  }

  @CommandDoor(hang)
  hang(_input: object, call: Call): Promise<Record<string, never>> {
    return new Promise(() => call.signal.addEventListener('abort', () => this.aborted.resolve()));
  }

  @CommandDoor(stall)
  async stall(): Promise<Record<string, never>> {
    await this.released.when;
    return {};
  }

  @CommandDoor(crash)
  async crash(): Promise<Record<string, never>> {
    throw new Error('canary-in-the-error');
  }

  @CommandDoor(erase)
  async erase(): Promise<OutputOf<typeof erase>> {
    return { erased: true };
  }

  @CommandDoor(between)
  async between(): Promise<Record<string, never>> {
    return {};
  }

  @CommandDoor(inner, { external: false })
  async inner(): Promise<Record<string, never>> {
    return {};
  }

  @QueryDoor(count)
  async count(): Promise<OutputOf<typeof count>> {
    return { calls: this.counter.calls };
  }
}

const ADA = '01jd3x8e2v5y9w4z7q6r1s0tcd';
const BOT = '01jd3x8e2v5y9w4z7q6r1s0tcr';
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const SERVER = '01jd3x8e2v5y9w4z7q6r1s0tab';
const gatewayKey = makeServiceKey('gateway');
const authKey = makeServiceKey('auth');
const gateway = new IdentitySigner({ service: 'gateway', key: gatewayKey });
const auth = new IdentitySigner({ service: 'auth', key: authKey });
const acmeUser = nkeys.createUser();
const globexUser = nkeys.createUser();
const publicKey = (user: typeof acmeUser): string => user.getPublicKey();

const account = (name: string, user: string): string => `${name.toUpperCase()} { users: [{ nkey: ${user} }], imports: [
  { service: { account: XANTHUS, subject: "ext.${name}.cmd.>" }, to: "cmd.${name}.>", share: true }, { service: { account: XANTHUS, subject: "ext.${name}.qry.>" }, to: "qry.${name}.>", share: true } ] }`;
const configuration = (port: number): string => `listen: "127.0.0.1:${port}"
accounts {
  XANTHUS { users: [{ user: inside, password: inside }], exports: [{ service: "ext.acme.>" }, { service: "ext.globex.>" }] }
  ${account('acme', publicKey(acmeUser))}
  ${account('globex', publicKey(globexUser))}
}`;

interface Answer { readonly body: unknown; readonly code: string | undefined }
const read = (msg: Msg): Answer => ({ body: msg.json(), code: msg.headers?.get(HEADERS.ERROR) || undefined });
const errorOf = (answer: Answer): { code: string; message: string; details?: unknown } => (answer.body as { error: { code: string; message: string; details?: unknown } }).error;

describe('doors', () => {
  let nats: TestNats;
  let inside: NatsConnection;
  let acme: NatsConnection;
  let doors: { close(): Promise<void> };
  let mirror: CapabilityMirror;
  let clock = 0;
  const lines: string[] = [];
  const aborted = deferred<void>();
  /** What stalls goes on. */
  const released = deferred<void>();

  const put = (tenant: string, id: string, commands: string[], nkey?: string): void => mirror.accept({
    key: `${tenant}.capabilities.${id}`, revision: 1, time: '', kind: 'put',
    value: { data: { principal: { kind: nkey === undefined ? 'person' : 'credential', id, role: 'viewer', nkey }, subjects: [], buckets: {}, streams: {}, commands } },
  });
  const person = (o: { aud?: string; tenant?: string; sub?: string; proved_until?: number } = {}): Promise<string> => gateway.sign({ sub: o.sub ?? ADA, kind: 'person', tenant: o.tenant ?? 'acme', sid: '01jd3x8e2v5y9w4z7q6r1s0tss', aud: o.aud ?? 'vps', ...(o.proved_until === undefined ? {} : { proved_until: o.proved_until }) });
  const send = async (subject: string, body: unknown, o: { token?: string; headers?: Record<string, string>; via?: NatsConnection } = {}): Promise<Answer> => {
    const headers = newHeaders();
    if (o.token !== undefined) headers.set(HEADERS.IDENTITY, o.token);
    for (const [name, value] of Object.entries(o.headers ?? {})) headers.set(name, value);
    const payload = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    return read(await (o.via ?? inside).request(subject, payload, { headers, timeout: 30_000 }));
  };
  const asAda = async (subject: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> => send(subject, body, { token: await person(), headers });

  beforeAll(async () => {
    nats = await startNats({ jetstream: false, configFor: ({ port }) => configuration(port) });
    inside = await nats.connect({ user: 'inside', pass: 'inside' });
    acme = await nats.connect({ authenticator: nkeyAuthenticator(acmeUser.getSeed()) });
    mirror = new CapabilityMirror({ warn: () => {} }, () => clock);
    mirror.accept({ key: '_pos', revision: 1, time: '', kind: 'put' });
    put('acme', ADA, ['cmd.acme.vps.server.>', 'qry.acme.vps.>', `cmd.xanthus.vps.server.${ADA}.rename`]);
    put('acme', BOT, ['cmd.acme.vps.>'], publicKey(acmeUser));
    put('globex', '01jd3x8e2v5y9w4z7q6r1s0tgg', ['cmd.globex.>', 'qry.globex.>'], publicKey(globexUser));
    mirror.synced();

    @Module({ controllers: [ServerDoors], providers: [Counter, { provide: 'aborted', useValue: { resolve: () => aborted.resolve() } }, { provide: 'released', useValue: { when: released } }] })
    class VpsModule {}
    doors = await openDoors({
      nc: inside, service: 'vps', rights: mirror, module: VpsModule, views: new Views(inside, 'vps'), past: pastOf(inside, 'vps', { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }), state: { service: 'vps', version: '0', started_at: '2026-01-01T00:00:00Z', health: createHealth() }, tracing: NO_TRACING, metrics: createMetrics({ service: 'vps' }),
      verifier: new IdentityVerifier({ service: 'vps', jwks: publicKeysOf(gatewayKey, authKey) }),
      log: createLogger({ name: 'vps', level: 'debug', destination: { write: line => void lines.push(line) } }),
    });
  });
  afterAll(async () => {
    await doors?.close();
    await nats?.stop();
  });

  describe('inside', () => {
    it('answer plain JSON with plain JSON, with defaults filled in and the person as actor', async () => {
      const { body, code } = await asAda('cmd.acme.vps.server.new.adopt', { name: 'web-1' }, { [HEADERS.CORRELATION]: 'corr-1', [HEADERS.TRACEPARENT]: TRACEPARENT });
      expect(code).toBeUndefined();
      expect(body).toMatchObject({ tenant: 'acme', port: 22, correlation_id: 'corr-1', traceparent: TRACEPARENT, actor: { kind: 'person', id: ADA, session: '01jd3x8e2v5y9w4z7q6r1s0tss' } });
      expect(isUlid((body as { id: string }).id)).toBe(true);
    });

    it('ask a person for a fresh proof where the contract says so: before the input is read, and after the right', async () => {
      const ask = async (o: Parameters<typeof person>[0], body: unknown = { all: true }): Promise<Answer> => send(`cmd.acme.vps.server.${SERVER}.erase`, body, { token: await person(o) });
      const now = Math.floor(Date.now() / 1_000);
      expect(errorOf(await ask({}))).toMatchObject({ code: 'AUTH.PROOF_NEEDED', retryable: true, details: { methods: ['password', 'code'] } });
      expect(errorOf(await ask({ proved_until: now - 1 })).code).toBe('AUTH.PROOF_NEEDED');
      expect(errorOf(await ask({}, { all: false })).code).toBe('AUTH.PROOF_NEEDED');
      expect((await ask({ proved_until: now + 600 })).body).toEqual({ erased: true });
      expect(errorOf(await ask({ proved_until: now + 600 }, { all: false })).code).toBe('INVALID');
      expect(errorOf(await ask({ sub: '01jd3x8e2v5y9w4z7q6r1s0txx', proved_until: now + 600 })).code).toBe('DENIED');
    });

    it('refuse what is between services to a person who may do everything, before the input is read', async () => {
      for (const body of [{ all: true }, 'nonsense']) expect(errorOf(await asAda(`cmd.acme.vps.server.${SERVER}.between`, body)).code).toBe('DENIED');
    });

    it('inject providers and answer a query without a body', async () => {
      expect((await asAda('qry.acme.vps.count.all', '')).body).toEqual({ calls: expect.any(Number) });
    });

    it('derive the id of something new from tenant, actor and key, whatever header carries the key', async () => {
      const ids = await Promise.all(['Xanthus-Idempotency-Key', 'Idempotency-Key', 'idempotency-key', 'Nats-Msg-Id'].map(async name => (await asAda('cmd.acme.vps.server.new.adopt', { name: 'web-1' }, { [name]: 'k1' })).body as { id: string; command_id: string }));
      expect(new Set(ids.map(i => `${i.id} ${i.command_id}`)).size).toBe(1);
      const other = (await asAda('cmd.acme.vps.server.new.adopt', { name: 'web-1' }, { 'Idempotency-Key': 'k2' })).body as { id: string };
      expect(other.id).not.toBe(ids[0]?.id);
    });

    it('do not take the same key on another command for the same command', async () => {
      const one = (await asAda(`cmd.acme.vps.server.${SERVER}.rename`, { name: 'a' }, { 'Idempotency-Key': 'k1' })).body as { command_id: string; id: string };
      const two = (await asAda('cmd.acme.vps.server.new.adopt', { name: 'web-1' }, { 'Idempotency-Key': 'k1' })).body as { command_id: string };
      expect(one.id).toBe(SERVER);
      expect(one.command_id).not.toBe(two.command_id);
    });

    it.each([
      ['cut-off JSON', '{"name": "web'], ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00])], ['a bare word', 'hello'],
    ])('refuse %s as INVALID', async (_what, body) => {
      expect(await asAda('cmd.acme.vps.server.new.adopt', body)).toMatchObject({ code: 'INVALID', body: { error: { code: 'INVALID', retryable: false } } });
    });

    it('name every path that does not fit', async () => {
      const answer = await asAda('cmd.acme.vps.server.new.adopt', { name: 7, port: 'ssh' });
      expect(errorOf(answer)).toMatchObject({ code: 'INVALID', details: { paths: [{ path: 'name' }, { path: 'port' }] } });
      expect(errorOf(await asAda('cmd.acme.vps.server.new.adopt', [])).code).toBe('INVALID');
    });

    it('refuse an idempotency key of the wrong form: it must not pass for none', async () => {
      expect((await asAda('cmd.acme.vps.server.new.adopt', { name: 'web-1' }, { 'Idempotency-Key': 'x'.repeat(200) })).code).toBe('INVALID');
    });

    it('refuse a huge body and a deep one', async () => {
      expect((await asAda('cmd.acme.vps.server.new.adopt', { name: 'x'.repeat(60_000) })).code).toBe('TOO_LARGE');
      expect((await asAda('cmd.acme.vps.server.new.adopt', `${'['.repeat(5_000)}${']'.repeat(5_000)}`)).code).toBe('TOO_LARGE');
    });

    it.each(['cmd.acme.vps.server.new.explode', 'cmd.acme.vps.server.new.rename', 'cmd.acme.vps.server.adopt', 'qry.acme.vps.count.x.y.z', 'qry.acme.vps.nothing.all', 'qry.acme.vps.__proto__.all'])('answer the unknown %s with a code', async subject => {
      expect(['UNKNOWN_OP', 'DENIED']).toContain((await asAda(subject, {})).code);
    });

    it('pass a refusal on unchanged', async () => {
      expect(await asAda('cmd.acme.vps.server.new.adopt', { name: 'taken' })).toEqual({
        code: 'SERVER.NAME_TAKEN', body: { error: { code: 'SERVER.NAME_TAKEN', message: 'There is a server of this name already.', retryable: false, details: { name: 'taken' } } },
      });
    });

    it('tell nothing of an unexpected error but the id under which the log has it', async () => {
      const answer = await asAda(`cmd.acme.vps.server.${SERVER}.crash`, {}, { [HEADERS.CORRELATION]: 'corr-crash' });
      expect(errorOf(answer)).toMatchObject({ code: 'INTERNAL', details: { correlation_id: 'corr-crash' } });
      expect(JSON.stringify(answer)).not.toContain('canary');
      expect(lines.some(l => l.includes('corr-crash') && l.includes('canary-in-the-error'))).toBe(true);
    });

    it('let out nothing that the contract does not name', async () => {
      expect(JSON.stringify(await asAda(`cmd.acme.vps.server.${SERVER}.rename`, { name: 'a' }))).not.toContain('canary');
    });

    it('answer TIMEOUT at the deadline and tell the method to stop', async () => {
      expect(errorOf(await asAda(`cmd.acme.vps.server.${SERVER}.hang`, {}))).toMatchObject({ code: 'TIMEOUT', retryable: true });
      await aborted;
    });
  });

  describe('who may not pass', () => {
    const SUBJECT = `cmd.acme.vps.server.${SERVER}.rename`;

    it('without identity, with two, or with nonsense', async () => {
      expect((await send(SUBJECT, { name: 'a' })).code).toBe('AUTH_REQUIRED');
      expect((await send(SUBJECT, { name: 'a' }, { token: 'abc' })).code).toBe('DENIED');
      const headers = newHeaders();
      headers.append(HEADERS.IDENTITY, await person());
      headers.append(HEADERS.IDENTITY, await person({ sub: BOT }));
      expect(read(await inside.request(SUBJECT, '{"name":"a"}', { headers, timeout: 30_000 })).code).toBe('AUTH_REQUIRED');
    });

    it('with an identity for another service, or one that another service made', async () => {
      expect((await send(SUBJECT, { name: 'a' }, { token: await person({ aud: 'auth' }) })).code).toBe('DENIED');
      expect((await send(SUBJECT, { name: 'a' }, { token: await auth.sign({ sub: ADA, kind: 'person', tenant: 'acme', aud: 'vps' }) })).code).toBe('DENIED');
    });

    it('with a Nats-Request-Info of their own on cmd.', async () => {
      expect((await send(SUBJECT, { name: 'a' }, { headers: { [HEADERS.REQUEST_INFO]: JSON.stringify({ acc: 'ACME', user: publicKey(acmeUser) }) } })).code).toBe('AUTH_REQUIRED');
    });

    it('a person without a document, or whose document does not contain it', async () => {
      expect((await send(SUBJECT, { name: 'a' }, { token: await person({ sub: '01jd3x8e2v5y9w4z7q6r1s0tzz' }) })).code).toBe('DENIED');
      expect((await asAda('cmd.acme.vps.ssh-key.new.generate', {})).code).toBe('DENIED');
    });

    it('a person on another tenant\'s things, whatever the body says', async () => {
      expect((await asAda(`cmd.globex.vps.server.${SERVER}.rename`, { name: 'a', tenant: 'acme' })).code).toBe('DENIED');
      expect((await asAda('qry.globex.vps.count.all', {})).code).toBe('DENIED');
    });

    it('except on what their document names in the installation\'s own tenant', async () => {
      expect((await asAda(`cmd.xanthus.vps.server.${ADA}.rename`, { name: 'a' })).body).toMatchObject({ tenant: 'xanthus', id: ADA });
      expect((await asAda(`cmd.xanthus.vps.server.${SERVER}.rename`, { name: 'a' })).code).toBe('DENIED');
    });

    it('a service beyond the table of services, with act for a person who could', async () => {
      const token = await auth.sign({ sub: 'service:auth', kind: 'service', tenant: 'acme', aud: 'vps', act: { kind: 'person', id: ADA } });
      expect((await send(SUBJECT, { name: 'a' }, { token })).code).toBe('DENIED');
    });

    it('are refused what asks for a fresh proof, with a sentence: a credential can prove nothing', async () => {
      expect(errorOf(await send(`cmd.acme.vps.server.${SERVER}.erase`, { all: true }, { via: acme, token: await person({ proved_until: 4_000_000_000 }) }))).toMatchObject({ code: 'DENIED', message: expect.stringContaining('let a person do it') });
    });

    it('anybody while rights cannot be proved current', async () => {
      clock += 20_000;
      expect(errorOf(await asAda(SUBJECT, { name: 'a' }))).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
      expect((await send(`cmd.acme.vps.server.${SERVER}.rename`, { name: 'a' }, { via: acme })).code).toBe('UNAVAILABLE');
      mirror.accept({ key: '_pos', revision: 2, time: '', kind: 'put' });
      expect((await asAda(SUBJECT, { name: 'a' })).code).toBeUndefined();
    });
  });

  describe('from a tenant\'s own account', () => {
    const SUBJECT = `cmd.acme.vps.server.${SERVER}.rename`;

    it('take the caller from nats-server', async () => {
      const { body, code } = await send(SUBJECT, { name: 'a' }, { via: acme });
      expect(code).toBeUndefined();
      expect(body).toMatchObject({ tenant: 'acme', actor: { kind: 'credential', id: BOT } });
    });

    it('record the same actor whatever headers are sent', async () => {
      const forged = JSON.stringify({ acc: 'GLOBEX', user: publicKey(globexUser) });
      const { body } = await send(SUBJECT, { name: 'a' }, { via: acme, token: await person(), headers: { [HEADERS.REQUEST_INFO]: forged, 'nats-request-info': forged, 'NATS-REQUEST-INFO': forged } });
      expect(body).toMatchObject({ actor: { kind: 'credential', id: BOT } });
    });

    it('ignore an identity where the credential has no right', async () => {
      expect((await send('qry.acme.vps.count.all', {}, { via: acme, token: await person() })).code).toBe('DENIED');
    });

    it('refuse at once what one tenant asks beyond its limit, and nobody else', async () => {
      const stall = `cmd.acme.vps.server.${SERVER}.stall`;
      const codes: (string | undefined)[] = [];
      const flood = Array.from({ length: MAX_IN_FLIGHT_OUTSIDE + 20 }, async () => codes.push((await send(stall, {}, { via: acme })).code));
      await eventually(() => codes.length >= 20);
      expect((await asAda(`cmd.acme.vps.server.${SERVER}.rename`, { name: 'a' })).code).toBeUndefined();
      expect(codes).toEqual(Array.from({ length: 20 }, () => 'RATE_LIMITED'));
      released.resolve();
      await Promise.all(flood);
      expect(codes.slice(20)).toEqual(Array.from({ length: MAX_IN_FLIGHT_OUTSIDE }, () => undefined));
      expect((await send(`cmd.acme.vps.server.${SERVER}.rename`, { name: 'a' }, { via: acme })).code).toBeUndefined();
    });

    it('do not know doors that are only for inside', async () => {
      expect((await send(`cmd.acme.vps.server.${SERVER}.inner`, {}, { via: acme })).code).toBe('UNKNOWN_OP');
      expect((await asAda(`cmd.acme.vps.server.${SERVER}.inner`, {})).body).toEqual({});
    });

    it('are out of reach for another tenant', async () => {
      await expect(send(`cmd.globex.vps.server.${SERVER}.rename`, {}, { via: acme })).rejects.toThrow();
    });

    it('refuse ext. from inside without the header, with it in another case, or with an unknown key', async () => {
      const subject = `ext.acme.cmd.vps.server.${SERVER}.rename`;
      const info = JSON.stringify({ acc: 'ACME', user: publicKey(acmeUser) });
      expect((await send(subject, { name: 'a' }, { token: await person() })).code).toBe('DENIED');
      expect((await send(subject, { name: 'a' }, { headers: { 'nats-request-info': info } })).code).toBe('DENIED');
      expect((await send(subject, { name: 'a' }, { headers: { [HEADERS.REQUEST_INFO]: JSON.stringify({ acc: 'ACME', user: publicKey(globexUser) }) } })).code).toBe('DENIED');
      expect((await send(subject, { name: 'a' }, { headers: { [HEADERS.REQUEST_INFO]: '{"acc"' } })).code).toBe('DENIED');
    });
  });

  it('never log an identity', () => {
    expect(lines.some(l => /eyJ[\w-]+\.[\w-]+\./.test(l))).toBe(false);
  });
});
