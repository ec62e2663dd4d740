import { createHash, createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { kvGet, kvPut, provision, sharedDeclarations } from '@xanthus/jetstream';
import { IdentitySigner, IdentityVerifier, type Logger, type ServiceKey } from '@xanthus/nest';
import { startNats, type TestNats, readStored } from '@xanthus/testing';
import { encrypt } from './aead.js';
import { addKey, askToRenew, destroyDataKeys, dropOldKeys, eraseLeft, KEYS_BUCKET, listRings, masterKeyOf, masterKeysOf, moveOldKeys, openRing, openVault, remoteDataKeys, rewrap, rewrapRoots, rootKey, serveDataKeys, type MasterKeys, type Vault } from './index.js';

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Logger;
const key: ServiceKey = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'service:vps' };
const { d: _d, ...publicHalf } = key;

let nats: TestNats;
let nc: NatsConnection;
/** Changed by the specs as an operator changes the key file. */
let masters: MasterKeys;
const stops: (() => Promise<unknown>)[] = [];
const first = masterKeyOf(randomBytes(32));
const NOW = '2026-11-21T08:00:00.000Z';

/** A copy of the service with a memory and a connection of its own. */
const copy = async (): Promise<Vault> => {
  const own = await nats.connect();
  stops.push(() => own.close());
  return openVault(own, { service: 'vps', keys: remoteDataKeys(own, new IdentitySigner({ service: 'vps', key }), 'vps'), log: quiet });
};
const raw = async (name: string): Promise<Buffer> => Buffer.from((await kvGet<{ box: string }>(nc, 'vault', `acme.vps.${name}`))?.value?.box ?? '', 'base64');
const inFiles = async (what: string): Promise<boolean> => {
  for (const file of await readdir(nats.storeDir, { recursive: true, withFileTypes: true })) {
    if (file.isFile() && (await readStored(join(file.parentPath, file.name))).includes(what)) return true;
  }
  return false;
};

beforeAll(async () => {
  nats = await startNats();
  nc = await nats.connect();
  await provision(nc, [sharedDeclarations()], { replicas: 1 });
  const server = await nats.connect();
  const current: MasterKeys = { primary: () => masters.primary(), named: name => masters.named(name) };
  const { stop } = await serveDataKeys(server, { masters: current, verifier: new IdentityVerifier({ service: 'auth', jwks: { keys: [publicHalf] } }), log: quiet });
  stops.push(stop);
});
beforeEach(() => { masters = masterKeysOf(first); });
afterAll(async () => {
  for (const stop of stops) await stop();
  await nats.stop();
});

