import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BUDGET_BUCKET, bucketStream, declarationsOf, kvGet, kvPut, provision, sharedDeclarations, slotBucket, watchViewBucket } from '@xanthus/jetstream';
import { startNats, tempDir, type TempDir, type TestNats } from '@xanthus/testing';
import { readFile } from 'node:fs/promises';
import { initOperator, type OperatorFiles } from './operator.js';
import { natsServerConfig } from './server-config.js';
import { inboxPrefixOf, type NatsUser } from './users.js';

let folder: TempDir;
let files: OperatorFiles;
let nats: TestNats;
const connections = new Map<string, NatsConnection>();

/** Each refused subject is told to the connection as a status; the publish itself does not know. */
const refusals = new Map<string, string[]>();

const as = (user: NatsUser): NatsConnection => connections.get(user)!;

const open = async (user: NatsUser): Promise<void> => {
  const nc = await nats.connect({ authenticator: credsAuthenticator(await readFile(files.creds(user))), inboxPrefix: inboxPrefixOf(user), name: user });
  const seen: string[] = [];
  refusals.set(user, seen);
  connections.set(user, nc);
  void (async () => {
    for await (const status of nc.status()) if (status.type === 'error') seen.push(status.error.message);
  })();
};

/** The server's refusal comes before its answer to a ping; one turn of the event loop hands it to the reader of the statuses. */
const answered = async (user: NatsUser): Promise<void> => {
  await as(user).flush();
  await new Promise(resolve => { setImmediate(resolve); });
};

const publishRefused = async (user: NatsUser, subject: string, payload = '{}'): Promise<boolean> => {
  const seen = refusals.get(user)!;
  const before = seen.length;
  as(user).publish(subject, payload);
  await answered(user);
  return seen.slice(before).some(m => m.includes(`"${subject}"`) && /publish/i.test(m));
};

const subscribeRefused = async (user: NatsUser, subject: string): Promise<boolean> => {
  const seen = refusals.get(user)!;
  const before = seen.length;
  const subscription = as(user).subscribe(subject, { callback: () => undefined });
  await answered(user);
  const refused = seen.slice(before).some(m => m.includes(`"${subject}"`) && /subscription/i.test(m));
  if (!refused) subscription.unsubscribe();
  return refused;
};

beforeAll(async () => {
  folder = await tempDir('xanthus-operator-');
  files = await initOperator(folder.path);
  nats = await startNats({ configFor: o => natsServerConfig({ dir: folder.path, port: o.port, host: '127.0.0.1', storeDir: o.storeDir, sync: 'interval' }) });
  for (const user of ['provisioner', 'auth', 'vps', 'gateway', 'launch'] as const) await open(user);
  await provision(as('provisioner'), [declarationsOf('auth'), declarationsOf('vps', { metrics: true }), sharedDeclarations()], { replicas: 1 });
});

afterAll(async () => {
  await Promise.all([...connections.values()].map(nc => nc.close()));
  await nats?.stop();
  await folder?.remove();
});

