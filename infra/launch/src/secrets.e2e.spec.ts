/**
 * "Secrets have no read path": a canary in every secret field of every command, every flow run, and then a look everywhere. And what the operator does with
 * keys, on the running product.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { inboxPrefixOf, operatorFiles } from '@xanthus/deploy';
import { connectNats } from '@xanthus/jetstream';
import { IdentitySigner, type ServiceKey } from '@xanthus/nest';
import { commandSubject, HEADERS, querySubject } from '@xanthus/proto';
import { startCloudflareEmulator, startHetznerEmulator, type CloudflareEmulator, type HetznerEmulator } from '@xanthus/emulators';
import { eventually, startSshd, tempDir, type TestSshd } from '@xanthus/testing';
import { Secret, TOTP } from 'otpauth';
import { canary, filesUnder, messagesOf, Needles, processesOf, secretInputs, startCollector, type Collector } from './canary.fixtures.js';
import { spawnLauncher, startPlatform, type Platform } from './testing-platform.js';

interface Answer { readonly status: number; readonly text: string; readonly cookies: string; readonly data: Record<string, unknown>; readonly code?: string }

let collector: Collector;
let cloudflare: CloudflareEmulator;
let hetzner: HetznerEmulator;
let platform: Platform;
let sshd: TestSshd;
let token: string;
let me: string;
const needles = new Needles();
/** What answered requests may not show. */
const answers: { readonly path: string; readonly text: string }[] = [];
const PASSWORD = needles.add('password of the owner', canary('owner'));

const call = async (method: string, path: string, body?: unknown, o: { bearer?: string | null; cookie?: string } = {}): Promise<Answer> => {
  const bearer = o.bearer === undefined ? token : o.bearer;
  const response = await fetch(`${platform.url}${path}`, {
    method, headers: { 'content-type': 'application/json', origin: platform.url, ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }), ...(o.cookie === undefined ? {} : { cookie: o.cookie }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const { data, code } = (response.headers.get('content-type')?.startsWith('application/json') === true ? JSON.parse(text) : {}) as { data?: Record<string, unknown>; code?: string };
  return { status: response.status, text, cookies: response.headers.getSetCookie().join(' '), data: data ?? {}, ...(code === undefined ? {} : { code }) };
};
/** Its answer may show nothing that we know, either. */
const quiet = async (method: string, path: string, body?: unknown): Promise<Answer> => {
  const answer = await call(method, path, body);
  answers.push({ path, text: answer.text });
  return answer;
};
const works = async (method: string, path: string, body?: unknown): Promise<Answer> => {
  const answer = await call(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
  return answer;
};
const totp = (secret: string): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate();
/** Nothing outside this machine is asked: every address of an example leads here. */
const aimed = (value: unknown): unknown => {
  if (typeof value === 'string') return value.startsWith('https://') ? collector.url : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(aimed);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, name === 'host' ? sshd.host : name === 'port' ? sshd.port : aimed(inner)]));
};

/** Connections that a server of this machine has now, as the kernel counts them. */
const connections = async (port: number): Promise<number> =>
  (await readFile('/proc/net/tcp', 'utf8')).split('\n').filter(line => new RegExp(`^\\s*\\d+: [0-9A-F]{8}:${port.toString(16).toUpperCase().padStart(4, '0')} \\S+ 01 `).test(line)).length;

beforeAll(async () => {
  collector = await startCollector();
  sshd = await startSshd();
  cloudflare = await startCloudflareEmulator();
  hetzner = await startHetznerEmulator();
  platform = await startPlatform({ processes: true, env: { LOG_LEVEL: 'debug', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, XANTHUS_SSH_ALLOW: 'loopback', XANTHUS_OUTGOING_ALLOW: 'loopback', XANTHUS_CLOUDFLARE_URL: cloudflare.url, XANTHUS_HETZNER_URL: hetzner.url, XANTHUS_METRICS_INTERVAL_MS: '500' } });
  needles.add('private key of a server', sshd.privateKey);
});
afterAll(async () => {
  await platform?.stop();
  await sshd?.stop();
  await cloudflare?.stop();
  await hetzner?.stop();
  await collector?.stop();
});