describe('a new data key', () => {
  it('is used for what is written, while every copy still reads everything', async () => {
    const [one, other] = [await copy(), await copy()];
    await one.put('acme', 'old', 'before');
    await other.get('acme', 'old'); // has the first key in memory
    expect((await raw('old')).subarray(0, 5)).toEqual(Buffer.from([2, 0, 0, 0, 1]));
    expect(await addKey(nc, masters, 'acme', 'vps', NOW)).toBe(2);
    await one.put('acme', 'from-memory', 'still the first');
    await (await copy()).put('acme', 'new', 'after');
    expect((await raw('new')).subarray(0, 5)).toEqual(Buffer.from([2, 0, 0, 0, 2]));
    expect(await other.getText('acme', 'new')).toBe('after'); // learns of the second one by meeting it
    for (const vault of [one, other]) expect(await Promise.all(['old', 'from-memory', 'new'].map(n => vault.getText('acme', n)))).toEqual(['before', 'still the first', 'after']);
  });

  it('takes over what the old ones closed, as often as asked, and then they are destroyed', async () => {
    const vault = await copy();
    const mark = await vault.fingerprint('acme', 'old');
    expect(await askToRenew(nc, 'vps', 'acme')).toEqual({ current: 2, left: 0 });
    expect(await askToRenew(nc, 'vps', 'acme')).toEqual({ current: 2, left: 0 });
    expect((await raw('old'))[4]).toBe(2);
    const before = await kvGet<{ wrapped: string }>(nc, KEYS_BUCKET, 'acme.vps');
    expect(await dropOldKeys(nc, masters, 'acme', 'vps', 2)).toEqual([1]);
    expect((await openRing(nc, masters, 'acme', 'vps')).keys.size).toBe(1);
    expect(await inFiles(before?.value?.wrapped ?? 'none')).toBe(false);
    const late = await copy();
    expect(await Promise.all(['old', 'from-memory', 'new'].map(n => late.getText('acme', n)))).toEqual(['before', 'still the first', 'after']);
    expect(await late.fingerprint('acme', 'old')).toBe(mark); // found again whatever the key
  });

  it('loses nothing that is written while values are moved', async () => {
    const vault = await copy();
    const names = Array.from({ length: 60 }, (_, i) => `busy-${i}`);
    await Promise.all(names.map(name => vault.put('acme', name, 'one')));
    await addKey(nc, masters, 'acme', 'vps', NOW);
    const writing = (async () => {
      for (const round of ['two', 'three', 'four']) for (const name of names) await vault.put('acme', name, round);
    })();
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await askToRenew(nc, 'vps', 'acme'));
    await writing;
    expect(answers.every(a => a !== undefined && a.left >= 0)).toBe(true);
    expect(await askToRenew(nc, 'vps', 'acme')).toMatchObject({ left: 0 });
    const late = await copy();
    expect(new Set(await Promise.all(names.map(n => late.getText('acme', n))))).toEqual(new Set(['four']));
    expect(new Set(await Promise.all(names.map(async n => (await raw(n))[4])))).toEqual(new Set([3]));
  });

  it('is not taken for the current one by who would drop the others too late', async () => {
    await addKey(nc, masters, 'acme', 'vps', NOW);
    expect(await dropOldKeys(nc, masters, 'acme', 'vps', 3)).toEqual([]);
    expect(await (await copy()).getText('acme', 'busy-1')).toBe('four');
  });
});

describe('a new master key', () => {
  it('takes everything over while services go on; then the old one opens nothing', async () => {
    const roots = [await rootKey(nc, masters, 'markers'), await rootKey(nc, masters, 'refresh-tokens')];
    const vault = await copy();
    await vault.put('rival', 'a', 'x');
    const fresh = masterKeyOf(randomBytes(32));
    masters = masterKeysOf(fresh, first);
    expect(await (await copy()).getText('rival', 'a')).toBe('x');
    await (await copy()).put('newcomer', 'a', 'under the new one');
    const rings = await listRings(nc);
    expect(rings.map(r => `${r.tenant}.${r.service}`).sort()).toEqual(['acme.vps', 'newcomer.vps', 'rival.vps', 'xanthus.vps']);
    expect(await Promise.all(rings.map(async r => [r.tenant, await rewrap(nc, masters, r)]))).toEqual(expect.arrayContaining([['acme', true], ['rival', true], ['newcomer', false]]));
    expect(await rewrapRoots(nc, masters)).toBe(2);
    expect((await listRings(nc)).every(r => r.master === fresh.name)).toBe(true);

    masters = masterKeysOf(fresh);
    expect(await (await copy()).getText('rival', 'a')).toBe('x');
    expect([await rootKey(nc, masters, 'markers'), await rootKey(nc, masters, 'refresh-tokens')]).toEqual(roots);
    await expect(openRing(nc, masterKeysOf(first), 'rival', 'vps')).rejects.toMatchObject({ code: 'KEY.OTHER_MASTER' });
    expect(await inFiles(first.name)).toBe(false); // what it had wrapped is not left in the files either
    masters = masterKeysOf(fresh, first);
    for (const ring of await listRings(nc)) await rewrap(nc, masterKeysOf(first, fresh), ring); // back, for the specs that follow
    await rewrapRoots(nc, masterKeysOf(first, fresh));
  });
});