describe('a service', () => {
  it('appends to its own stream and follows it with a consumer of its own', async () => {
    const js = jetstream(as('vps'));
    const ack = await js.publish('evt.acme.vps.server.01jd3x8e2v5y9w4z7q6r1s0tab', '{}');
    expect(ack.stream).toBe('VPS');
    const consumer = await js.consumers.get('VPS', { filter_subjects: 'evt.acme.>' });
    expect((await consumer.next({ expires: 30_000 }))?.seq).toBe(ack.seq);
    expect((await (await jetstreamManager(as('vps'))).streams.getMessage('VPS', { seq: ack.seq }))?.seq).toBe(ack.seq);
  });

  it('writes its own view and its own secrets, and reads them', async () => {
    const kvm = new Kvm(as('vps'));
    const view = await kvm.open(slotBucket('vps', 'a'));
    await view.put('acme.servers.x', '{}');
    expect((await view.get('acme.servers.x'))?.string()).toBe('{}');
    const vault = await kvm.open('vault', { allow_direct: true });
    await vault.put('acme.vps.server-x', 'sealed');
    expect((await vault.get('acme.vps.server-x'))?.string()).toBe('sealed');
  });

  it('counts calls to providers with the others, and can only look at a count by its name', async () => {
    const revision = await kvPut(as('vps'), BUDGET_BUCKET, 'acme.hetzner', { taken: 1 }, 0, { ttl_s: 60 });
    expect(await kvGet(as('auth'), BUDGET_BUCKET, 'acme.hetzner')).toMatchObject({ value: { taken: 1 }, revision });
    for (const subject of [`$JS.API.CONSUMER.CREATE.${bucketStream(BUDGET_BUCKET)}`, `$JS.API.STREAM.PURGE.${bucketStream(BUDGET_BUCKET)}`]) expect(await publishRefused('vps', subject)).toBe(true);
  });

  it('follows the rights that auth publishes', async () => {
    const watcher = await watchViewBucket(as('vps'), 'auth', { filters: ['*.capabilities.*', '_pos'], onEntry: () => undefined, onSync: () => undefined, onReset: () => undefined });
    await watcher.stop();
  });

  it.each([
    ['another service\'s event', 'evt.acme.auth.member.01jd3x8e2v5y9w4z7q6r1s0tab'],
    ['another service\'s marker', 'mark.acme.auth.email.abc'],
    ['another service\'s view', '$KV.auth-a.acme.capabilities.x'],
    ['another service\'s pointer', '$KV.views.auth'],
    ['another service\'s secret', '$KV.vault.acme.auth.person-x'],
    ['a wrapped data key', '$KV.data-keys.acme.vps'],
    ['a command', 'cmd.acme.auth.member.new.add'],
    ['what only a tenant\'s account may say', 'ext.acme.cmd.vps.server.new.adopt'],
    ['another service\'s unwrap', 'key.auth.unwrap'],
    ['auth\'s word that keys changed', 'key.vps.renew'],
    ['a signal of another service', 'sig.acme.auth.session.x.tick'],
  ])('is refused %s', async (_what, subject) => {
    expect(await publishRefused('vps', subject)).toBe(true);
  });

  it.each([
    ['declare a stream', '$JS.API.STREAM.CREATE.EVIL'],
    ['change its own stream', '$JS.API.STREAM.UPDATE.VPS'],
    ['delete its own stream', '$JS.API.STREAM.DELETE.VPS'],
    ['purge its own stream', '$JS.API.STREAM.PURGE.VPS'],
    ['delete a message of its own stream', '$JS.API.STREAM.MSG.DELETE.VPS'],
    ['read another stream', '$JS.API.STREAM.MSG.GET.AUTH'],
    ['follow another stream', '$JS.API.CONSUMER.CREATE.AUTH.x.evt.>'],
    ['read the vault as a whole', '$JS.API.STREAM.MSG.GET.KV_vault'],
    ['follow the vault', '$JS.API.CONSUMER.CREATE.KV_vault.x.$KV.vault.>'],
    ['read another\'s secret', '$JS.API.DIRECT.GET.KV_vault.$KV.vault.acme.auth.person-x'],
    ['erase a wrapped data key', '$JS.API.STREAM.MSG.DELETE.KV_data-keys'],
    ['empty the wrapped data keys', '$JS.API.STREAM.PURGE.KV_data-keys'],
    ['read a wrapped data key', '$JS.API.DIRECT.GET.KV_data-keys.$KV.data-keys.acme.vps'],
  ])('is refused to %s', async (_what, subject) => {
    expect(await publishRefused('vps', subject)).toBe(true);
  });

  it('hears its own commands, from inside and outside, and answers them', async () => {
    const subscription = as('vps').subscribe('cmd.*.vps.>', { queue: 'vps', callback: (_error, message) => { message.respond('{"ok":true}'); } });
    await as('vps').flush();
    expect((await as('gateway').request('cmd.acme.vps.server.new.adopt', '{}', { timeout: 30_000 })).json()).toEqual({ ok: true });
    subscription.unsubscribe();
    expect(await subscribeRefused('vps', 'ext.*.cmd.vps.>')).toBe(false);
  });

  it.each(['cmd.>', 'cmd.*.auth.>', 'ext.>', 'evt.>', 'key.vps.unwrap', '_INBOX.>', '_INBOX_gateway.>', '$KV.vault.>', '>'])('is refused to listen on %s', async subject => {
    expect(await subscribeRefused('vps', subject)).toBe(true);
  });
});

describe('auth', () => {
  it('can erase a wrapped key that was replaced, and nothing else', async () => {
    const erase = (stream: string): string => `$JS.API.STREAM.MSG.DELETE.${stream}`;
    expect(await publishRefused('auth', erase('KV_data-keys'))).toBe(false);
    for (const stream of ['AUTH', 'VPS', 'KV_vault', 'KV_auth-a', 'AUTH_TIMERS']) expect(await publishRefused('auth', erase(stream))).toBe(true);
    expect(await subscribeRefused('auth', 'key.vps.renew')).toBe(true);
  });

  it('answers unwrap requests and keeps the wrapped keys', async () => {
    expect(await subscribeRefused('auth', 'key.*.unwrap')).toBe(false);
    const keys = await new Kvm(as('auth')).open('data-keys');
    await keys.put('acme.vps', 'wrapped');
    expect((await keys.get('acme.vps'))?.string()).toBe('wrapped');
  });

  it('makes a pull consumer on another stream for a credential, and may not write there', async () => {
    const jsm = await jetstreamManager(as('auth'));
    const info = await jsm.consumers.add('VPS', { durable_name: 'acme_x_billing', ack_policy: 'explicit', filter_subject: 'evt.acme.>' });
    expect(info.name).toBe('acme_x_billing');
    expect(await jsm.consumers.delete('VPS', 'acme_x_billing')).toBe(true);
    expect(await publishRefused('auth', 'evt.acme.vps.server.x')).toBe(true);
    expect(await publishRefused('auth', '$JS.API.CONSUMER.MSG.NEXT.VPS.x')).toBe(true);
  });
});

