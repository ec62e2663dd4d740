import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '@xanthus/kernel';
import { eventually, freePort, sshKeyPair, startProxy, startSshd, tempDir, type TempDir, type TestSshd } from '@xanthus/testing';
import ssh2 from 'ssh2';
import { connectSsh, createSshPool, generateKeyPair, parsePublicKey, readAuthRequest, signWithKey, type ConnectOptions, type HostKeyPolicy, type SshAuth, type SshConnection, type StageReport } from './index.js';
import { VERIFIER_CASES } from './verifier-cases.fixtures.js';

let sshd: TestSshd;
const servers: Server[] = [];
const connections: SshConnection[] = [];
const listening = async (server: Server): Promise<number> => {
  servers.push(server);
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
  return (server.address() as AddressInfo).port;
};

beforeAll(async () => { sshd = await startSshd(); });
afterAll(async () => {
  for (const c of connections) c.close();
  for (const s of servers) s.close();
  await sshd.stop();
});

const options = (more: Partial<ConnectOptions> & { port?: number; host?: string } = {}): ConnectOptions => ({
  target: { host: more.host ?? '127.0.0.1', port: more.port ?? sshd.port, user: sshd.user },
  auth: { privateKey: sshd.privateKey },
  hostKey: { pinned: sshd.hostKey.fingerprint, type: sshd.hostKey.type },
  addresses: { allow: ['loopback'] },
  ...more,
});
const open = async (o = options()): Promise<SshConnection> => {
  const connection = await connectSsh(o);
  connections.push(connection);
  return connection;
};

