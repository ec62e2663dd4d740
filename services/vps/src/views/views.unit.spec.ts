import { describe, expect, it } from '@jest/globals';
import type { Change, Projection, RecordedEvent } from '@xanthus/kernel';
import { serverView, sshKeyView } from '@xanthus/proto/vps';
import { adopted, blocked, deleted, FACTS, KEY, MACHINE, OTHER_KEY, reachable, unreachable } from '../server/server.fixtures.js';
import type { ServerEvent } from '../server/server.js';
import { serversProjection } from './servers.js';
import { sshKeysProjection } from './ssh-keys.js';
import { keyUsersKey, keyUsersProjection, targetKey, targetsProjection } from './targets.js';

const ID = '01jd3x8e2v5y9w4z7q6r1s0tab';
const KEY_ID = '01jd3x8e2v5y9w4z7q6r1s0tkk';
const recorded = (event: { type: string; data: unknown }, seq: number, name = 'server', id = ID): RecordedEvent => ({
  ...event, id: ID, schema: 1, tenant: 'acme', aggregate: { service: 'vps', name, id }, occurred_at: `2026-11-21T08:00:0${seq}.000Z`, actor: { kind: 'person', id: 'ada' },
  command_id: `c${seq}`, correlation_id: 'c', stream: 'VPS', seq, stored_at: '2026-11-21T08:00:00.000Z',
});

const fold = async (projection: Projection, events: readonly RecordedEvent[]): Promise<Map<string, unknown>> => {
  const view = new Map<string, unknown>();
  for (const event of events) {
    const changes: readonly Change[] = await projection.project(event, { get: <T>(key: string) => view.get(key) as T | undefined });
    for (const change of changes) {
      if ('deleted' in change) view.delete(change.key);
      else view.set(change.key, change.value);
    }
  }
  return view;
};
const ofServer = (projection: Projection, events: readonly ServerEvent[]) => fold(projection, events.map((e, i) => recorded(e, i + 1)));

describe('servers', () => {
  const key = `acme.servers.${ID}`;
  it.each([['adopted', adopted, 'connecting'], ['reachable', reachable, 'reachable'], ['unreachable', unreachable, 'unreachable'], ['blocked', blocked, 'blocked']] as const)('shows one that is %s', async (_n, events, status) => {
    const row = (await ofServer(serversProjection, events)).get(key);
    expect(serverView.data.parse(row)).toMatchObject({ status, name: 'web-1', adopted_by: { id: 'ada' } });
  });

  it('shows the key that waits, and no more after it was accepted', async () => {
    expect((await ofServer(serversProjection, blocked)).get(key)).toMatchObject({ presented_host_key: OTHER_KEY, host_key: KEY, facts: FACTS });
    const accepted = await ofServer(serversProjection, [...blocked, { type: 'ServerHostKeyAccepted', data: { host_key: OTHER_KEY } }]);
    expect(accepted.get(key)).toMatchObject({ status: 'connecting', presented_host_key: null, host_key: OTHER_KEY, reason: null });
  });

  it('drops a deleted one, and skips what it does not know', async () => {
    expect((await ofServer(serversProjection, deleted)).size).toBe(0);
    expect((await fold(serversProjection, [recorded({ type: 'ServerPainted', data: {} }, 1), recorded({ type: 'KeyMade', data: {} }, 2, 'ssh-key')])).size).toBe(0);
  });

  it('names no credential', async () => {
    expect(JSON.stringify([...await ofServer(serversProjection, reachable)])).not.toContain('server-1');
  });
});

describe('targets', () => {
  const key = targetKey('acme', ID);
  it('change only when the connection must be made anew', async () => {
    const first = (await ofServer(targetsProjection, adopted)).get(key);
    expect(first).toEqual({ tenant: 'acme', id: ID, provider: 'existing', host: '192.0.2.10', port: 22, user: 'root', credential: MACHINE.credential, host_key: KEY, blocked: false });
    expect((await ofServer(targetsProjection, [...unreachable, { type: 'ServerRenamed', data: { name: 'x-1' } }])).get(key)).toEqual(first);
    expect((await ofServer(targetsProjection, blocked)).get(key)).toMatchObject({ blocked: true });
    expect((await ofServer(targetsProjection, deleted)).size).toBe(0);
  });
});

describe('users of an SSH key', () => {
  const byKey: ServerEvent = { type: 'ServerAdopted', data: { ...MACHINE, credential: { kind: 'ssh_key', id: KEY_ID } } };
  it('are the servers that are reached with it, until they are deleted', async () => {
    expect((await ofServer(keyUsersProjection, [byKey])).get(keyUsersKey('acme', KEY_ID))).toEqual([ID]);
    expect((await ofServer(keyUsersProjection, [byKey, { type: 'ServerDeleted', data: {} }])).size).toBe(0);
    expect((await ofServer(keyUsersProjection, adopted)).size).toBe(0);
  });
});

describe('SSH keys', () => {
  it('are shown by their public half until they are removed', async () => {
    const generated = recorded({ type: 'SshKeyGenerated', data: { name: 'deploy', type: 'ssh-ed25519', public_key: 'ssh-ed25519 AAAA', fingerprint: 'SHA256:x', secret: 'ssh-key-1' } }, 1, 'ssh-key', KEY_ID);
    const row = (await fold(sshKeysProjection, [generated])).get(`acme.ssh-keys.${KEY_ID}`);
    expect(sshKeyView.data.parse(row)).toMatchObject({ has_private_key: true, name: 'deploy' });
    expect(JSON.stringify(row)).not.toContain('ssh-key-1');
    expect((await fold(sshKeysProjection, [generated, recorded({ type: 'SshKeyRemoved', data: {} }, 2, 'ssh-key', KEY_ID)])).size).toBe(0);
  });
});