describe('the gateway', () => {
  it('reads streams and views that people are shown', async () => {
    const consumer = await jetstream(as('gateway')).consumers.get('VPS', { filter_subjects: 'evt.acme.>' });
    expect((await consumer.next({ expires: 30_000 }))?.subject).toMatch(/^evt\.acme\./);
    expect((await (await new Kvm(as('gateway')).open(slotBucket('vps', 'a'))).get('acme.servers.x'))?.string()).toBe('{}');
  });

  it.each([
    ['an event', 'evt.acme.vps.server.x'],
    ['a marker', 'mark.acme.vps.server-name.x'],
    ['a view', '$KV.vps-a.acme.servers.x'],
    ['a capability', '$KV.auth-a.acme.capabilities.x'],
    ['an unwrap', 'key.vps.unwrap'],
    ['ext', 'ext.acme.cmd.vps.server.new.adopt'],
    ['a count of calls to a provider', '$KV.budgets.acme.hetzner'],
    ['a read of those', `$JS.API.STREAM.MSG.GET.${bucketStream(BUDGET_BUCKET)}`],
    ['a read of a secret', `$JS.API.DIRECT.GET.${bucketStream('vault')}.$KV.vault.acme.vps.server-x`],
    ['a read of the vault', `$JS.API.STREAM.MSG.GET.${bucketStream('vault')}`],
    ['a follow of the vault', `$JS.API.CONSUMER.CREATE.${bucketStream('vault')}`],
    ['a stream', '$JS.API.STREAM.CREATE.EVIL'],
  ])('is refused %s', async (_what, subject) => {
    expect(await publishRefused('gateway', subject)).toBe(true);
  });

  it.each(['cmd.>', 'ext.>', 'key.>', 'mark.>', 'evt.>', 'qry.>', '>'])('is refused to listen on %s', async subject => {
    expect(await subscribeRefused('gateway', subject)).toBe(true);
  });

  it('keeps durable subscriptions of people, and agrees with other gateways on who holds them', async () => {
    const jsm = await jetstreamManager(as('gateway'));
    await jsm.consumers.add('VPS', { durable_name: 'acme_u_billing', filter_subject: 'evt.acme.>', ack_policy: 'all', deliver_policy: 'by_start_sequence', opt_start_seq: 1 });
    expect((await jsm.consumers.reset('VPS', 'acme_u_billing')).name).toBe('acme_u_billing');
    expect((await as('gateway').request('$JS.API.CONSUMER.NAMES.VPS', '{}', { timeout: 30_000 })).json<{ consumers: string[] }>().consumers).toContain('acme_u_billing');
    expect(await jsm.consumers.delete('VPS', 'acme_u_billing')).toBe(true);
    expect(await publishRefused('gateway', `$JS.API.CONSUMER.RESET.${bucketStream(slotBucket('vps', 'a'))}.x`)).toBe(true);
    expect(await publishRefused('gateway', 'gw.durable.VPS.x')).toBe(false);
    expect(await subscribeRefused('gateway', 'gw.durable.>')).toBe(false);
    for (const user of ['auth', 'vps', 'launch'] as const) {
      expect(await publishRefused(user, 'gw.durable.VPS.x')).toBe(true);
      expect(await subscribeRefused(user, 'gw.durable.>')).toBe(true);
    }
  });

  it('speaks for viewers of terminals and hears their output; what a service hears it does not', async () => {
    for (const verb of ['attach', 'replay', 'in']) expect(await publishRefused('gateway', `tty.acme.s1.${verb}`)).toBe(false);
    expect(await subscribeRefused('gateway', 'tty.acme.s1.out')).toBe(false);
    expect(await publishRefused('gateway', 'tty.acme.s1.out')).toBe(true);
    for (const verb of ['attach', 'replay', 'in', '*']) expect(await subscribeRefused('gateway', `tty.acme.s1.${verb}`)).toBe(true);
    for (const user of ['auth', 'vps', 'launch'] as const) expect(await publishRefused(user, 'tty.acme.s1.in')).toBe(true);
  });

  it('may listen to signals', async () => {
    expect(await subscribeRefused('gateway', 'sig.>')).toBe(false);
  });
});

describe('the launcher and the provisioner', () => {
  it('the launcher may ask for a set-up link and a credential, nothing of JetStream', async () => {
    expect(await publishRefused('launch', 'cmd.xanthus.auth.installation.xanthus.issue-setup-link')).toBe(false);
    expect(await publishRefused('launch', 'cmd.acme.auth.credential.new.create')).toBe(false);
    expect(await publishRefused('launch', 'cmd.acme.vps.server.new.adopt')).toBe(true);
    expect(await publishRefused('launch', '$JS.API.STREAM.CREATE.EVIL')).toBe(true);
  });

  it('the provisioner declares and reads nothing', async () => {
    expect(await publishRefused('provisioner', '$JS.API.STREAM.MSG.GET.VPS')).toBe(true);
    expect(await publishRefused('provisioner', '$JS.API.STREAM.DELETE.VPS')).toBe(true);
    expect(await publishRefused('provisioner', '$JS.API.CONSUMER.CREATE.VPS.x.evt.>')).toBe(true);
    expect(await publishRefused('provisioner', 'evt.acme.vps.server.x')).toBe(true);
  });
});
