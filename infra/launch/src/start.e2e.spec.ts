import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, credsAuthenticator } from '@nats-io/transport-node';
import { eventually, tempDir } from '@xanthus/testing';
import { natsPid, spawnLauncher, startPlatform } from './testing-platform.js';
import type { Platform } from './testing-platform.js';
import { programBelow } from './testing-processes.js';

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const status = (url: string): Promise<number> => fetch(url).then(r => r.status, () => 0);
const logIn = (platform: Platform, owner: { email: string; password: string }): Promise<number> =>
  fetch(`${platform.url}/api/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json', origin: platform.url }, body: JSON.stringify({ email: owner.email, password: owner.password }) }).then(r => r.status);

/** Output and code of a launcher that ends by itself. No failure may show a stack. */
async function failing(args: string[], env: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  const launcher = spawnLauncher(args, env);
  const code = await launcher.ended;
  expect(launcher.output()).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  return { code, output: launcher.output() };
}

describe('npm start', () => {
  let platform: Platform;
  let owner: { email: string; password: string };
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(async () => { await platform.stop(); });

  it('ends its output with the address and a set-up link that works once', async () => {
    expect(platform.output().trimEnd().split('\n').slice(-2)).toEqual([
      `Xanthus 0.1.0 is ready   ${platform.url}`,
      expect.stringMatching(new RegExp(`^First time here\\? Open {4}${platform.url}/setup#\\S+ {3}\\(valid 1 hour`)),
    ]);
    owner = await platform.setUp();
    await expect(platform.setUp({ email: 'eve@example.com', tenant: { slug: 'evil', name: 'Evil' } })).rejects.toThrow(/refused: 4\d\d/);
    expect(await status(`${platform.url}/ready`)).toBe(200);
  });

  it('keeps secrets to this user', async () => {
    for (const file of ['keys/master.key', 'operator/operator.nk', 'creds/auth.creds', 'keys/service-vps.jwk']) expect((await stat(join(platform.dataDir, file))).mode & 0o077).toBe(0);
  });

  it('refuses a second start on the same folder and says who holds it', async () => {
    const second = await failing(['--data', platform.dataDir, '--port', '0', '--no-sandbox']);
    expect(second.code).toBe(1);
    expect(second.output).toContain(`already runs on ${platform.dataDir}: process ${platform.pid}, ${platform.url}.`);
  });

  it('makes a credential that plain NATS clients can use', async () => {
    const made = await failing(['credentials', 'acme', 'billing', '--follow', 'VPS', '--data', platform.dataDir]);
    expect(made.code).toBe(0);
    const creds = /-----BEGIN NATS USER JWT-----[\s\S]+/.exec(made.output)?.[0] ?? '';
    const nc = await connect({ servers: platform.natsUrl, authenticator: credsAuthenticator(new TextEncoder().encode(creds)), inboxPrefix: '_INBOX' });
    expect(nc.isClosed()).toBe(false);
    await nc.close();
  });

  it('starts nats-server again when it is killed', async () => {
    const before = await natsPid(platform.dataDir);
    await platform.kill9Nats();
    await eventually(async () => (await natsPid(platform.dataDir)) !== before);
    await eventually(async () => (await status(`${platform.url}/ready`)) === 200, { every: 100 });
    await eventually(async () => (await logIn(platform, owner)) === 200, { every: 100 }); // auth reconnects by itself, a moment later
  });

  it('leaves no child and loses nothing when it is killed', async () => {
    const nats = await natsPid(platform.dataDir);
    await platform.kill9();
    expect(alive(nats)).toBe(false);
    platform = await platform.restart();
    expect(platform.setupLink).toBeUndefined();
    expect(await logIn(platform, owner)).toBe(200);
  });

  it('ends with code 0 soon after Ctrl-C', async () => {
    const nats = await natsPid(platform.dataDir);
    const since = Date.now();
    expect(await platform.interrupt()).toBe(0);
    expect(Date.now() - since).toBeLessThan(60_000);
    expect(alive(nats)).toBe(false);
  });
});

describe('npm start -- --processes', () => {
  it('starts a service again when it dies, and ends all with itself', async () => {
    const platform = await startPlatform({ processes: true, env: { XANTHUS_OWNER_EMAIL: 'ada@example.com', XANTHUS_OWNER_PASSWORD: 'correct horse battery', XANTHUS_TENANT: 'acme' } });
    try {
      expect(platform.setupLink).toBeUndefined(); // the environment named the owner
      const owner = { email: 'ada@example.com', password: 'correct horse battery' };
      expect(await logIn(platform, owner)).toBe(200);
      const auth = await programBelow(platform.pid, 'services/auth/dist/main.js');
      process.kill(auth, 'SIGKILL');
      const next = await programBelow(platform.pid, 'services/auth/dist/main.js', auth);
      await eventually(async () => (await logIn(platform, owner)) === 200, { every: 200 });
      const gateway = await programBelow(platform.pid, 'gateway/server/dist/main.js');
      await platform.kill9();
      await eventually(() => !alive(next) && !alive(gateway));
    } finally {
      await platform.stop();
    }
  });
});

describe('what can go wrong', () => {
  it('tells an unknown option and lists the options', async () => {
    const { code, output } = await failing(['--prot', '1']);
    expect(code).toBe(2);
    expect(output).toMatch(/Unknown option '--prot'[\s\S]*--port <number>/);
  });

  it('tells that the folder can not be written', async () => {
    const folder = await tempDir();
    const locked = join(folder.path, 'locked');
    if (process.getuid?.() === 0) await writeFile(locked, ''); // root may write everywhere, but not into a file
    else await mkdir(locked);
    await chmod(locked, 0o500);
    const { code, output } = await failing(['--data', join(locked, 'data'), '--port', '0']);
    expect(code).toBe(1);
    expect(output).toMatch(/The data folder can't be (written|made)[\s\S]*--data/);
    await folder.remove();
  });

  it('tells what to do without a nats-server', async () => {
    const folder = await tempDir();
    const { code, output } = await failing(['--data', folder.path, '--port', '0', '--no-sandbox'], { NATS_SERVER_BIN: '/nowhere/nats-server' });
    expect(code).toBe(1);
    expect(output).toContain('NATS_SERVER_BIN is /nowhere/nats-server, which is not a program that can be run.');
    expect(await readFile(join(folder.path, 'lock'), 'utf8').catch(() => 'released')).toBe('released');
    await folder.remove();
  });

  it('stops at a weak password of the owner', async () => {
    const folder = await tempDir();
    const { code, output } = await failing(['--data', folder.path, '--port', '0'], { XANTHUS_OWNER_EMAIL: 'ada@example.com', XANTHUS_OWNER_PASSWORD: 'short', XANTHUS_TENANT: 'acme' });
    expect(code).toBe(1);
    expect(output).toContain('XANTHUS_OWNER_PASSWORD must have at least 12 characters.');
    await folder.remove();
  });

  it('takes the next port when one is taken, and says so', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => { other.listen(0, '127.0.0.1', resolve); });
    const { port } = other.address() as AddressInfo;
    const folder = await tempDir();
    const launcher = spawnLauncher(['--data', folder.path, '--port', String(port), '--no-sandbox']);
    try {
      await launcher.until(/is ready/);
      expect(launcher.output()).toMatch(new RegExp(`Port ${port} is taken; using (\\d+) instead\\.[\\s\\S]*is ready {3}http://127\\.0\\.0\\.1:\\1`));
    } finally {
      launcher.child.kill('SIGTERM');
      await launcher.ended;
      other.close();
      await folder.remove();
    }
  });
});