describe('secrets have no read path', () => {
  it('a log-in, a second factor, members, keys, secrets and servers with canaries in each', async () => {
    const owner = await platform.setUp({ password: PASSWORD });
    token = owner.access_token;
    const again = await call('POST', '/api/auth/login', { email: owner.email, password: PASSWORD }, { bearer: null });
    token = String(again.data['access_token']);
    me = String((again.data['user'] as { id: string }).id);
    for (const [, value = ''] of again.cookies.matchAll(/xanthus_(?:session|access)=([^;]+)/g)) needles.add('cookie', value);
    needles.add('access token', token);
    await call('POST', '/api/auth/login', { email: owner.email, password: needles.add('wrong password', canary('wrong')) }, { bearer: null });

    await works('POST', '/api/members?wait=view', { email: 'bob@example.com', name: 'Bob', role: 'viewer', password: needles.add('password of a member', canary('member')) });
    needles.add('token of an invitation', String((await works('POST', '/api/invitations', { email: 'vera@example.com', role: 'viewer' })).data['token']));
    needles.add('NATS credential', /SU[A-Z0-9]{56}/.exec(String((await works('POST', '/api/credentials', { name: 'billing', role: 'viewer', follow: ['VPS'] })).data['creds']))?.[0] ?? 'no seed in the answer');
    const key = String((await works('POST', '/api/api-keys', { name: 'Grafana', role: 'viewer', expires_at: new Date(Date.now() + 86_400_000).toISOString() })).data['key']);
    needles.add('API key', key.split('_').at(-1) ?? key);
    expect((await call('GET', '/api/vps', undefined, { bearer: key })).status).toBe(200);

    const kept = await works('POST', '/api/secrets', { name: 'hetzner', kind: 'hetzner-token', value: needles.add('secret', canary('secret')), description: 'of the shop' });
    await works('POST', `/api/secrets/${String(kept.data['id'])}/rotate`, { value: needles.add('secret, rotated', canary('rotated')) });
    expect((await quiet('GET', '/api/secrets')).text).toContain('hetzner');

    const cloudflareToken = needles.add('Cloudflare token', cloudflare.addToken().value);
    await quiet('POST', '/api/auth/validate', { token: cloudflareToken });
    await works('POST', '/api/cloudflare-accounts', { token: cloudflareToken });
    // the end of a key is shown on purpose, and is too short to be taken for it
    const account = await works('POST', '/api/vps/providers?wait=view', { kind: 'hetzner', name: 'Shop', key: { value: needles.add('key of a provider', hetzner.token) } });
    await works('POST', `/api/vps/providers/${String(account.data['id'])}/key`, { key: { value: needles.add('key of a provider, replaced', hetzner.addToken()) } });
    await quiet('POST', `/api/vps/providers/${String(account.data['id'])}/key`, { key: { value: needles.add('key of a provider, refused', canary('refused')) } });
    expect((await quiet('GET', '/api/vps/providers')).text).toContain('Shop');
    expect((await quiet('GET', `/api/vps/server-types?provider=${String(account.data['id'])}`)).text).toContain('cx23');

    await quiet('POST', '/api/oidc-providers/main', { label: 'Acme account', issuer: collector.url, client_id: 'xanthus', client_secret: needles.add('client secret', canary('client')), scopes: ['openid'], default_role: null });

    const machine = { name: 'web', host: sshd.host, port: sshd.port, user: sshd.user, auth: { private_key: sshd.privateKey } };
    await quiet('POST', '/api/vps/test-connection', { ...machine, auth: { password: needles.add('password of a server', canary('ssh')) } });
    await quiet('POST', '/api/vps/test-connection', { ...machine, auth: { private_key: sshd.privateKey, passphrase: needles.add('passphrase', canary('passphrase')) } });
    await works('POST', '/api/vps/adopt', { ...machine, host_key: sshd.hostKey.fingerprint });
    await works('POST', '/api/ssh-keys', { name: 'deploy' });

    const secret = needles.add('secret of the authenticator app', String((await works('POST', '/api/profile/totp', {})).data['secret']));
    const confirmed = await works('POST', '/api/profile/totp/confirm', { code: totp(secret) });
    for (const code of confirmed.data['recovery_codes'] as string[]) needles.add('recovery code', code);
    await eventually(async () => (await call('GET', '/api/vps')).text.includes('"web"'));
  });

  it('every secret field of every command and question, each at its own door', async () => {
    const files = operatorFiles(platform.dataDir);
    const nc: NatsConnection = await connectNats({ servers: platform.natsUrl, name: 'spec', inboxPrefix: inboxPrefixOf('gateway'), credentials: await readFile(files.creds('gateway'), 'utf8') });
    const signer = new IdentitySigner({ service: 'gateway', key: JSON.parse(await readFile(files.serviceKey('gateway'), 'utf8')) as ServiceKey });
    const all = secretInputs();
    expect(all.length).toBeGreaterThan(30);
    const silent: string[] = [];
    for (const { contract, path, input } of all) {
      const secret = needles.add(path, canary(path));
      const id = contract.on === 'new' ? 'new' : contract.on === 'all' ? 'all' : '01jd3x8e2v5y9w4z7q6r1s0tcd';
      const installation = contract.kind === 'command' && ['session', 'person', 'installation', 'identity'].includes(contract.aggregate);
      const tenant = installation ? 'xanthus' : 'acme';
      const subject = contract.kind === 'command' ? commandSubject({ tenant, service: contract.service, aggregate: contract.aggregate, id, verb: contract.verb }) : querySubject({ tenant, service: contract.service, question: contract.question, id });
      // as the owner, and as the gateway for itself: each is let in at other doors
      for (const sub of [me, 'service:gateway']) {
        const h = headers();
        h.set(HEADERS.IDENTITY, await signer.sign({ sub, kind: sub === me ? 'person' : 'service', tenant: sub === me ? 'acme' : tenant, aud: contract.service, ...(sub === me ? { proved_until: Math.ceil(Date.now() / 60_000) * 60 + 60 } : {}) }));
        const aim = aimed(input(secret)) as object;
        for (const body of [aim, { ...aim, unknown_field: secret }]) {
          const answer = await nc.request(subject, JSON.stringify(body), { headers: h, timeout: contract.deadline + 30_000 }).catch(() => undefined);
          if (answer === undefined) silent.push(subject);
          else answers.push({ path, text: answer.string() });
        }
      }
    }
    await nc.close();
    expect(silent).toEqual([]);
  });

  it('finds what is no secret, so that the search itself is believed', async () => {
    const search = new Needles();
    search.add('name of a server', 'Visible-name-of-a-server-4711');
    await works('POST', '/api/ssh-keys', { name: 'Visible-name-of-a-server-4711' });
    const texts = await messagesOf(platform.dataDir, platform.natsUrl);
    expect(texts.flatMap(text => search.in(text)).length).toBeGreaterThan(1);
    expect((await processesOf(platform.pid)).length).toBeGreaterThan(6); // launcher, nats-server, auth, vps, gateway: each argv and environment
    expect(search.in(Buffer.from('Visible-name-of-a-server-4711').toString('base64'))).toHaveLength(1);
    expect(search.in(Buffer.from('xVisible-name-of-a-server-4711').toString('base64url'))).toHaveLength(1);
  });

  it('and none is in streams, views, files, logs, traces, process lists, metrics or answers', async () => {
    expect(needles.size).toBeGreaterThan(45);
    const found: Record<string, string[]> = {};
    const look = (where: string, what: Uint8Array | string): void => {
      const names = needles.in(what);
      if (names.length > 0) found[where] = names;
    };
    const texts = await messagesOf(platform.dataDir, platform.natsUrl);
    expect(texts.length).toBeGreaterThan(50);
    for (const text of texts) look(text.split(' ')[0] ?? '', text);
    for (const { file, text } of await processesOf(platform.pid)) look(file, text);
    for (const { path, text } of answers) look(`answer of ${path}`, text);
    look('metrics', (await call('GET', '/metrics', undefined, { bearer: null })).text);
    look('output', platform.output());
    await eventually(() => collector.bodies().includes('auth'), { message: 'no trace came' });
    look('traces', collector.bodies());
    for (const { file, text } of await filesUnder(platform.dataDir)) look(file.slice(platform.dataDir.length), text);
    expect(found).toEqual({});
  });

  it('nor are addresses and names of persons in streams, traces or logs', async () => {
    const personal = new Needles();
    for (const address of ['ada@example.com', 'bob@example.com', 'vera@example.com']) personal.add('address', address);
    const texts = await messagesOf(platform.dataDir, platform.natsUrl);
    expect([...new Set(texts.flatMap(text => personal.in(text).map(name => `${name} in ${text.split(' ')[0] ?? ''}`)))]).toEqual([]);
    expect(personal.in(collector.bodies())).toEqual([]);
    expect(personal.in(platform.output())).toEqual([]);
  });
});

