import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { operatorFiles } from '@xanthus/deploy';
import type { RecordedEvent } from '@xanthus/kernel';
import { eventually, startSshd, tempDir } from '@xanthus/testing';
import { natsPid, spawnLauncher, startPlatform } from './testing-platform.js';
import type { Platform } from './testing-platform.js';
import { killTree, processRuns, programBelow } from './testing-processes.js';
import { compareWithRebuild } from './testing-rebuild.js';
import { startWriters } from './writers.fixture.js';
import type { Acknowledged, Writers } from './writers.fixture.js';

const FOLLOWED = 'evt.acme.vps.>';

describe('kill -9 while commands flow', () => {
  let platform: Platform;
  let writers: Writers;
  let token: string;
  /** Sequences of the stream VPS as one subscription of the SDK saw them, from the first event on. */
  const seen: number[] = [];
  const resets: string[] = [];

  beforeAll(async () => {
    platform = await startPlatform({ processes: true, env: { XANTHUS_SSH_ALLOW: 'loopback' } });
    ({ access_token: token } = await platform.setUp());
    const added = await fetch(`${platform.url}/api/members?wait=view`, {
      method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ email: 'bob@example.com', name: 'Bob', role: 'viewer', password: 'battery horse correct' }),
    });
    const member = ((await added.json()) as { data: { id: string } }).data.id;
    writers = await startWriters({ url: platform.url, token, member });
    const stream = writers.client.stream('VPS', { filter: FOLLOWED, from: 1 });
    stream.onReset((reset) => { resets.push(reset.reason); });
    void (async () => { for await (const item of stream) seen.push(item.seq); })();
  });
  afterAll(async () => {
    await writers.stop();
    await platform.stop();
  });

  /** Nobody writes: is everything as the events have it, and are all answered commands among them? */
  async function check(): Promise<void> {
    await writers.pause();
    const { auth, vps, dns, applications, terminals, audit, notifications } = await compareWithRebuild(platform);
    expect([...auth.differences, ...vps.differences, ...dns.differences, ...applications.differences, ...terminals.differences, ...audit.differences, ...notifications.differences]).toEqual([]);
    expectOnce(writers.acknowledged, auth.events, vps.events);
    const followed = vps.events.filter(e => e.tenant === 'acme').map(e => e.seq);
    await eventually(() => seen.length >= followed.length);
    expect(seen).toEqual(followed);
    writers.resume();
  }
  const restarted = async (bundle: string): Promise<void> => {
    const pid = await programBelow(platform.pid, bundle);
    process.kill(pid, 'SIGKILL');
    await programBelow(platform.pid, bundle, pid);
  };

  it.each([
    ['each service', async () => {
      await restarted('services/vps/dist/main.js');
      await restarted('services/auth/dist/main.js');
    }],
    ['the gateway', () => restarted('gateway/server/dist/main.js')],
    ['NATS', async () => {
      const pid = await natsPid(platform.dataDir);
      await platform.kill9Nats();
      await eventually(async () => (await natsPid(platform.dataDir)) !== pid);
    }],
  ])('%s: every answered command is there once, and every view is what its events say', async (_, kill) => {
    await writers.flowing(2);
    await kill();
    await writers.flowing(2);
    await check();
  });

  it('everything at once, and again while it starts', async () => {
    await writers.flowing(3);
    killTree(platform.pid);
    const port = new URL(platform.url).port;
    for (const moment of [/Checking streams/, /the doors are open/]) {
      const launcher = spawnLauncher(['--port', port, '--data', platform.dataDir, '--no-sandbox', '--processes']);
      await launcher.until(moment);
      killTree(launcher.child.pid ?? 0);
      await launcher.ended;
    }
    platform = await platform.restart();
    writers.client.reconnectNow();
    await writers.flowing(3);
    await check();
    expect(resets).toEqual([]);
  });

  it('an adoption that was cut off is made by its repeat, once, and a removal goes on', async () => {
    const sshd = await startSshd();
    const send = async (method: string, path: string, key: string, body: object = {}): Promise<{ id: string }> => {
      const answer = await fetch(`${platform.url}${path}`, { method, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'idempotency-key': key }, body: JSON.stringify(body), signal: AbortSignal.timeout(4_000) });
      const { data, code, message } = await answer.json() as { data?: { id: string }; code?: string; message?: string };
      if (!data) throw new Error(`${code}: ${message} ${await fetch(`${platform.url}/ready`).then(ready => ready.text())}`); // which of all does not answer
      return data;
    };
    const adopt = (key: string): Promise<{ id: string }> =>
      send('POST', '/api/vps/adopt', key, { name: 'web-1', host: sshd.host, port: sshd.port, user: sshd.user, auth: { private_key: sshd.privateKey }, host_key: sshd.hostKey.fingerprint });
    try {
      const cut = adopt('first').catch(() => undefined);
      await eventually(() => /Connection from/.test(sshd.log()));
      await restarted('services/vps/dist/main.js');
      const answered = await cut;
      const { id } = await eventually(() => adopt('first'), { every: 100 });
      expect([id, undefined]).toContain(answered?.id);
      await eventually(() => send('DELETE', `/api/vps/${id}`, 'removed'));
      await restarted('services/vps/dist/main.js');
      const next = await eventually(() => adopt('second'), { every: 100 }); // the name is free, so the reactor went on
      expect(next.id).not.toBe(id);
      await eventually(() => send('DELETE', `/api/vps/${next.id}`, 'removed-too'));
      await check();
      const { vps } = await compareWithRebuild(platform);
      expect(vps.events.filter(e => e.type === 'ServerAdopted').map(e => e.aggregate.id)).toEqual([id, next.id]);
    } finally {
      await sshd.stop();
    }
  });

  it('a nats-server that hangs is gone before another takes its store', async () => {
    const nats = await natsPid(platform.dataDir);
    process.kill(nats, 'SIGSTOP');
    process.kill(platform.pid, 'SIGKILL');
    const launcher = spawnLauncher(['--port', '0', '--data', platform.dataDir, '--no-sandbox']);
    await launcher.until(/Checking streams/);
    expect(processRuns(nats)).toBe(false);
    killTree(launcher.child.pid ?? 0);
    await launcher.ended;
    platform = await platform.restart();
    writers.client.reconnectNow();
    await writers.flowing(1);
    await check();
  });
});