describe('connectSsh', () => {
  it('passes the four stages in order, each with its time', async () => {
    const stages: StageReport[] = [];
    const connection = await open(options({ onStage: s => stages.push(s) }));
    expect(stages.map(s => s.name)).toEqual(['resolve', 'connect', 'host_key', 'auth']);
    expect(stages.every(s => s.ms >= 0)).toBe(true);
    expect(connection.hostKey).toEqual(sshd.hostKey);
  });

  it.each(VERIFIER_CASES)('verifier answers %s', async (_name, verify, accepted) => {
    const attempt = open(options({ hostKey: { verify } as HostKeyPolicy }));
    if (accepted) await expect(attempt).resolves.toMatchObject({ open: true });
    else await expect(attempt).rejects.toMatchObject({ code: 'SERVER.HOST_KEY_UNCONFIRMED', stage: 'host_key', details: { presented: sshd.hostKey } });
  });

  it('refuses a key of somebody else', async () => {
    await expect(open(options({ auth: { privateKey: generateKeyPair('x').privateKey } }))).rejects.toMatchObject({ code: 'SERVER.AUTH_FAILED', stage: 'auth' });
  });

  it('refuses a password where none is allowed', async () => {
    await expect(open(options({ auth: { password: 'guess' } }))).rejects.toMatchObject({ code: 'SERVER.AUTH_FAILED', stage: 'auth' });
  });

  it('says that a key cannot be read after the host key was checked', async () => {
    const stages: string[] = [];
    await expect(open(options({ auth: { privateKey: 'no key' }, onStage: s => stages.push(s.name) }))).rejects.toMatchObject({ code: 'SERVER.KEY_UNREADABLE', stage: 'auth' });
    expect(stages).toEqual(['resolve', 'connect', 'host_key']);
  });

  it('logs in by an agent, ed25519 and RSA, and passes on why one does not sign', async () => {
    const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2_048 });
    const other = await startSshd({ authorizedKeys: [rsa.public] });
    const agentOf = (privateKey: string, publicKey: string) => ({ agent: { publicKey, sign: async (data: Buffer) => signWithKey(data, readAuthRequest(data)?.algorithm ?? '', privateKey) ?? Buffer.alloc(0) } });
    const at = { port: other.port, target: { host: '127.0.0.1', port: other.port, user: other.user }, hostKey: { pinned: other.hostKey.fingerprint } };
    for (const auth of [agentOf(other.privateKey, other.publicKey), agentOf(rsa.private, rsa.public)]) expect((await (await open(options({ ...at, auth }))).exec(['id', '-un'])).stdout.trim()).toBe(other.user);
    const refused = new Refusal('SERVER.NOT_FOUND', 'There is no such server.');
    await expect(open(options({ ...at, auth: { agent: { publicKey: other.publicKey, sign: () => Promise.reject(refused) } } }))).rejects.toBe(refused);
    await expect(open(options({ ...at, auth: { agent: { publicKey: other.publicKey, sign: async () => Buffer.alloc(64) } } }))).rejects.toMatchObject({ code: 'SERVER.AUTH_FAILED' });
    await other.stop();
  });

  it('refuses a closed port', async () => {
    await expect(open(options({ port: await freePort() }))).rejects.toMatchObject({ code: 'SERVER.REFUSED', stage: 'connect' });
  });

  it('knows a port that talks HTTP', async () => {
    const port = await listening(createHttpServer((_, res) => res.end('hello')));
    await expect(open(options({ port }))).rejects.toMatchObject({ code: 'SERVER.NOT_SSH', stage: 'host_key', message: expect.stringMatching(/talks HTTP/) });
  });

  it('knows a port that greets in another protocol', async () => {
    const port = await listening(createServer(s => { s.on('error', () => undefined); s.write('220 mail ready\r\n'); }));
    await expect(open(options({ port }))).rejects.toMatchObject({ code: 'SERVER.NOT_SSH' });
  });

  it('gives up on a port that accepts and hangs', async () => {
    const port = await listening(createServer(s => { s.on('error', () => undefined); s.resume(); }));
    await expect(open(options({ port, timeouts: { host_key: 150 } }))).rejects.toMatchObject({ code: 'SERVER.TIMEOUT', stage: 'host_key' });
  });

  it('can be cancelled while it waits', async () => {
    const port = await listening(createServer(s => { s.on('error', () => undefined); s.resume(); }));
    const cancel = new AbortController();
    const attempt = open(options({ port, signal: cancel.signal, onStage: s => { if (s.name === 'connect') cancel.abort(); } }));
    await expect(attempt).rejects.toMatchObject({ code: 'SERVER.CANCELLED' });
  });

  it('refuses loopback unless allowed', async () => {
    await expect(open(options({ addresses: { allow: [] } }))).rejects.toMatchObject({ code: 'SERVER.ADDRESS_FORBIDDEN', stage: 'resolve' });
    await expect(open(options({ addresses: { allow: [], endpoints: [{ host: '127.0.0.1', port: sshd.port }] } }))).resolves.toMatchObject({ open: true });
  });
});

/** How many programs `sleep <seconds>` run on the machine. */
const sleepers = async (connection: SshConnection, seconds: string): Promise<number> =>
  Number((await connection.script(`for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' 2>/dev/null <"$f"; echo; done | grep -c "^sleep $1 "`, [seconds])).stdout);

