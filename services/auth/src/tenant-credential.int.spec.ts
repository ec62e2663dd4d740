/**
 * A tenant's own program: a plain NATS client with a `.creds` text, nothing of ours. What it may do, what the server itself refuses,
 * and how fast it is gone. `vps` is a stand-in with the real doors, so that nothing but auth is under test.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, createInbox, credsAuthenticator, headers, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { Module } from '@nestjs/common';
import { JetStreamEventStore } from '@xanthus/jetstream';
import { handleCommand, newId } from '@xanthus/kernel';
import { CommandDoor, Doors, parseEnvironment, serviceConfig, startService, type Call, type RunningService } from '@xanthus/nest';
import { eventSubject, HEADERS, type EventEnvelope, type OutputOf } from '@xanthus/proto';
import { createCredential, credentialView, revokeCredential, type SessionTokens } from '@xanthus/proto/auth';
import { adoptServer } from '@xanthus/proto/vps';
import { eventually } from '@xanthus/testing';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTestAuth, type TestAuth } from './auth.fixtures.js';
import { credential as credentialAggregate } from './domain/credential.js';
import { tenant } from './domain/tenant.js';

type Created = OutputOf<typeof createCredential>;
interface Client { readonly nc: NatsConnection; readonly refused: string[] }

let auth: TestAuth;
let owner: SessionTokens;
let vps: RunningService;
let credential: Created;
let other: Created;
let client: Client;
const clients: NatsConnection[] = [];

const INPUT = { name: 'web-1', host: '192.0.2.10', user: 'root', auth: { password: 'a secret' } };

const open = async (creds: string): Promise<Client> => {
  const nc = await connect({ servers: auth.nats.url, authenticator: credsAuthenticator(new TextEncoder().encode(creds)), reconnect: false });
  clients.push(nc);
  const refused: string[] = [];
  void (async () => {
    for await (const status of nc.status()) if (status.type === 'error') refused.push(status.error.message);
  })();
  return { nc, refused };
};

/** What the server says to one publish or subscription, once it has answered a ping after it. */
const refusal = async ({ nc, refused }: Client, act: () => void): Promise<string | undefined> => {
  const before = refused.length;
  act();
  await nc.flush();
  await new Promise(resolve => { setImmediate(resolve); });
  return refused.slice(before).find(m => /permissions violation/i.test(m));
};
const publish = (c: Client, subject: string, body = '{}'): Promise<string | undefined> => refusal(c, () => c.nc.publish(subject, body));
const subscribe = (c: Client, subject: string): Promise<string | undefined> => refusal(c, () => void c.nc.subscribe(subject, { callback: () => undefined }));

const adopt = async (c: Client, h?: MsgHdrs): Promise<Msg> => c.nc.request('cmd.acme.vps.server.new.adopt', JSON.stringify(INPUT), { timeout: 30_000, ...(h === undefined ? {} : { headers: h }) });

/** Pulls up to `n` messages by JetStream's own protocol and acknowledges them. They come under their own subjects, so the inbox has a subscription of its own. */
const pull = async (c: Client, consumer: string, n: number): Promise<EventEnvelope[]> => {
  const got: EventEnvelope[] = [];
  const inbox = createInbox();
  const answers = c.nc.subscribe(inbox);
  c.nc.publish(`XAN.API.CONSUMER.MSG.NEXT.VPS.${consumer}`, JSON.stringify({ batch: n, no_wait: true }), { reply: inbox });
  for await (const msg of answers) {
    // 404: no more; 408: fewer than asked for
    if (msg.headers !== undefined && msg.headers.code >= 400) break;
    got.push(msg.json<EventEnvelope>());
    await c.nc.request(msg.reply!, '+ACK', { timeout: 30_000 });
  }
  return got;
};

