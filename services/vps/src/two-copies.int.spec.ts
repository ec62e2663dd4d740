import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { follow, readEvent } from '@xanthus/jetstream';
import type { Change, Projection, RecordedEvent } from '@xanthus/kernel';
import { adoptServer, deleteServer, importSshKey, removeSshKey, renameServer, type MetricsSample } from '@xanthus/proto/vps';
import { generateKeyPair } from '@xanthus/ssh';
import { eventually, startSshd, type TestSshd } from '@xanthus/testing';
import { serversProjection } from './views/servers.js';
import { sshKeysProjection } from './views/ssh-keys.js';
import { startTestGround, TENANT, type TestGround } from './vps.fixtures.js';

const LOAD_MS = 8_000;
const KILL_EVERY_MS = 2_000;
const ENOUGH_KILLS = 2;
const ENOUGH_COMMANDS = 100;
const WRITERS = 6;

let ground: TestGround;
let sshd: TestSshd;
const children = new Set<ChildProcess>();

/** A copy of the service in a process of its own; resolves when its doors are open. */
const startCopy = async (): Promise<ChildProcess> => {
  const child = spawn(process.execPath, ['infra/launch/bin/run.mjs', 'services/vps/src/main.ts'], {
    env: { ...process.env, ...ground.env('vps'), LOG_LEVEL: 'info', XANTHUS_SSH_ALLOW: 'loopback', XANTHUS_METRICS_INTERVAL_MS: '500' }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(() => { throw new Error('a copy of vps ended before it was ready'); });
  ended.catch(() => undefined);
  await Promise.race([ended, new Promise<void>(resolve => { lines.on('line', line => { if (line.includes('the doors are open')) resolve(); }); })]);
  return child;
};

const kill9 = async (child: ChildProcess): Promise<void> => {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
};

/** The whole stream, in order. */
const everyEvent = async (): Promise<RecordedEvent[]> => {
  const events: RecordedEvent[] = [];
  const nc = await ground.as('vps');
  await new Promise<void>((resolve, reject) => {
    const following = follow(nc, {
      stream: 'VPS', filters: ['evt.*.vps.>'], from: 1, onError: reject,
      onMessage: m => { events.push(readEvent('VPS', { subject: m.subject, seq: m.seq, time: m.time.toISOString(), data: m.data })); },
      onCaughtUp: resolve,
    });
    following.catch(reject);
    stopping.push(async () => (await following).stop());
  });
  return events;
};
const stopping: (() => Promise<void>)[] = [];

const rebuild = async (projections: readonly Projection[], events: readonly RecordedEvent[]): Promise<Map<string, unknown>> => {
  const view = new Map<string, unknown>();
  for (const event of events) {
    for (const projection of projections) {
      const changes: readonly Change[] = await projection.project(event, { get: <T>(key: string) => view.get(key) as T | undefined });
      for (const change of changes) {
        if ('deleted' in change) view.delete(change.key);
        else view.set(change.key, change.value);
      }
    }
  }
  return view;
};

beforeAll(async () => {
  sshd = await startSshd();
  ground = await startTestGround();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const stop of stopping) await stop();
  await ground?.stop();
  await sshd?.stop();
});

it('two copies under load, one killed -9 every few seconds: nothing acknowledged is lost, nothing happens twice, the view is right', async () => {
  const copies = await Promise.all([startCopy(), startCopy()]);
  const target = { host: '127.0.0.1', port: sshd.port, user: sshd.user, auth: { private_key: sshd.privateKey }, host_key: sshd.hostKey.fingerprint };
  const watched = await ground.asOwner(adoptServer, { input: { name: 'watched', ...target } });
  const lastSample = async (): Promise<string> => (await ground.views.get<MetricsSample>(`${TENANT}.metrics.${watched.id}`))?.data.at ?? '';
  const first = await eventually(lastSample);
  await eventually(async () => await lastSample() > first);
  // One log-in by the adoption, one by the monitor: of two copies only one watches.
  expect(sshd.log().split('Accepted publickey')).toHaveLength(3);

  const until = Date.now() + LOAD_MS;
  let kills = 0;
  /** On a slow machine a copy starts so long that the load must last longer. */
  const goesOn = (): boolean => Date.now() < until || ((kills < ENOUGH_KILLS || acknowledged.length <= ENOUGH_COMMANDS) && Date.now() < until + 60_000);
  const acknowledged: { id: string; seq: number; type: string }[] = [];
  let tries = 0;

  /** Repeats one command under one key until it is answered, as a careful client does. */
  const surely = async <T extends { id: string; seq: number }>(type: string, send: () => Promise<T>): Promise<T> => {
    for (const deadline = Date.now() + 60_000; ;) {
      tries += 1;
      try {
        const answer = await send();
        acknowledged.push({ id: answer.id, seq: answer.seq, type });
        return answer;
      } catch (error) {
        if (!(error as { retryable?: boolean }).retryable || Date.now() > deadline) throw error;
        await after(50);
      }
    }
  };

  const { publicKey } = generateKeyPair('load');
  const writer = async (w: number): Promise<void> => {
    for (let n = 0; goesOn(); n++) {
      const name = `key-${w}-${n}`;
      const key = await surely('SshKeyImported', () => ground.asOwner(importSshKey, { input: { name, public_key: publicKey }, idempotency_key: name, timeout: 2_000 }));
      if (n % 3 === 0) await surely('SshKeyRemoved', () => ground.asOwner(removeSshKey, { id: key.id, input: {}, idempotency_key: `remove-${name}`, timeout: 2_000 }));
    }
  };
  const adopter = async (): Promise<void> => {
    for (let n = 0; goesOn(); n++) {
      const name = `server-${n}`;
      const input = { name, ...target };
      const { id } = await surely('ServerAdopted', () => ground.asOwner(adoptServer, { input, idempotency_key: name, timeout: 3_000 }));
      await surely('ServerRenamed', () => ground.asOwner(renameServer, { id, input: { name: `${name}-renamed` }, idempotency_key: `rename-${name}`, timeout: 2_000 }));
      if (n % 2 === 0) await surely('ServerDeleted', () => ground.asOwner(deleteServer, { id, input: {}, idempotency_key: `delete-${name}`, timeout: 2_000 }));
      await after(200);
    }
  };
  const starts: number[] = [];
  const killer = async (): Promise<void> => {
    for (let i = 0; goesOn(); i = 1 - i) {
      await after(KILL_EVERY_MS);
      await kill9(copies[i as 0 | 1]);
      kills += 1;
      const started = Date.now();
      copies[i as 0 | 1] = await startCopy();
      starts.push(Date.now() - started);
    }
  };
  await Promise.all([...Array.from({ length: WRITERS }, (_, w) => writer(w)), adopter(), killer()]);

  // Whichever copies watched and folded are dead: another takes both over. Without it the log then stands still.
  await Promise.all(copies.map(kill9));
  const killed = new Date().toISOString();
  const last = await startCopy();
  expect(await ground.views.waitFor(Math.max(...acknowledged.map(a => a.seq)), 60_000)).toBe(true);
  await eventually(async () => await lastSample() > killed, { every: 100 });
  await kill9(last);

  const events = await everyEvent();
  const told = events.map(e => `${e.aggregate.id} ${e.type}`);
  for (const { id, type } of acknowledged) expect(told.filter(t => t === `${id} ${type}`)).toHaveLength(1);
  expect(new Set(events.map(e => e.id)).size).toBe(events.length);
  const commands = events.filter(e => e.actor.kind === 'person').map(e => `${e.aggregate.id} ${e.command_id} ${e.type}`);
  expect(new Set(commands).size).toBe(commands.length);

  const position = await ground.views.position();
  const expected = await rebuild([serversProjection, sshKeysProjection], events.filter(e => e.seq <= position));
  for (const view of ['servers', 'ssh-keys']) {
    const rows = await ground.views.list(TENANT, view);
    const wanted = [...expected].filter(([key]) => key.startsWith(`${TENANT}.${view}.`));
    expect(rows.map(r => r.id).sort()).toEqual(wanted.map(([key]) => key.split('.')[2]).sort());
    for (const row of rows) expect(row.value.data).toEqual(expected.get(`${TENANT}.${view}.${row.id}`));
  }
  expect(kills).toBeGreaterThanOrEqual(ENOUGH_KILLS);
  expect(acknowledged.length).toBeGreaterThan(ENOUGH_COMMANDS);
  if (process.env['SPEC_FIGURES']) process.stdout.write(`${JSON.stringify({ acknowledged: acknowledged.length, tries, kills, events: events.length, position, starts })}\n`);
}, 600_000);
