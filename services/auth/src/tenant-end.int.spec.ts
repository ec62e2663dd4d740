import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JetStreamEventStore, kvGet, KvSnapshotStore, listValues, Views } from '@xanthus/jetstream';
import { AggregateCache, newId, type CommandContext } from '@xanthus/kernel';
import { IdentitySigner, type Logger, type ServiceKey } from '@xanthus/nest';
import { addMember, createApiKey, createCredential, defineRole, exportTenant, forgetTenant, inviteMember, keyRings, openSession, putSecret, tenantReceipt, type ForgetReceipt } from '@xanthus/proto/auth';
import { KEYS_BUCKET, openRing, openVault, remoteDataKeys, type Vault } from '@xanthus/vault';
import { eventually, readStored } from '@xanthus/testing';
import { openMasterKeys } from './adapters/master-key.js';
import { DataKeyRotation } from './app/data-keys.js';
import { handleWith, readWith, type Handle } from './app/handle.js';
import { DEVICE, PASSWORD, startTestAuth, type TestAuth } from './auth.fixtures.js';
import { identity } from './domain/identity.js';
import { member } from './domain/member.js';
import { person } from './domain/person.js';
import { tenant } from './domain/tenant.js';

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Logger;
const CANARY = 'canary-of-a-tenant-4711';

let t: TestAuth;
let anna: { person: string; tenant: string; session: string; proved: boolean };
let bob: string;
let carol: string;
/** Identities elsewhere: Bob's and Carol's at Cloudflare, Carol's at a provider of acme. */
const known = { bob: newId(), carol: newId(), carolAtAcme: newId() };
const recordOfBob = `$KV.vault.xanthus.auth.identity-${known.bob}`;
let views: Views;
let handle: Handle;
let vps: Vault;

const code = (asked: Promise<unknown>): Promise<string> => asked.then(() => 'ok', (error: { code?: string }) => error.code ?? String(error));
const logIn = (email: string, slug?: string) => t.asService('gateway', openSession, { tenant: 'xanthus', input: { method: 'password', email, password: PASSWORD, device: DEVICE, ...(slug === undefined ? {} : { tenant: slug }) } });
const context = (slug: string, id: string): CommandContext => ({ tenant: slug, id, actor: { kind: 'system', id: 'spec' }, now: new Date().toISOString(), command_id: newId(), correlation_id: newId() });
const add = async (slug: string, name: string, role = 'viewer'): Promise<string> =>
  (await t.asService('launch', addMember, { tenant: slug, input: { email: `${name}@example.com`, name, role, password: PASSWORD } })).id;
