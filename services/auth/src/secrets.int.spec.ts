import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KvSnapshotStore, JetStreamEventStore, Views } from '@xanthus/jetstream';
import { AggregateCache, type RecordedEvent } from '@xanthus/kernel';
import { IdentitySigner, type Logger, type ServiceKey } from '@xanthus/nest';
import type { DataOf } from '@xanthus/proto';
import { addMember, handOverSecret, keyRings, openSession, putSecret, removeSecret, rotateDataKeys, rotateMasterKey, rotateSecret, type secretView } from '@xanthus/proto/auth';
import { receiveSecret } from '@xanthus/vault';
import { openMasterKeys } from './adapters/master-key.js';
import { DataKeyRotation } from './app/data-keys.js';
import { handleWith } from './app/handle.js';
import { DEVICE, PASSWORD, startTestAuth, type TestAuth } from './auth.fixtures.js';
import { readStored } from '@xanthus/testing';

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Logger;
const canary = (): string => `canary-${randomBytes(12).toString('hex')}`;

let t: TestAuth;
let owner: { person: string; tenant: string; session: string; proved: boolean };
let views: Views;
let vps: IdentitySigner;
const used: string[] = [];

const value = (): string => {
  const made = canary();
  used.push(made);
  return made;
};
const row = async (id: string): Promise<DataOf<typeof secretView> | undefined> => (await views.get<DataOf<typeof secretView>>(`acme.secrets.${id}`))?.data;
const eventsOf = async (id: string): Promise<readonly RecordedEvent[]> => (await new JetStreamEventStore(await t.as('auth'), 'auth').load({ tenant: 'acme', service: 'auth', aggregate: 'secret', id })).events;
const receive = async (id: string, reason = 'list servers') => receiveSecret(await t.as('vps'), vps, { tenant: 'acme', id, reason, act: { kind: 'person', id: owner.person } });

/** Names in auth's vault under which there is a value now. */
const presentValues = async (): Promise<string[]> => {
  const nc = await t.as('auth');
  const names = (await nc.request('$JS.API.STREAM.INFO.KV_vault', JSON.stringify({ subjects_filter: '$KV.vault.acme.auth.>' }))).json<{ state: { subjects: Record<string, number> } }>().state.subjects;
  const present = await Promise.all(Object.keys(names).map(async subject => ((await nc.request(`$JS.API.DIRECT.GET.KV_vault.${subject}`)).data.length > 0 ? [subject] : [])));
  return present.flat().sort();
};

beforeAll(async () => {
  t = await startTestAuth();
  const tokens = await t.setUp('acme');
  owner = { person: tokens.user.id, tenant: 'acme', session: tokens.session, proved: true };
  views = new Views(await t.as('auth'), 'auth');
  vps = new IdentitySigner({ service: 'vps', key: JSON.parse(await readFile(t.files.serviceKey('vps'), 'utf8')) as ServiceKey });
});
afterAll(async () => {
  await views.stop();
  await t.stop();
});