describe('a connection', () => {
  it('brings argv and input to the program byte for byte', async () => {
    const connection = await open();
    const nasty = ['$(id)', '`id`', '\'', '"', '; exit 3', '| cat', '-n', '', 'two\nlines', '*', 'é😀'];
    const { stdout, code } = await connection.exec(['printf', '%s\\0', ...nasty]);
    expect(code).toBe(0);
    expect(stdout.split('\0').slice(0, -1)).toEqual(nasty);
    expect((await connection.exec(['cat'], { stdin: 'data' })).stdout).toBe('data');
  });

  it('runs a script with parameters, answers status and stderr', async () => {
    const connection = await open();
    const result = await connection.script('printf %s "$2" >&2; exit 7', ['a', '$(b) c']);
    expect(result).toMatchObject({ code: 7, stderr: '$(b) c', stdout: '' });
  });

  it('runs commands side by side', async () => {
    const connection = await open();
    const results = await Promise.all(Array.from({ length: 8 }, (_, i) => connection.exec(['echo', String(i)])));
    expect(results.map(r => r.stdout.trim())).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
  });

  it('keeps no more output than told', async () => {
    const connection = await open();
    expect(await connection.exec(['head', '-c', '100000', '/dev/zero'], { maxOutput: 10 })).toMatchObject({ code: 0, truncated: true, stdout: '\0'.repeat(10) });
  });

  it('ends the program on a time-out and on a cancel', async () => {
    const connection = await open();
    const mark = `4${Date.now() % 1_000_000}`;
    await expect(connection.exec(['sleep', mark], { timeout: 200 })).rejects.toMatchObject({ code: 'SERVER.TIMEOUT' });
    const cancel = new AbortController();
    const running = connection.exec(['sleep', mark], { signal: cancel.signal });
    await eventually(async () => await sleepers(connection, mark) > 0);
    cancel.abort();
    await expect(running).rejects.toMatchObject({ code: 'SERVER.CANCELLED' });
    await eventually(async () => await sleepers(connection, mark) === 0);
    expect(connection.open).toBe(true);
  });

  it('tells when it is lost, to whoever waits', async () => {
    const proxy = await startProxy(sshd.port);
    const connection = await open(options({ port: proxy.port }));
    const running = connection.exec(['sleep', '30']);
    proxy.cut();
    await expect(running).rejects.toMatchObject({ code: 'SERVER.DISCONNECTED' });
    await expect(connection.closed).resolves.toMatchObject({ code: 'SERVER.DISCONNECTED' });
    await expect(connection.exec(['true'])).rejects.toMatchObject({ code: 'SERVER.DISCONNECTED' });
    await proxy.stop();
  });
});

describe('a machine that goes silent', () => {
  it('costs a command its time-out, and leaves no socket behind', async () => {
    const proxy = await startProxy(sshd.port);
    const connection = await open(options({ port: proxy.port }));
    proxy.stall();
    await expect(connection.exec(['true'], { timeout: 200 })).rejects.toMatchObject({ code: 'SERVER.TIMEOUT' });
    connection.close();
    await connection.closed;
    await proxy.stop();
  });
});

