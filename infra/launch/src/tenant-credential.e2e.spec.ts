/**
 * Another company's program beside the running product: the NATS client and its JetStream part as they come from npm, and the text that
 * `npm start -- credentials` printed. Only the ground is ours: the platform, a machine to adopt, and a second tenant.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstream, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { connect, credsAuthenticator, headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { eventually, startSshd, type TestSshd } from '@xanthus/testing';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPlatform, type Platform } from './testing-platform.js';
import { makeCredential, makeTenant, type TestCredential } from './testing-tenant.js';

interface Refused { readonly error: { readonly code: string; readonly message: string; readonly details?: { readonly fingerprint?: string } } }
interface Written { readonly id: string; readonly stream: string; readonly seq: number }
interface Event { readonly type: string; readonly tenant: string; readonly aggregate: { readonly id: string }; readonly actor: object }

let platform: Platform;
let sshd: TestSshd;
let token: string;
let acme: TestCredential;
let other: TestCredential;
const connections: NatsConnection[] = [];

const make = (tenant: string, name: string, ...more: string[]): Promise<TestCredential> => makeCredential(platform, tenant, name, ...more);

const open = async ({ creds }: TestCredential, o: { reconnect?: boolean } = {}): Promise<NatsConnection> => {
  const nc = await connect({ servers: platform.natsUrl, authenticator: credsAuthenticator(new TextEncoder().encode(creds)), maxReconnectAttempts: -1, reconnectTimeWait: 200, ...o });
  connections.push(nc);
  return nc;
};

const ask = async <T>(nc: NatsConnection, subject: string, input: object = {}, h?: MsgHdrs, timeout = 60_000): Promise<T> =>
  (await nc.request(subject, JSON.stringify(input), { timeout, ...(h === undefined ? {} : { headers: h }) })).json<T>();

const machine = (name: string): object => ({ name, host: sshd.host, port: sshd.port, user: sshd.user, auth: { private_key: sshd.privateKey } });
const newKey = (nc: NatsConnection, name: string, tenant = 'acme', h?: MsgHdrs, timeout?: number): Promise<Written> => ask(nc, `cmd.${tenant}.vps.ssh-key.new.generate`, { name }, h, timeout);
const once = (key: string): MsgHdrs => {
  const h = headers();
  h.set('Idempotency-Key', key);
  return h;
};

const follow = async (nc: NatsConnection, { consumer }: TestCredential, o: { max: number }): Promise<ConsumerMessages> =>
  (await jetstream(nc, { apiPrefix: 'XAN.API' }).consumers.get('VPS', consumer)).consume({ max_messages: o.max, expires: 5_000, idle_heartbeat: 1_000 });

/** Takes and acknowledges messages until one fits; all that came, in order. */
const until = async (messages: ConsumerMessages, fits: (event: Event, m: JsMsg) => boolean): Promise<Event[]> => {
  const got: Event[] = [];
  for await (const m of messages) {
    const event = m.json<Event>();
    got.push(event);
    await m.ackAck();
    if (fits(event, m)) break;
  }
  return got;
};

const ids = (events: Event[]): string[] => events.filter(e => e.type === 'SshKeyGenerated').map(e => e.aggregate.id);

const revoke = async ({ id }: TestCredential): Promise<number> =>
  (await fetch(`${platform.url}/api/credentials/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}`, origin: platform.url } })).status;

beforeAll(async () => {
  [platform, sshd] = await Promise.all([startPlatform({ env: { XANTHUS_SSH_ALLOW: 'loopback' } }), startSshd()]);
  token = (await platform.setUp()).access_token;
  await makeTenant(platform, 'other');
  acme = await make('acme', 'billing', '--role', 'operator', '--follow', 'VPS');
  other = await make('other', 'billing', '--role', 'operator', '--follow', 'VPS');
});

afterAll(async () => {
  await Promise.all(connections.map(nc => nc.close()));
  await platform?.stop();
  await sshd?.stop();
});