describe('a data folder from before keys had numbers', () => {
  it('keeps its secrets, its marks and what was destroyed', async () => {
    const [bytes, dataKey] = [randomBytes(32), randomBytes(32)];
    const old = masterKeyOf(bytes);
    const wrapped = async (tenant: string): Promise<object> => ({ v: 1, master: old.name, wrapped: (await old.wrap(['xanthus.key.v1', tenant, 'vps'], dataKey)).toString('base64') });
    await provision(nc, [{ streams: [], buckets: [{ name: 'keys', description: 'as it was' }] }], { replicas: 1 });
    await kvPut(nc, 'keys', 'elder.vps', await wrapped('elder'));
    await kvPut(nc, 'keys', 'gone.vps', undefined);
    await kvPut(nc, 'vault', 'elder.vps.a', { v: 1, box: encrypt(dataKey, ['xanthus.vault.v1', 'elder', 'vps', 'a'], Buffer.from('long ago')).toString('base64') });
    masters = masterKeysOf(old, first);

    expect(await moveOldKeys(nc, KEYS_BUCKET)).toBe(2);
    expect(await moveOldKeys(nc, KEYS_BUCKET)).toBe(0);
    const vault = await copy();
    expect(await vault.getText('elder', 'a')).toBe('long ago');
    await expect(vault.get('gone', 'a')).rejects.toMatchObject({ code: 'VAULT.NOT_FOUND' });
    await expect(vault.put('gone', 'a', 'x')).rejects.toMatchObject({ code: 'KEY.DESTROYED' });
    expect((await openRing(nc, masters, 'elder', 'vps')).mark).toEqual(createHmac('sha256', dataKey).update('xanthus.marker.v1').digest());

    const [ring] = await listRings(nc, 'elder');
    expect(ring).toMatchObject({ first_form: true, numbers: [{ number: 1 }] });
    expect(await rewrap(nc, masters, ring!)).toBe(true);
    expect(await rewrap(nc, masters, ring!)).toBe(false);
    expect((await listRings(nc, 'elder'))[0]).toMatchObject({ first_form: false, numbers: [{ number: 1 }] });
    expect(await vault.getText('elder', 'a')).toBe('long ago');

    expect(await addKey(nc, masters, 'elder', 'vps', NOW)).toBe(2);
    expect(await askToRenew(nc, 'vps', 'elder')).toEqual({ current: 2, left: 0 });
    await dropOldKeys(nc, masters, 'elder', 'vps', 2);
    expect(await (await copy()).getText('elder', 'a')).toBe('long ago');
    expect((await openRing(nc, masters, 'elder', 'vps')).mark).toEqual(createHmac('sha256', dataKey).update('xanthus.marker.v1').digest());
  });
});

describe('what was replaced', () => {
  it('is erased by the next round where a crash left it', async () => {
    await (await copy()).put('halfway', 'a', 'x');
    const before = await kvGet<{ wrapped: string }>(nc, KEYS_BUCKET, 'halfway.vps');
    await kvPut(nc, KEYS_BUCKET, 'halfway.vps', { ...before?.value, wrapped: 'another' }, before?.revision);
    expect(await inFiles(before?.value?.wrapped ?? 'none')).toBe(true);
    expect(await eraseLeft(nc, KEYS_BUCKET)).toBe(1);
    expect(await eraseLeft(nc, KEYS_BUCKET)).toBe(0);
    expect(await inFiles(before?.value?.wrapped ?? 'none')).toBe(false);
  });
});

describe('destroyed keys', () => {
  it('are gone from memory, from the bucket and from the files of NATS', async () => {
    const vault = await copy();
    await vault.put('forgotten', 'a', 'x');
    const stored = (await kvGet<{ wrapped: string }>(nc, KEYS_BUCKET, 'forgotten.vps'))?.value?.wrapped ?? '';
    expect(await inFiles(stored)).toBe(true);
    expect(await destroyDataKeys(nc, 'forgotten', ['vps', 'dns'])).toEqual([{ service: 'vps', numbers: [1], sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(await destroyDataKeys(nc, 'forgotten', ['vps', 'dns'])).toEqual([{ service: 'vps', numbers: [1], sha256: createHash('sha256').update(Buffer.from(stored, 'base64')).digest('hex') }]);
    expect((await listRings(nc)).map(r => r.tenant)).not.toContain('forgotten');
    expect(await inFiles(stored)).toBe(false);
    expect(await askToRenew(nc, 'vps', 'forgotten')).toEqual({ current: 0, left: 0 });
    await expect(vault.get('forgotten', 'a')).rejects.toMatchObject({ code: 'KEY.DESTROYED' });
    await expect(vault.put('forgotten', 'b', 'x')).rejects.toMatchObject({ code: 'KEY.DESTROYED' });
    await expect(openRing(nc, masters, 'forgotten', 'dns')).rejects.toMatchObject({ code: 'KEY.DESTROYED' });
  });
});