describe('keys of every kind', () => {
  const file = async (name: string, text: string): Promise<string> => {
    const path = join(folder.path, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  let folder: TempDir;
  beforeAll(async () => { folder = await tempDir('xanthus-ssh-keys-'); });
  afterAll(() => folder.remove());
  const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
  const ecdsa = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
  const locked = sshKeyPair({ passphrase: 'open sesame', cipher: 'aes256-ctr', rounds: 16 });

  it('log in, and identify a machine that has several by the pinned one', async () => {
    const host = await startSshd({
      config: [`HostKey ${await file('rsa', `${rsa.private}\n`)}`, `HostKey ${await file('ecdsa', `${ecdsa.private}\n`)}`].join('\n'), authorizedKeys: [rsa.public, ecdsa.public, locked.public],
    });
    const pins = [host.hostKey, ...[rsa, ecdsa].map(pair => parsePublicKey(pair.public)).map(key => ({ type: key?.type ?? '', fingerprint: key?.fingerprint ?? '' }))];
    const logins: SshAuth[] = [{ privateKey: rsa.private }, { privateKey: ecdsa.private }, { privateKey: locked.private, passphrase: 'open sesame' }];
    for (const [i, auth] of logins.entries()) {
      const pin = pins[i];
      const connection = await open(options({ port: host.port, auth, hostKey: { pinned: pin?.fingerprint ?? '', type: pin?.type ?? '' } }));
      expect(connection.hostKey).toEqual(pin);
      connection.close();
    }
    await expect(open(options({ port: host.port, auth: { privateKey: locked.private, passphrase: 'wrong' }, hostKey: { pinned: host.hostKey.fingerprint } }))).rejects.toMatchObject({ code: 'SERVER.KEY_UNREADABLE' });
    await host.stop();
  });
});

describe('a password', () => {
  /** sshd checks passwords of real accounts only, so the library's own server stands in for one. */
  const passwordServer = async (method: 'password' | 'keyboard-interactive'): Promise<{ port: number; seen: string[]; fingerprint: string }> => {
    const host = sshKeyPair();
    const seen: string[] = [];
    const server = new ssh2.Server({ hostKeys: [host.private] }, client => {
      client.on('error', () => undefined);
      client.on('authentication', context => {
        if (context.method === 'password' && method === 'password') {
          seen.push(context.password);
          return context.password === 'right' ? context.accept() : context.reject(['password']);
        }
        if (context.method === 'keyboard-interactive' && method === 'keyboard-interactive') {
          return context.prompt('Password: ', answers => { seen.push(...answers); if (answers[0] === 'right') context.accept(); else context.reject(); });
        }
        return context.reject([method]);
      });
    });
    const port = await new Promise<number>(resolve => { server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)); });
    servers.push(server as unknown as Server);
    return { port, seen, fingerprint: parsePublicKey(host.public)?.fingerprint ?? '' };
  };

  it.each(['password', 'keyboard-interactive'] as const)('logs in by %s', async method => {
    const server = await passwordServer(method);
    await expect(open(options({ port: server.port, auth: { password: 'right' }, hostKey: { pinned: server.fingerprint } }))).resolves.toMatchObject({ open: true });
    await expect(open(options({ port: server.port, auth: { password: 'wrong' }, hostKey: { pinned: server.fingerprint } }))).rejects.toMatchObject({ code: 'SERVER.AUTH_FAILED' });
  });

  it('is never sent to a machine whose host key was not accepted', async () => {
    const server = await passwordServer('password');
    await expect(open(options({ port: server.port, auth: { password: 'right' }, hostKey: { verify: () => false } }))).rejects.toMatchObject({ code: 'SERVER.HOST_KEY_UNCONFIRMED' });
    await expect(open(options({ port: server.port, auth: { password: 'right' } }))).rejects.toMatchObject({ code: 'SERVER.HOST_KEY_CHANGED' });
    expect(server.seen).toEqual([]);
  });
});

describe('the pool', () => {
  it('shares one connection and makes another after a loss', async () => {
    const pool = createSshPool();
    let made = 0;
    const get = (): Promise<SshConnection> => pool.get('web-1', () => { made += 1; return connectSsh(options()); });
    const [a, b] = await Promise.all([get(), get()]);
    expect(a).toBe(b);
    expect(made).toBe(1);
    a.close();
    await a.closed;
    await eventually(async () => await get() !== a);
    expect(made).toBe(2);
    pool.close();
  });

  it('closes what nobody watches and nothing runs on, and keeps what is watched', async () => {
    const pool = createSshPool();
    const open = (): Promise<SshConnection> => connectSsh(options());
    const idle = await pool.get('idle', open, { idle: 50 });
    await idle.exec(['sleep', '0.3']);
    expect(idle.open).toBe(true);
    expect(await idle.closed).toBeUndefined();
    const watched = await pool.get('watched', open, { idle: 50 });
    expect(await pool.get('watched', open)).toBe(watched);
    expect(await pool.get('watched', open, { idle: 50 })).toBe(watched);
    const other = await pool.get('other', open, { idle: 200 });
    await other.closed;
    expect(watched.open).toBe(true);
    pool.close();
  });
});