describe('a plain NATS client with a credential of a tenant', () => {
  it('adopts a machine: plain JSON there and back, a refusal with a code on the way', async () => {
    const nc = await open(acme);
    const refused = await ask<Refused>(nc, 'cmd.acme.vps.server.new.adopt', machine('web-1'));
    expect(refused.error).toMatchObject({ code: 'SERVER.HOST_KEY_UNCONFIRMED', details: { fingerprint: sshd.hostKey.fingerprint } });
    const key = once('order-4711');
    const input = { ...machine('web-1'), host_key: refused.error.details?.fingerprint };
    const done = await ask<Written>(nc, 'cmd.acme.vps.server.new.adopt', input, key);
    expect(done).toEqual({ id: expect.stringMatching(/^[0-9a-z]{26}$/), stream: 'VPS', seq: expect.any(Number) });
    // the answer was lost, say: the same request again is the same server
    expect(await ask<Written>(nc, 'cmd.acme.vps.server.new.adopt', input, key)).toEqual(done);
    await eventually(async () => {
      const view = await ask<{ items?: { id: string; data: { name: string; status: string } }[] }>(nc, 'qry.acme.vps.view.servers.all');
      return view.items?.some(s => s.id === done.id && s.data.name === 'web-1' && s.data.status === 'reachable') ?? false;
    });
  });

  it('is the actor of what it did, whatever headers it sends', async () => {
    const nc = await open(acme);
    const forged = headers();
    const person = JSON.stringify({ acc: 'AFORGED', user: 'UFORGED', name: '01jd3x8e2v5y9w4z7q6r1s0tcd' });
    for (const name of ['Nats-Request-Info', 'nats-request-info', 'NATS-REQUEST-INFO']) forged.set(name, person);
    forged.set('Xanthus-Identity', 'eyJhbGciOiJFZERTQSIsImtpZCI6InNlcnZpY2U6Z2F0ZXdheSJ9.e30.x');
    for (const name of ['Xanthus-Actor', 'X-Actor', 'Actor', 'Xanthus-Tenant']) forged.set(name, 'somebody-else');
    const key = await newKey(nc, 'forged', 'acme', forged);
    const [stored] = (await until(await follow(nc, acme, { max: 1 }), e => e.aggregate.id === key.id)).slice(-1);
    expect(stored?.actor).toEqual({ kind: 'credential', id: acme.id });
  });

  it('follows all events of its tenant and no others, and goes on where it stopped', async () => {
    const b = await open(other);
    const foreign = await newKey(b, 'of-other', 'other');
    let nc = await open(acme);
    const made: string[] = [];
    for (const name of ['one', 'two', 'three']) made.push((await newKey(nc, name)).id);
    const first = await until(await follow(nc, acme, { max: 1 }), e => e.aggregate.id === made[0]);
    expect(first.some(e => e.aggregate.id === foreign.id || e.tenant !== 'acme')).toBe(false);
    await nc.close(); // the program ends here, and is started again

    nc = await open(acme);
    made.push((await newKey(nc, 'four')).id);
    const messages = await follow(nc, acme, { max: 1 });
    expect(ids(await until(messages, e => e.aggregate.id === made[3]))).toEqual(made.slice(1));
    expect(ids(await until(await follow(b, other, { max: 1 }), e => e.tenant === 'other'))).toEqual([foreign.id]);
  });
});

describe('docs/nats-clients.md', () => {
  it('shows a program that works as it stands there, and goes on where it stopped when it is started again', async () => {
    const program = /```js\n([\s\S]+?)```/.exec(await readFile('docs/nats-clients.md', 'utf8'))?.[1] ?? '';
    const made = await make('acme', 'documented', '--role', 'operator', '--follow', 'VPS');
    const file = join(platform.dataDir, 'documented.creds');
    await writeFile(file, made.creds);
    /** Runs it until a line of its output fits; all lines of events, by their sequences. */
    const run = async (fits: RegExp): Promise<{ output: string; events: number[] }> => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env: { PATH: process.env['PATH'], NATS_URL: platform.natsUrl, NATS_CREDS: file, CONSUMER: made.consumer }, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      await new Promise<void>((resolve, reject) => {
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { if (fits.test(output += chunk.toString())) resolve(); });
        child.once('close', () => { reject(new Error(output)); });
      });
      child.kill('SIGTERM');
      return { output, events: [...output.matchAll(/^event (\d+)/gm)].map(m => Number(m[1])) };
    };
    const first = await run(new RegExp(`^event \\d+ SshKeyGenerated \\S+ credential ${made.id}\n`, 'm'));
    expect(first.output).toMatch(/^made \S+ ssh-ed25519 \S+ deploy\nshown deploy SHA256:\S+\n/);
    const nc = await open(acme);
    const next = await newKey(nc, 'after-the-break');
    const second = await run(new RegExp(`^event ${next.seq} `, 'm'));
    expect(second.output.split('\n')[0]).toBe(first.output.split('\n')[0]); // the same command
    expect(second.events.filter(seq => seq > Math.max(...first.events))).toEqual([next.seq]);
  });
});