describe('kill -9 at the first start', () => {
  it('early, and late in the next one: the one after them begins where it can', async () => {
    const folder = await tempDir('xanthus-data-');
    for (const moment of [/Starting nats-server/, /Starting auth, vps/]) {
      const launcher = spawnLauncher(['--port', '0', '--data', folder.path, '--no-sandbox']);
      await launcher.until(moment);
      killTree(launcher.child.pid ?? 0);
      await launcher.ended;
    }
    const platform = await startPlatform({ dataDir: folder.path });
    try {
      expect((await platform.setUp()).access_token).not.toBe('');
      const { auth, vps } = await compareWithRebuild(platform);
      expect([...auth.differences, ...vps.differences]).toEqual([]);
    } finally {
      await platform.stop();
    }
    await rm(operatorFiles(folder.path).operatorDir, { recursive: true });
    const without = spawnLauncher(['--port', '0', '--data', folder.path, '--no-sandbox']);
    expect(await without.ended).toBe(1); // and not an empty installation with a set-up link
    expect(without.output()).toContain('Put back the folder operator');
    await folder.remove();
  });
});

/** Each answered command is the event that its answer named, and no command took effect twice. */
function expectOnce(acknowledged: readonly Acknowledged[], ...streams: (readonly RecordedEvent[])[]): void {
  const events = streams.flat();
  const find = (a: Acknowledged): RecordedEvent | undefined => events.find(e => e.seq === a.seq && e.aggregate.id === a.id);
  expect(acknowledged.filter(a => find(a)?.type !== a.type)).toEqual([]);
  for (const a of acknowledged) expect(find(a)?.data).toMatchObject(a.data);
  for (const type of ['SshKeyGenerated', 'SshKeyRemoved', 'MemberRoleAssigned'] as const) {
    expect(events.filter(e => e.type === type).map(e => `${e.aggregate.id} ${e.seq}`)).toEqual(acknowledged.filter(a => a.type === type).toSorted((a, b) => a.seq - b.seq).map(a => `${a.id} ${a.seq}`));
  }
}