describe('a program that is followed', () => {
  it('is read as fast as it is taken, and ends with the signal', async () => {
    const connection = await open();
    const stop = new AbortController();
    const mark = `5${Date.now() % 1_000_000}`;
    const chunks: string[] = [];
    const following = connection.follow(['sh', '-c', `echo one; echo two >&2; sleep ${mark}`], { signal: stop.signal, onData: async (chunk) => { chunks.push(chunk.toString()); } });
    await eventually(() => chunks.join('') === 'one\n');
    await eventually(async () => await sleepers(connection, mark) > 0);
    stop.abort();
    expect(await following).toEqual({ code: null, stderr: 'two\n' });
    await eventually(async () => await sleepers(connection, mark) === 0);
    expect(connection.open).toBe(true);
  });

  it('holds back a torrent while nobody takes it, and tells its end', async () => {
    const connection = await open();
    const stop = new AbortController();
    let bytes = 0;
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => { release = resolve; });
    const following = connection.follow(['head', '-c', '20000000', '/dev/zero'], { signal: stop.signal, onData: (chunk) => { bytes += chunk.length; return held; } });
    await eventually(() => bytes > 0);
    await connection.exec(['true']);
    expect(bytes).toBeLessThan(4_000_000);
    release();
    expect(await following).toEqual({ code: 0, stderr: '' });
    expect(bytes).toBe(20_000_000);
  });
});

describe('through another machine', () => {
  it('checks both keys and logs in to both, and ends both', async () => {
    const between = await startSshd();
    const jump = { target: { host: '127.0.0.1', port: between.port, user: between.user }, auth: { privateKey: between.privateKey }, hostKey: { pinned: between.hostKey.fingerprint } };
    const logins = (): number => between.log().split('Accepted publickey').length - 1;
    const connection = await open(options({ jump }));
    expect(connection.hostKey).toEqual(sshd.hostKey);
    expect((await connection.exec(['echo', 'there'])).stdout).toBe('there\n');
    await eventually(() => logins() === 1);
    connection.close();
    await connection.closed;
    await eventually(() => /Disconnected from|Connection closed by|Close session/.test(between.log().slice(between.log().indexOf('Accepted publickey'))));

    const wrong = { pinned: `SHA256:${'a'.repeat(43)}` };
    await expect(open(options({ jump: { ...jump, hostKey: wrong } }))).rejects.toMatchObject({ code: 'SERVER.JUMP_HOST_KEY_CHANGED', stage: 'connect', details: { presented: between.hostKey } });
    await expect(open(options({ jump, hostKey: wrong }))).rejects.toMatchObject({ code: 'SERVER.HOST_KEY_CHANGED', stage: 'host_key', details: { presented: sshd.hostKey } });
    await expect(open(options({ jump, port: await freePort() }))).rejects.toMatchObject({ code: 'SERVER.REFUSED', stage: 'connect', message: expect.stringMatching(/does not get through/) });
    await between.stop();
  });

  it('holds both addresses to the rule', async () => {
    const jump = { target: { host: '127.0.0.1', port: 1, user: 'x' }, auth: { password: 'x' }, hostKey: { pinned: 'x' } };
    await expect(open(options({ jump, addresses: { allow: [] } }))).rejects.toMatchObject({ code: 'SERVER.ADDRESS_FORBIDDEN', message: expect.stringMatching(/^On the way through/) });
    const between = await startSshd();
    const allowed = { target: { host: '127.0.0.1', port: between.port, user: between.user }, auth: { privateKey: between.privateKey }, hostKey: { pinned: between.hostKey.fingerprint } };
    const addresses = { allow: [], endpoints: [{ host: '127.0.0.1', port: between.port }] };
    await expect(open(options({ jump: allowed, addresses }))).rejects.toMatchObject({ code: 'SERVER.ADDRESS_FORBIDDEN', message: expect.not.stringMatching(/On the way/) });
    await between.stop();
  });
});

describe('a swapped host key', () => {
  it('blocks, whatever else is right', async () => {
    const before = sshd.hostKey;
    const after = await sshd.swapHostKey();
    await expect(open(options({ hostKey: { pinned: before.fingerprint, type: before.type } }))).rejects.toMatchObject({
      code: 'SERVER.HOST_KEY_CHANGED', stage: 'host_key', retryable: false, details: { presented: after, expected: before.fingerprint },
    });
  });
});