describe('nats-server itself', () => {
  /** Permission violations that the server tells while `act` is under way. */
  const violation = async (nc: NatsConnection, act: () => void): Promise<string> => {
    const heard = new Promise<string>(resolve => {
      void (async () => {
        for await (const s of nc.status()) if (s.type === 'error') return resolve(s.error.message);
        resolve('');
      })();
    });
    act();
    await nc.flush();
    return Promise.race([heard, new Promise<string>(resolve => { setTimeout(resolve, 1_000, 'nothing was refused').unref(); })]);
  };

  it('refuses it everything of another tenant, and to make or change consumers and streams', async () => {
    const nc = await open(acme);
    const created = JSON.stringify({ stream_name: 'VPS', config: { durable_name: 'spy', filter_subject: 'evt.>' } });
    const subjects = [
      'cmd.other.vps.server.new.adopt', 'cmd.other.auth.credential.new.create', 'qry.other.vps.view.servers.all', 'evt.other.vps.server.x', 'ext.other.cmd.vps.server.new.adopt', '$KV.vps-a.other.servers.x',
      ...['XAN.API', '$JS.API'].flatMap(api => [
        `${api}.CONSUMER.MSG.NEXT.VPS.${other.consumer}`, `${api}.CONSUMER.INFO.VPS.${other.consumer}`, `${api}.CONSUMER.CREATE.VPS.spy`, `${api}.CONSUMER.CREATE.VPS.spy.evt.acme.vps`,
        `${api}.CONSUMER.DURABLE.CREATE.VPS.spy`, `${api}.CONSUMER.DELETE.VPS.${acme.consumer}`, `${api}.STREAM.CREATE.SPY`, `${api}.STREAM.UPDATE.VPS`, `${api}.STREAM.MSG.GET.VPS`,
        `${api}.DIRECT.GET.VPS`,
      ]),
      `$JS.ACK.VPS.${other.consumer}.1.1.1.1.1`,
    ];
    for (const subject of subjects) expect(await violation(nc, () => nc.publish(subject, created))).toContain(`Publish to "${subject}"`);
    for (const subject of ['evt.other.>', 'evt.>', 'cmd.other.>', 'sig.other.>', '>']) expect(await violation(nc, () => void nc.subscribe(subject, { callback: () => undefined }))).toContain(`Subscription to "${subject}"`);
    await expect(jetstream(nc, { apiPrefix: 'XAN.API' }).consumers.get('VPS', other.consumer)).rejects.toThrow();
  });

  it('cuts it off at its revocation, and does not let it back', async () => {
    const made = await make('acme', 'short-lived', '--role', 'operator', '--follow', 'VPS');
    const nc = await open(made, { reconnect: false });
    await newKey(nc, 'last-words');
    const closed = nc.closed().then(() => performance.now());
    const since = performance.now();
    expect(await revoke(made)).toBe(202);
    const took = await closed - since;
    expect(took).toBeLessThan(30_000); // a second on a machine that does nothing else
    await expect(open(made, { reconnect: false })).rejects.toThrow(/authorization/i);
    expect((await newKey(await open(acme), 'still-here')).stream).toBe('VPS');
  });
});

describe('when nats-server is killed', () => {
  it('the client comes back by itself and its retry finds what it began; nothing is missing from what it follows', async () => {
    const nc = await open(acme);
    const messages = await follow(nc, acme, { max: 1 });
    const before = (await newKey(nc, 'before')).id;
    const seen = ids(await until(messages, e => e.aggregate.id === before));
    const more = await follow(nc, acme, { max: 1 });
    await platform.kill9Nats();
    const after = await eventually(async () => newKey(nc, 'after', 'acme', once('after'), 1_000).catch(() => undefined), { every: 200 });
    // nats-server writes acknowledgements down a moment later: those from right before its end may be forgotten and come again
    expect(ids(await until(more, e => e.aggregate.id === after?.id)).filter(id => !seen.includes(id))).toEqual([after?.id]);
  });
});