describe('secrets have no read path', () => {
  let id: string;
  const first = value();

  it('what is shown of one is its fingerprint', async () => {
    const put = await t.asPerson(owner, putSecret, { tenant: 'acme', input: { name: 'hetzner', kind: 'hetzner-token', value: first, description: 'Servers of the shop' } });
    ({ id } = put);
    expect(await row(id)).toEqual({ id, name: 'hetzner', kind: 'hetzner-token', description: 'Servers of the shop', fingerprint: put.fingerprint, created_at: expect.any(String), created_by: { kind: 'person', id: owner.person, session: owner.session } });
    await expect(t.asPerson(owner, putSecret, { tenant: 'acme', input: { name: 'hetzner', kind: 'generic', value: value() } })).rejects.toMatchObject({ code: 'SECRET.NAME_TAKEN' });
  });

  it('the owner of the tenant does not get it back, nor does the gateway, nor a service that it is not for', async () => {
    await expect(t.asPerson(owner, handOverSecret, { tenant: 'acme', id, input: { reason: 'let me see' } })).rejects.toMatchObject({ code: expect.stringMatching(/^(DENIED|SECRET.NOT_FOR_YOU)$/) });
    await expect(t.asService('gateway', handOverSecret, { tenant: 'acme', id, input: { reason: 'let me see' } })).rejects.toMatchObject({ code: 'DENIED' });
    const other = await t.asPerson(owner, putSecret, { tenant: 'acme', input: { name: 'registry', kind: 'registry-password', value: value() } });
    await expect(receive(other.id)).rejects.toMatchObject({ code: 'SECRET.NOT_FOR_YOU' });
    expect((await eventsOf(other.id)).map(e => e.type)).toEqual(['SecretPut']);
  });

  it('a service gets it sealed to its own key, and every time is an event with actor and reason', async () => {
    expect(await receive(id, 'list server types')).toMatchObject({ name: 'hetzner', kind: 'hetzner-token', value: first });
    const events = await eventsOf(id);
    expect(events.at(-1)).toMatchObject({ type: 'SecretUsed', actor: { kind: 'person', id: owner.person, via: 'vps' }, data: { service: 'vps', reason: 'list server types' } });
    await views.waitFor(events.at(-1)?.seq ?? 0, 60_000);
    expect(await row(id)).toMatchObject({ last_used: { service: 'vps', reason: 'list server types' } });
  });

  it('an identity without a key to seal to gets nothing', async () => {
    await expect(t.asService('vps', handOverSecret, { tenant: 'acme', id, input: { reason: 'x' } })).rejects.toMatchObject({ code: 'SECRET.NOT_FOR_YOU' });
  });

  it('a new value replaces the old one for good; a removed one is gone and its name is free', async () => {
    const second = value();
    const rotated = await t.asPerson(owner, rotateSecret, { tenant: 'acme', id, input: { value: second } });
    expect(await row(id)).toMatchObject({ fingerprint: rotated.fingerprint, rotated_by: { id: owner.person } });
    await expect(t.asPerson(owner, rotateSecret, { tenant: 'acme', id, input: { value: second } })).rejects.toMatchObject({ code: 'SECRET.SAME_VALUE' });
    expect((await receive(id)).value).toBe(second);
    await t.asPerson(owner, removeSecret, { tenant: 'acme', id, input: {} });
    expect(await row(id)).toBeUndefined();
    await expect(receive(id)).rejects.toMatchObject({ code: 'SECRET.NOT_FOUND' });
    const again = await t.asPerson(owner, putSecret, { tenant: 'acme', input: { name: 'hetzner', kind: 'hetzner-token', value: second } });
    expect(again.id).not.toBe(id);
  });

  it('a command that is sent again later brings no old value back', async () => {
    const o = { tenant: 'acme', input: { name: 'resent', kind: 'generic', value: value() }, idempotency_key: 'spec-resent' } as const;
    const put = await t.asPerson(owner, putSecret, o);
    const latest = value();
    await t.asPerson(owner, rotateSecret, { tenant: 'acme', id: put.id, input: { value: latest } });
    const before = await presentValues();
    expect((await t.asPerson(owner, putSecret, o)).id).toBe(put.id);
    expect(await presentValues()).toEqual(before);
    expect((await receive(put.id)).value).toBe(latest);
  });

  it('a command that is sent again with another value puts none in the place of the first: the log and its fingerprint would not know', async () => {
    const o = (text: string) => ({ tenant: 'acme', input: { name: 'twice', kind: 'generic', value: text }, idempotency_key: 'spec-twice' }) as const;
    const first = value();
    const put = await t.asPerson(owner, putSecret, o(first));
    const again = await t.asPerson(owner, putSecret, o(value()));
    expect(again.fingerprint).toBe(put.fingerprint);
    expect((await receive(put.id)).value).toBe(first);
    const turned = (text: string) => t.asPerson(owner, rotateSecret, { tenant: 'acme', id: put.id, input: { value: text }, idempotency_key: 'spec-turned' });
    const second = value();
    const rotated = await turned(second);
    expect((await turned(value())).fingerprint).toBe(rotated.fingerprint);
    expect((await receive(put.id)).value).toBe(second);
  });

  it('and none is in the clear in the files of NATS', async () => {
    for (const file of await readdir(t.nats.storeDir, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = await readStored(join(file.parentPath, file.name));
      expect(used.filter(secret => bytes.includes(secret) || bytes.includes(Buffer.from(secret).toString('base64').slice(0, 24)))).toEqual([]);
    }
  });
});

describe('data keys', () => {
  it('are replaced while secrets are used; the old ones are destroyed when nothing needs them', async () => {
    const kept = value();
    const { id } = await t.asPerson(owner, putSecret, { tenant: 'acme', input: { name: 'rotating', kind: 'generic', value: kept } });
    await expect(t.asPerson({ ...owner, proved: false }, rotateDataKeys, { tenant: 'acme', id: 'all', input: {} })).rejects.toMatchObject({ code: 'AUTH.PROOF_NEEDED' });
    expect((await t.asPerson(owner, rotateDataKeys, { tenant: 'acme', id: 'all', input: {} })).rotated).toContainEqual({ service: 'auth', number: 2 });
    expect((await t.asPerson(owner, rotateDataKeys, { tenant: 'acme', id: 'auth', input: {} })).rotated).toEqual([{ service: 'auth', number: 2 }]); // still moving
    expect((await receive(id)).value).toBe(kept);
    expect((await t.asPerson(owner, keyRings, { tenant: 'acme', input: {} })).rings).toContainEqual({ service: 'auth', current: 2, made_at: expect.any(String), older: [1] });

    const nc = await t.as('auth');
    const handle = handleWith(new JetStreamEventStore(nc, 'auth'), new KvSnapshotStore(nc, 'auth'), new AggregateCache());
    const masters = await openMasterKeys({ file: t.files.masterKeyFile });
    await new DataKeyRotation({ nc, masters, handle, log: quiet }).tend();
    expect((await t.asPerson(owner, keyRings, { tenant: 'acme', input: {} })).rings).toContainEqual(expect.objectContaining({ service: 'auth', older: [1] })); // a copy might have the old one in memory
    await new DataKeyRotation({ nc, masters, handle, log: quiet, retireAfter: 0 }).tend();
    expect((await t.asPerson(owner, keyRings, { tenant: 'acme', input: {} })).rings).toContainEqual(expect.objectContaining({ service: 'auth', current: 2, older: [] }));
    expect((await receive(id)).value).toBe(kept);
    await new DataKeyRotation({ nc, masters, handle, log: quiet, keyLife: -1 }).tend(); // a year later
    expect((await t.asPerson(owner, keyRings, { tenant: 'acme', input: {} })).rings).toContainEqual(expect.objectContaining({ service: 'auth', current: 3, older: [2] }));
    await t.restartAuth();
    expect((await receive(id)).value).toBe(kept);
  });

  it('are nobody\'s business who may not manage the tenant', async () => {
    await t.asPerson(owner, addMember, { tenant: 'acme', input: { email: 'vera@example.com', name: 'Vera', role: 'viewer', password: PASSWORD } });
    const vera = await t.asService('gateway', openSession, { tenant: 'xanthus', input: { method: 'password', email: 'vera@example.com', password: PASSWORD, tenant: 'acme', device: DEVICE } });
    const viewer = { person: vera.user.id, tenant: 'acme', session: vera.session, proved: true };
    await expect(t.asPerson(viewer, rotateDataKeys, { tenant: 'acme', id: 'all', input: {} })).rejects.toMatchObject({ code: 'DENIED' });
    await expect(t.asPerson(viewer, putSecret, { tenant: 'acme', input: { name: 'mine', kind: 'generic', value: value() } })).rejects.toMatchObject({ code: 'DENIED' });
  });
});

describe('the master key', () => {
  it('is replaced while auth runs; then the old one is not needed, and addresses and sessions are found as before', async () => {
    const file = t.files.masterKeyFile;
    const old = (await readFile(file, 'utf8')).trim();
    const fresh = randomBytes(32).toString('base64');
    await writeFile(file, `${fresh}\n${old}\n`);
    const done = await t.asService('launch', rotateMasterKey, { tenant: 'xanthus', id: 'xanthus', input: {} });
    expect(done).toMatchObject({ left: 0 });
    expect(done.rewrapped).toBeGreaterThan(2);
    await writeFile(file, `${fresh}\n`);
    await t.restartAuth();
    const again = await t.asService('gateway', openSession, { tenant: 'xanthus', input: { method: 'password', email: 'ADA@example.com', password: PASSWORD, device: DEVICE } });
    expect(again.user.id).toBe(owner.person);
    await expect(t.asPerson(owner, rotateMasterKey, { tenant: 'xanthus', id: 'xanthus', input: {} })).rejects.toMatchObject({ code: 'DENIED' });
  });
});