/** Public key of the account that signed the user. */
const decodeAccount = (creds: string): string => {
  const jwt = /BEGIN NATS USER JWT-+\s+(\S+)/.exec(creds)?.[1] ?? '';
  return (JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')) as { iss: string }).iss;
};

const create = (tenantSlug: string, input: object): Promise<Created> => auth.asService('launch', createCredential, { tenant: tenantSlug, input: { name: 'billing', role: 'operator', follow: ['VPS'], ...input } });
const code = (problem: Promise<unknown>): Promise<string> => problem.then(() => 'answered', (error: { code?: string; message: string }) => error.code ?? error.message);

beforeAll(async () => {
  auth = await startTestAuth();
  owner = await auth.setUp('acme');
  const store = new JetStreamEventStore(await auth.as('auth'), 'auth');
  await handleCommand(store, tenant, { tenant: 'xanthus', id: 'other', actor: { kind: 'system', id: 'spec' }, now: new Date().toISOString(), command_id: newId(), correlation_id: newId() }, { type: 'CreateTenant', name: 'Other' });

  const events = new JetStreamEventStore(await auth.as('vps'), 'vps');
  @Doors()
  class StandIn {
    @CommandDoor(adoptServer)
    async adopt(_input: unknown, call: Call): Promise<OutputOf<typeof adoptServer>> {
      const ref = { tenant: call.tenant, service: 'vps', aggregate: 'server', id: call.id };
      const { stream, seq } = await events.append(ref, [{ event: { type: 'ServerDeleted', data: {} }, schema: 1 }], 0, call.context());
      return { id: call.id, stream, seq };
    }
  }
  @Module({ controllers: [StandIn] })
  class StandInModule {}
  vps = await startService({ name: 'vps', config: parseEnvironment(serviceConfig, auth.env('vps')), module: () => StandInModule });
  credential = await create('acme', {});
  other = await create('other', {});
  client = await open(credential.creds);
});

afterAll(async () => {
  await Promise.all(clients.map(nc => nc.close()));
  await vps?.stop();
  await auth?.stop();
});

describe('a credential', () => {
  it('is made once per name, by somebody with the right, for a tenant that exists', async () => {
    expect(await code(create('acme', {}))).toBe('CREDENTIAL.NAME_TAKEN');
    expect(await code(create('nowhere', {}))).toBe('TENANT.NOT_FOUND');
    expect(await code(create('acme', { name: 'spy', follow: ['AUTH'] }))).toBe('CREDENTIAL.CANNOT_FOLLOW');
    const mine = await auth.asPerson({ person: owner.user.id, tenant: 'acme', proved: true }, createCredential, { tenant: 'acme', input: { name: 'from-console', role: 'viewer' } });
    expect(mine.creds).toContain('BEGIN NATS USER JWT');
    expect(await code(auth.asPerson({ person: owner.user.id, tenant: 'acme' }, createCredential, { tenant: 'other', input: { name: 'x', role: 'viewer' } }))).toBe('DENIED');
  });

  it('sends a command as plain JSON and gets a plain answer', async () => {
    const answer = (await adopt(client)).json<{ id: string; stream: string; seq: number }>();
    expect(answer).toEqual({ id: expect.stringMatching(/^[0-9a-z]{26}$/), stream: 'VPS', seq: expect.any(Number) });
  });

  it('is refused in plain JSON with a code', async () => {
    const invalid = await client.nc.request('cmd.acme.vps.server.new.adopt', '{"name": 7}', { timeout: 30_000 });
    expect(invalid.headers?.get('Xanthus-Error')).toBe('INVALID');
    expect(invalid.json<{ error: { code: string } }>().error.code).toBe('INVALID');
    const broken = await client.nc.request('cmd.acme.vps.server.new.adopt', '{', { timeout: 30_000 });
    expect(broken.headers?.get('Xanthus-Error')).toBe('INVALID');
    const beyondItsRole = await client.nc.request('cmd.acme.auth.member.new.add', '{}', { timeout: 30_000 });
    expect(beyondItsRole.headers?.get('Xanthus-Error')).toBe('DENIED');
  });

  it('is the actor, whatever headers it sends', async () => {
    const forged = headers();
    const person = JSON.stringify({ acc: 'AFORGED', user: other.nkey, name: owner.user.id });
    forged.set(HEADERS.REQUEST_INFO, person);
    forged.set('nats-request-info', person);
    forged.set(HEADERS.IDENTITY, 'eyJhbGciOiJFZERTQSIsImtpZCI6InNlcnZpY2U6Z2F0ZXdheSJ9.e30.x');
    forged.set('Xanthus-Actor', owner.user.id);
    const { id, seq } = (await adopt(client, forged)).json<{ id: string; seq: number }>();
    const stored = await new JetStreamEventStore(await auth.as('vps'), 'vps').load({ tenant: 'acme', service: 'vps', aggregate: 'server', id });
    expect(stored.last).toBe(seq);
    expect(stored.events[0]?.actor).toEqual({ kind: 'credential', id: credential.id });
  });

  it('follows the events of its tenant and goes on where it stopped', async () => {
    const consumer = credential.consumers['VPS']!;
    const before = await pull(client, consumer, 100);
    expect(before.length).toBe(2);
    expect(before.every(e => e.tenant === 'acme')).toBe(true);
    const next = (await adopt(client)).json<{ id: string }>().id;
    await client.nc.close();
    client = await open(credential.creds);
    expect((await pull(client, consumer, 100)).map(e => e.aggregate.id)).toEqual([next]);
    expect(await pull(client, consumer, 100)).toEqual([]);
  });
});

describe('nats-server itself refuses a credential', () => {
  it.each(['cmd.other.vps.server.new.adopt', 'qry.other.vps.view.servers.all', 'ext.other.cmd.vps.server.new.adopt', 'ext.acme.cmd.vps.server.new.adopt', 'evt.acme.vps.server.x', 'key.vps.unwrap', '$KV.vault.acme.vps.x', '$SYS.REQ.CLAIMS.UPDATE'])('to publish %s', async subject => {
    expect(await publish(client, subject)).toContain(subject);
  });

  it.each(['>', 'evt.>', 'cmd.>', 'ext.>', 'sig.acme.>', '$SYS.>', '$JS.>'])('to subscribe to %s', async subject => {
    expect(await subscribe(client, subject)).toContain(subject);
  });

  it.each(['$JS.API', 'XAN.API'])('to make or change a consumer through %s', async prefix => {
    const config = JSON.stringify({ stream_name: 'VPS', config: { durable_name: 'spy', filter_subject: 'evt.acme.>', deliver_subject: 'cmd.other.vps.server.new.adopt' } });
    for (const subject of ['CONSUMER.CREATE.VPS', 'CONSUMER.CREATE.VPS.spy', 'CONSUMER.CREATE.VPS.spy.evt.acme.>'.replace('>', 'vps'), 'CONSUMER.DURABLE.CREATE.VPS.spy', `CONSUMER.DELETE.VPS.${credential.consumers['VPS']}`, 'STREAM.INFO.VPS', 'STREAM.MSG.GET.VPS', 'STREAM.DELETE.VPS', 'INFO'])
      expect(await publish(client, `${prefix}.${subject}`, config)).toContain(`${prefix}.${subject}`);
  });

  it('to pull from or ask about the consumer of another tenant or of another credential of its own', async () => {
    const sibling = await create('acme', { name: 'sibling' });
    for (const consumer of [other.consumers['VPS'], sibling.consumers['VPS']]) {
      expect(await publish(client, `XAN.API.CONSUMER.MSG.NEXT.VPS.${consumer}`)).toContain(consumer);
      expect(await publish(client, `XAN.API.CONSUMER.INFO.VPS.${consumer}`)).toContain(consumer);
      expect(await publish(client, `$JS.ACK.VPS.${consumer}.1.1.1.1.1`)).toContain(consumer);
    }
  });

  it('to hear what another credential of its tenant is answered', async () => {
    const sibling = await open((await create('acme', { name: 'nosy' })).creds);
    const heard: string[] = [];
    sibling.nc.subscribe('_INBOX.>', { callback: (_error, msg) => { heard.push(msg.subject); } });
    await sibling.nc.flush();
    await adopt(client);
    await sibling.nc.flush();
    expect(heard).toEqual([]);
  });
});

describe('a revoked credential', () => {
  it('is cut off at once, and does not come back; neither after a restart of auth', async () => {
    const made = await create('acme', { name: 'short-lived' });
    const { nc } = await open(made.creds);
    const closed = nc.closed();
    const started = performance.now();
    await auth.asPerson({ person: owner.user.id, tenant: 'acme' }, revokeCredential, { tenant: 'acme', id: made.id, input: {} });
    await closed;
    expect(performance.now() - started).toBeLessThan(10_000); // a second on a machine that does nothing else
    await expect(open(made.creds)).rejects.toThrow(/authorization/i);
    await auth.restartAuth();
    await expect(open(made.creds)).rejects.toThrow(/authorization/i);
    expect((await adopt(client)).json()).toMatchObject({ stream: 'VPS' });
  });

  it('is cut off too when auth died between the event and telling NATS', async () => {
    const made = await create('acme', { name: 'orphan' });
    const { nc } = await open(made.creds);
    const closed = nc.closed();
    // the event alone, as a crash would leave it; the reactor does the rest
    await handleCommand(new JetStreamEventStore(await auth.as('auth'), 'auth'), credentialAggregate, { tenant: 'acme', id: made.id, actor: { kind: 'system', id: 'spec' }, now: new Date().toISOString(), command_id: newId(), correlation_id: newId() }, { type: 'RevokeCredential' });
    await closed;
    await expect(open(made.creds)).rejects.toThrow(/authorization/i);
  });

  it('stays out when NATS comes back with an older copy of its accounts', async () => {
    const made = await create('acme', { name: 'revived' });
    const copy = join(auth.files.operatorDir, 'accounts', `${decodeAccount(made.creds)}.jwt`);
    const old = await readFile(copy, 'utf8');
    await auth.asService('launch', revokeCredential, { tenant: 'acme', id: made.id, input: {} });
    expect(await readFile(copy, 'utf8')).not.toBe(old);
    await auth.nats.kill9();
    await writeFile(copy, old);
    await auth.nats.restart();
    // the reconnected auth compares every account with its log
    await eventually(async () => (await readFile(copy, 'utf8')) !== old);
    await expect(open(made.creds)).rejects.toThrow(/authorization/i);
    client = await open(credential.creds);
    await eventually(async () => (await adopt(client).catch(() => undefined))?.json<{ stream?: string }>().stream === 'VPS');
  });

  it('is gone from the view, with its consumer; its name is free again', async () => {
    const made = await create('acme', { name: 'tidy' });
    await auth.asService('launch', revokeCredential, { tenant: 'acme', id: made.id, input: {} });
    const { Views } = await import('@xanthus/jetstream');
    const views = new Views(await auth.as('gateway'), credentialView.service);
    await eventually(async () => (await views.get(`acme.credentials.${made.id}`)) === undefined && (await views.get(`acme.capabilities.${made.id}`)) === undefined);
    await eventually(async () => {
      const info = await (await auth.as('auth')).request(`$JS.API.CONSUMER.INFO.VPS.${made.consumers['VPS']}`);
      return info.json<{ error?: { err_code: number } }>().error?.err_code === 10014;
    });
    expect((await create('acme', { name: 'tidy' })).id).not.toBe(made.id);
    expect(eventSubject({ tenant: 'acme', service: 'auth', aggregate: 'credential', id: made.id })).toContain(made.id);
  });
});