describe('the operator', () => {
  const run = async (...args: string[]): Promise<{ code: number; out: string }> => {
    const cli = spawnLauncher([...args, '--data', platform.dataDir]);
    return { code: await cli.ended, out: cli.output() };
  };

  it('replaces the master key and the data keys of a tenant while it runs', async () => {
    const file = operatorFiles(platform.dataDir).masterKeyFile;
    const before = await readFile(file, 'utf8');
    const done = await run('rotate-master-key');
    expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/\d+ keys are wrapped by the new master key now/) });
    const after = await readFile(file, 'utf8');
    expect(after.trim().split('\n')).toHaveLength(1);
    expect(after).not.toBe(before);
    expect(await run('rotate-data-keys', 'acme')).toMatchObject({ code: 0, out: expect.stringMatching(/acme, auth: new secrets use data key 2/) });
    expect(await run('rotate-data-keys', 'nobody')).toMatchObject({ code: 1, out: expect.stringMatching(/No data key of nobody/) });
    expect((await call('GET', '/api/data-keys')).data).toMatchObject({ rings: expect.arrayContaining([expect.objectContaining({ service: 'vps', current: 2 })]) });
    platform = await platform.restart();
    await eventually(async () => (await call('GET', '/api/secrets')).status === 200);
    expect((await call('GET', '/api/vps')).text).toContain('"web"');
  });

  it('exports a tenant, forgets it, and anybody can check the receipt', async () => {
    const download = await call('POST', '/api/tenants/acme/export', {});
    const lines = download.text.trimEnd().split('\n').map(line => JSON.parse(line) as { kind: string });
    expect(lines.at(-1)).toMatchObject({ kind: 'manifest', tenant: 'acme' });
    expect(needles.in(download.text)).toEqual([]);

    await eventually(async () => await connections(sshd.port) > 0);
    const forgotten = await works('POST', '/api/tenants/acme/forget', { confirm: 'acme' });
    expect((await call('GET', '/api/vps')).status).toBeGreaterThanOrEqual(401);
    await eventually(async () => await connections(sshd.port) === 0, { message: 'a connection of the forgotten tenant stayed open' });
    const printed = await run('receipt', 'acme');
    expect(printed.code).toBe(0);
    const receipt = join(platform.dataDir, 'acme.receipt.json');
    await writeFile(receipt, printed.out.slice(printed.out.indexOf('{')));
    expect(printed.out).toContain(String(forgotten.data['receipt']));
    const manifest = join(platform.dataDir, 'manifest.json');
    await writeFile(manifest, JSON.stringify(lines.at(-1)));
    expect(await run('verify-receipt', receipt, '--key', manifest)).toMatchObject({ code: 0, out: expect.stringMatching(/The signature fits. acme was forgotten/) });
    await writeFile(receipt, printed.out.slice(printed.out.indexOf('{')).replace('"receipt": "eyJ', '"receipt": "eyK'));
    expect((await run('verify-receipt', receipt)).code).toBe(1);
  });
});