const inFiles = async (what: string): Promise<boolean> => {
  for (const file of await readdir(t.nats.storeDir, { recursive: true, withFileTypes: true })) {
    if (file.isFile() && (await readStored(join(file.parentPath, file.name))).includes(what)) return true;
  }
  return false;
};
const shown = async (pattern: string): Promise<string[]> => (await listValues(await t.as('auth'), 'auth-a', pattern)).map(e => e.key).sort();
/** What anybody can do who has the receipt and the public key of the installation. */
const checked = async (jws: string): Promise<ForgetReceipt> => {
  const [header = '', payload = '', signature = ''] = jws.split('.');
  const { keys } = JSON.parse(await readFile(t.files.serviceJwksFile, 'utf8')) as { keys: (JsonWebKey & { kid: string })[] };
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
  const key = createPublicKey({ key: keys.find(k => k.kid === kid)!, format: 'jwk' });
  expect(verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as ForgetReceipt;
};

beforeAll(async () => {
  t = await startTestAuth();
  const nc = await t.as('auth');
  views = new Views(nc, 'auth');
  handle = handleWith(new JetStreamEventStore(nc, 'auth'), new KvSnapshotStore(nc, 'auth'), new AggregateCache());
  await t.setUp('first');
  for (const slug of ['acme', 'rival', 'crashed']) await handle(tenant, { ...context('xanthus', slug), command_id: `make-${slug}` }, { type: 'CreateTenant', name: slug.toUpperCase() });
  const id = await add('acme', 'anna', 'owner');
  anna = { person: id, tenant: 'acme', session: (await logIn('anna@example.com')).session, proved: true };
  [bob, carol] = [await add('acme', 'bob'), await add('acme', 'carol')];
  expect((await t.asService('launch', addMember, { tenant: 'rival', input: { email: 'carol@example.com', name: 'carol', role: 'owner' } })).id).toBe(carol);
  await logIn('bob@example.com');
  const link = (id: string, who: string, kind: 'oidc' | 'cloudflare') => handle(identity, context('xanthus', id), { type: 'LinkIdentity', person: who, kind, tenant: 'acme', provider: 'main', secret: `identity-${id}`, joined: true });
  await link(known.bob, bob, 'cloudflare');
  await nc.request(recordOfBob, 'what Cloudflare says of him');
  await link(known.carol, carol, 'cloudflare');
  await link(known.carolAtAcme, carol, 'oidc');
  const own = await t.as('vps');
  vps = await openVault(own, { service: 'vps', keys: remoteDataKeys(own, new IdentitySigner({ service: 'vps', key: JSON.parse(await readFile(t.files.serviceKey('vps'), 'utf8')) as ServiceKey }), 'vps'), log: quiet });
  await vps.put('acme', 'server-1', CANARY);
  await vps.put('rival', 'server-1', 'theirs');
  await t.asPerson(anna, putSecret, { tenant: 'acme', input: { name: 'hetzner', kind: 'hetzner-token', value: CANARY } });
  await t.asPerson(anna, createCredential, { tenant: 'acme', input: { name: 'billing', role: 'viewer' } });
  await t.asPerson(anna, inviteMember, { tenant: 'acme', input: { email: 'guest@example.com', role: 'viewer' } });
  await t.asPerson(anna, defineRole, { tenant: 'acme', id: 'night-shift', input: { description: 'Restarts', grants: [{ permission: 'vps.server.read', resources: 'all' }] } });
  await t.asPerson(anna, createApiKey, { tenant: 'acme', input: { name: 'Grafana', role: 'viewer', expires_at: new Date(Date.now() + 86_400_000).toISOString() } });
});
afterAll(async () => {
  await views?.stop();
  await t?.stop();
});

describe('forget a tenant', () => {
  const forget = (who = anna, confirm = 'acme', id = 'acme') => t.asPerson(who, forgetTenant, { tenant: 'acme', id, input: { confirm } });
  let stored: string[];
  let receipt: string;

  it('is for an owner in person, with a fresh proof and the name typed', async () => {
    expect(await code(forget({ ...anna, proved: false }))).toBe('AUTH.PROOF_NEEDED');
    expect(await code(forget({ ...anna, person: bob }))).toBe('DENIED');
    expect(await code(forget(anna, 'Acme'))).toBe('TENANT.NOT_CONFIRMED');
    expect(await code(forget(anna, 'rival', 'rival'))).toMatch(/^(TENANT.NOT_HERE|DENIED)$/);
    expect(await code(t.asService('launch', forgetTenant, { tenant: 'acme', id: 'acme', input: { confirm: 'acme' } }))).toMatch(/^(DENIED|UNAVAILABLE)$/); // nats-server itself does not let it out
    expect(await vps.getText('acme', 'server-1')).toBe(CANARY);
  });

  it('comes after the export, which is noted and tells who the members are', async () => {
    expect(await code(t.asPerson({ ...anna, proved: false }, exportTenant, { tenant: 'acme', id: 'acme', input: {} }))).toBe('AUTH.PROOF_NEEDED');
    const begun = await t.asPerson(anna, exportTenant, { tenant: 'acme', id: 'acme', input: {} });
    expect(begun).toMatchObject({ tenant: { id: 'acme', name: 'ACME' }, receipt_key: { kid: 'service:auth' } });
    expect(begun.members.map(m => m.email).sort()).toEqual(['anna@example.com', 'bob@example.com', 'carol@example.com']);
    expect(begun.receipt_key).not.toHaveProperty('d');
  });

  it('answers a signed receipt that anybody can check', async () => {
    stored = await Promise.all(['acme.auth', 'acme.vps'].map(async key => (await kvGet<{ wrapped: string }>(await t.as('auth'), KEYS_BUCKET, key))?.value?.wrapped ?? ''));
    for (const wrapped of stored) expect(await inFiles(wrapped)).toBe(true);
    const done = await forget();
    receipt = done.receipt ?? '';
    const said = await checked(receipt);
    expect(said).toMatchObject({ tenant: 'acme', name: 'ACME', requested_by: anna.person, members: 3, credentials: 2, secrets: 1, streams: { AUTH: expect.any(Number), VPS: expect.any(Number) } });
    expect(said.keys.map(k => [k.service, k.numbers])).toEqual([['auth', [1]], ['vps', [1]]]);
    expect(said.persons.toSorted()).toEqual([anna.person, bob].toSorted());
    expect((await t.asService('launch', tenantReceipt, { tenant: 'xanthus', id: 'acme', input: {} })).receipt).toBe(receipt);
    await expect(t.asService('launch', tenantReceipt, { tenant: 'xanthus', id: 'rival', input: {} })).rejects.toMatchObject({ code: 'TENANT.NOT_FORGOTTEN' });
  });

  it('leaves nothing that decrypts: not in memory, not in the bucket, not in the files', async () => {
    expect(await code(vps.get('acme', 'server-1'))).toBe('KEY.DESTROYED');
    expect(await code(vps.put('acme', 'server-2', 'x'))).toBe('KEY.DESTROYED');
    const masters = await openMasterKeys({ file: t.files.masterKeyFile });
    for (const service of ['auth', 'vps']) expect(await code(openRing(await t.as('auth'), masters, 'acme', service))).toBe('KEY.DESTROYED');
    for (const wrapped of stored) expect(await inFiles(wrapped)).toBe(false);
    expect(await inFiles(CANARY)).toBe(false);
  });

  it('nobody and nothing belongs to it any more; others are as they were', async () => {
    expect(await shown('acme.>')).toEqual([]);
    expect(await shown('xanthus.directory.acme')).toEqual([]);
    expect(await code(logIn('carol@example.com', 'acme'))).toBe('LOGIN.NOT_A_MEMBER');
    expect((await logIn('carol@example.com')).tenant.id).toBe('rival');
    expect(await vps.getText('rival', 'server-1')).toBe('theirs');
    expect(await shown('xanthus.sessions.>')).toEqual(expect.not.arrayContaining([expect.stringContaining(anna.person), expect.stringContaining(bob)]));
  });

  it('persons who belonged to nothing else are forgotten: their address is free, their record unreadable', async () => {
    expect(await code(logIn('bob@example.com'))).toBe('LOGIN.REFUSED');
    expect(await readWith(new JetStreamEventStore(await t.as('auth'), 'auth'))(person, 'xanthus', bob)).toEqual({ status: 'unknown' });
    const again = await add('rival', 'bob');
    expect(again).not.toBe(bob);
    expect((await logIn('bob@example.com')).user.id).toBe(again);
    // what was destroyed of them was encrypted by the installation's key, which is on its way out
    const nc = await t.as('auth');
    const masters = await openMasterKeys({ file: t.files.masterKeyFile });
    const rotation = new DataKeyRotation({ nc, masters, handle, log: quiet, retireAfter: 0 });
    expect((await rotation.rings('xanthus')).rings).toContainEqual(expect.objectContaining({ service: 'auth', current: 2, older: [1] }));
    await rotation.tend();
    expect((await rotation.rings('xanthus')).rings).toContainEqual(expect.objectContaining({ service: 'auth', current: 2, older: [] }));
    expect((await logIn('carol@example.com')).tenant.id).toBe('rival');
  });

  it('nobody is known any more as who was forgotten, nor by a provider that is gone', async () => {
    expect(await shown('xanthus.identities.>')).toEqual([`xanthus.identities.${carol}.${known.carol}`]);
    const nc = await t.as('auth');
    const read = readWith(new JetStreamEventStore(nc, 'auth'));
    expect((await read(identity, 'xanthus', known.bob)).status).toBe('none');
    expect((await read(identity, 'xanthus', known.carolAtAcme)).status).toBe('none');
    expect((await read(identity, 'xanthus', known.carol)).status).toBe('linked');
    expect((await nc.request(`$JS.API.DIRECT.GET.KV_vault.${recordOfBob}`)).data.length).toBe(0);
  });

  it('cannot be undone, and its name is never free again', async () => {
    expect(await code(handle(tenant, context('xanthus', 'acme'), { type: 'CreateTenant', name: 'Acme again' }))).toBe('TENANT.SLUG_TAKEN');
    expect(await code(t.asService('launch', addMember, { tenant: 'acme', input: { email: 'dora@example.com', name: 'Dora', role: 'owner', password: PASSWORD } }))).toBe('TENANT.NOT_FOUND');
    expect(await code(t.asPerson(anna, keyRings, { tenant: 'acme', input: {} }))).toBe('DENIED');
  });

  it('everything else still folds', async () => {
    await t.restartAuth();
    expect((await t.service.ready()).ready).toBe(true);
    expect((await logIn('carol@example.com')).tenant.id).toBe('rival');
    expect(await vps.getText('rival', 'server-1')).toBe('theirs');
  });

  it('goes on where a crash interrupted it', async () => {
    const dora = await add('crashed', 'dora', 'owner');
    const erin = await add('crashed', 'erin');
    await handle(member, context('crashed', erin), { type: 'RemoveMember', granter: null, departure: null }); // out of the views before anything else was done for her
    await vps.put('crashed', 'server-1', CANARY);
    await handle(tenant, { ...context('xanthus', 'crashed'), actor: { kind: 'person', id: dora } }, { type: 'ForgetTenant' }); // and nothing more: auth died here
    const { receipt: found } = await eventually(() => t.asService('launch', tenantReceipt, { tenant: 'xanthus', id: 'crashed', input: {} }));
    expect(await checked(found)).toMatchObject({ tenant: 'crashed', requested_by: dora, persons: expect.arrayContaining([dora, erin]), keys: [{ service: 'vps', numbers: [1] }] });
    expect(await code(vps.get('crashed', 'server-1'))).toBe('KEY.DESTROYED');
    expect(await code(logIn('erin@example.com'))).toBe('LOGIN.REFUSED');
  });
});