describe('a master key in the environment', () => {
  it('is in the environment of auth and of who was started with it, and nowhere else', async () => {
    const own = new Needles();
    const key = own.add('master key', randomBytes(32).toString('base64'));
    const password = own.add('first password', canary('first'));
    const other = await startPlatform({ processes: true, env: { XANTHUS_MASTER_KEY: key, XANTHUS_OWNER_EMAIL: 'ada@example.com', XANTHUS_OWNER_PASSWORD: password, XANTHUS_TENANT: 'acme' } });
    try {
      const processes = await processesOf(other.pid);
      const argvOf = (file: string): string => processes.find(p => p.file === file.replace('environ', 'cmdline'))?.text.toString() ?? '';
      const seen = processes.filter(p => own.in(p.text).length > 0).map(p => p.file).filter(file => !argvOf(file).includes('services/auth'));
      expect(seen).toEqual([`/proc/${other.pid}/environ`]);
      for (const p of processes.filter(q => argvOf(q.file).includes('services/auth'))) expect(own.in(p.text).filter(name => name.startsWith('first password'))).toEqual([]);
      for (const { file, text } of await filesUnder(other.dataDir)) expect([file, own.in(text)]).toEqual([file, []]);
      expect(own.in(other.output())).toEqual([]);
    } finally {
      await other.stop();
    }
  });
});

describe('no default secret', () => {
  it('every key is made at the first start, readable by its user only', async () => {
    for (const folder of ['keys', 'creds', 'operator']) {
      const files = (await readdir(join(platform.dataDir, folder), { recursive: true, withFileTypes: true })).filter(f => f.isFile());
      expect(files.length).toBeGreaterThan(2);
      for (const file of files) expect([file.name, ((await stat(join(file.parentPath, file.name))).mode & 0o777).toString(8)]).toEqual([file.name, '600']);
    }
  });

  it.each([['changeme', 'XANTHUS_MASTER_KEY'], ['', 'file']])('a master key "%s" stops the start with a sentence', async (weak, where) => {
    const folder = await tempDir('xanthus-weak-');
    try {
      const file = join(folder.path, 'weak.key');
      await writeFile(file, weak, { mode: 0o600 });
      const launcher = spawnLauncher(['--data', join(folder.path, 'data'), '--port', '0', '--no-sandbox'], where === 'file' ? { XANTHUS_MASTER_KEY_FILE: file } : { XANTHUS_MASTER_KEY: weak });
      expect(await launcher.ended).toBe(1);
      expect(launcher.output()).toMatch(/too weak\. Exactly 32 random bytes in base64 are needed; make some with: openssl rand -base64 32/);
      expect(launcher.output()).not.toMatch(/ {4}at /);
    } finally {
      await folder.remove();
    }
  });
});
