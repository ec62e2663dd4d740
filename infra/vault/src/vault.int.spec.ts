import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { provision, sharedDeclarations } from '@xanthus/jetstream';
import { IdentitySigner, IdentityVerifier, type Logger, type ServiceKey } from '@xanthus/nest';
import { startNats, type TestNats, readStored } from '@xanthus/testing';
import { destroyDataKeys, localDataKeys, masterKeyOf, masterKeysOf, openVault, remoteDataKeys, serveDataKeys, type DataKeys, type Vault } from './index.js';
import { showsClear } from './vault.js';

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Logger;
const keyFor = (service: string): ServiceKey => ({ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: `service:${service}` });
const services = { vps: keyFor('vps'), dns: keyFor('dns') };
const jwks = { keys: Object.values(services).map(({ d: _d, ...open }) => open) };
const masterKey = randomBytes(32);
const masters = masterKeysOf(masterKeyOf(masterKey));

let nats: TestNats;
let nc: NatsConnection;
let stop: () => Promise<void>;
const vaultOf = (service: keyof typeof services): Promise<Vault> =>
  openVault(nc, { service, keys: remoteDataKeys(nc, new IdentitySigner({ service, key: services[service] }), service), log: quiet });
const raw = async (key: string): Promise<string> => (await nc.request(`$JS.API.DIRECT.GET.KV_vault.$KV.vault.${key}`)).string();
const move = async (from: string, to: string): Promise<void> => {
  await nc.request(`$KV.vault.${to}`, await raw(from));
};

beforeAll(async () => {
  nats = await startNats();
  nc = await nats.connect();
  await provision(nc, [sharedDeclarations()], { replicas: 1 });
  ({ stop } = await serveDataKeys(nc, { masters, verifier: new IdentityVerifier({ service: 'auth', jwks }), log: quiet }));
});
afterAll(async () => {
  await stop();
  await nats.stop();
});

describe('the vault', () => {
  it('gives back what was put, in another process too', async () => {
    const vault = await vaultOf('vps');
    await vault.put('acme', 'server-1', 'pä$$word');
    expect(await (await vaultOf('vps')).getText('acme', 'server-1')).toBe('pä$$word');
    await vault.put('acme', 'bytes', new Uint8Array([0, 255, 1]));
    expect([...await vault.get('acme', 'bytes')]).toEqual([0, 255, 1]);
  });

  it('opens nothing that was moved to another name, tenant or service', async () => {
    const vault = await vaultOf('vps');
    const dns = await vaultOf('dns');
    await vault.put('acme', 'token', 'canary-4711');
    await vault.put('rival', 'own', 'x');
    await move('acme.vps.token', 'acme.vps.other');
    await move('acme.vps.token', 'rival.vps.token');
    await move('acme.vps.token', 'acme.dns.token');
    await expect(vault.get('acme', 'other')).rejects.toMatchObject({ code: 'VAULT.UNREADABLE' });
    await expect(vault.get('rival', 'token')).rejects.toMatchObject({ code: 'VAULT.UNREADABLE' });
    await expect(dns.get('acme', 'token')).rejects.toMatchObject({ code: 'VAULT.UNREADABLE' });
  });

  it('opens nothing that was changed', async () => {
    const vault = await vaultOf('vps');
    await vault.put('acme', 'changed', 'value');
    const stored = JSON.parse(await raw('acme.vps.changed')) as { v: 1; box: string };
    const box = Buffer.from(stored.box, 'base64');
    box[box.length - 1] = (box.at(-1) ?? 0) ^ 1;
    await nc.request('$KV.vault.acme.vps.changed', JSON.stringify({ ...stored, box: box.toString('base64') }));
    await expect(vault.get('acme', 'changed')).rejects.toMatchObject({ code: 'VAULT.UNREADABLE' });
  });

  it('leaves no clear text in the bucket or in the files of NATS', async () => {
    const vault = await vaultOf('vps');
    const canary = `canary-${randomBytes(12).toString('hex')}`;
    await vault.put('acme', 'canary', canary);
    expect(await raw('acme.vps.canary')).not.toContain(canary);
    const files = await readdir(nats.storeDir, { recursive: true, withFileTypes: true });
    for (const file of files.filter(f => f.isFile())) {
      const bytes = await readStored(join(file.parentPath, file.name));
      expect(bytes.includes(canary)).toBe(false);
      expect(bytes.includes(masterKey)).toBe(false);
    }
  });

  it('destroys a secret', async () => {
    const vault = await vaultOf('vps');
    await vault.put('acme', 'gone', 'x');
    await vault.destroy('acme', 'gone');
    await vault.destroy('acme', 'never-was');
    await expect(vault.get('acme', 'gone')).rejects.toMatchObject({ code: 'VAULT.NOT_FOUND' });
  });

  it('tells same from different by a fingerprint that does not show the value', async () => {
    const vault = await vaultOf('vps');
    await vault.put('acme', 'a', 'same');
    await vault.put('acme', 'b', 'same');
    await vault.put('acme', 'c', 'other');
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(n => vault.fingerprint('acme', n)));
    expect(a).toMatch(/^[0-9a-f]{16}$/);
    expect(a).toBe(b);
    expect(a).not.toBe(c);
    await vault.put('rival', 'a', 'same');
    expect(await vault.fingerprint('rival', 'a')).not.toBe(a);
  });

  it('refuses names that are no tokens', async () => {
    const vault = await vaultOf('vps');
    await expect(vault.put('acme', 'a.b', 'x')).rejects.toThrow(TypeError);
    await expect(vault.put('acme.vps', 'x', 'x')).rejects.toThrow(TypeError);
  });

  it('does not start without its key', async () => {
    const broken: DataKeys = { get: async () => { throw new Error('no key'); }, forget() {} };
    await expect(openVault(nc, { service: 'vps', keys: broken, log: quiet })).rejects.toThrow('no key');
  });
});

describe('the self-test', () => {
  it('knows a clear secret in what is stored', () => {
    const secret = 'canary-4711';
    expect(showsClear(JSON.stringify({ v: 1, box: Buffer.from(`xx${secret}`).toString('base64') }), secret)).toBe(true);
    expect(showsClear(JSON.stringify({ v: 1, box: secret }), secret)).toBe(true);
    expect(showsClear(JSON.stringify({ v: 1, box: randomBytes(64).toString('base64') }), secret)).toBe(false);
  });

  it('passes when many copies start at once, and leaves a bounded trace', async () => {
    await Promise.all(Array.from({ length: 6 }, () => vaultOf('vps')));
    const info = (await nc.request('$JS.API.STREAM.INFO.KV_vault', JSON.stringify({ subjects_filter: '$KV.vault.xanthus.vps.>' }))).json<{ state: { subjects: Record<string, number> } }>();
    expect(Object.keys(info.state.subjects).length).toBeLessThanOrEqual(64);
  });
});

describe('the data keys', () => {
  const request = async (subject: string, token: string): Promise<{ error?: { code: string }; box?: string }> => {
    const h = headers();
    h.set('Xanthus-Identity', token);
    return (await nc.request(subject, '{}', { headers: h, timeout: 30_000 })).json();
  };
  const sign = (service: keyof typeof services, more: { aud?: string; seal?: string } = {}): Promise<string> =>
    new IdentitySigner({ service, key: services[service] }).sign({ sub: `service:${service}`, kind: 'service', tenant: 'acme', aud: 'auth', ...more });
  const someKey = 'A'.repeat(42) + 'E';

  it('are handed to the service itself only, and sealed', async () => {
    expect(await request('key.vps.unwrap', await sign('dns', { seal: someKey }))).toMatchObject({ error: { code: 'DENIED' } });
    expect(await request('key.vps.unwrap', await sign('vps'))).toMatchObject({ error: { code: 'DENIED' } });
    expect(await request('key.vps.unwrap', await sign('vps', { seal: someKey, aud: 'dns' }))).toMatchObject({ error: { code: 'DENIED' } });
    expect(await request('key.vps.unwrap', 'nonsense')).toMatchObject({ error: { code: 'DENIED' } });
  });

  it('differ by tenant and service, and are the same for every copy', async () => {
    const keysOf = (service: keyof typeof services): DataKeys => remoteDataKeys(nc, new IdentitySigner({ service, key: services[service] }), service);
    const [first, again] = await Promise.all([keysOf('vps').get('fresh-tenant'), keysOf('vps').get('fresh-tenant')]);
    expect(first).toEqual(again);
    expect(await keysOf('dns').get('fresh-tenant')).not.toEqual(first);
    expect(await keysOf('vps').get('other-tenant')).not.toEqual(first);
    expect(await localDataKeys(nc, { service: 'vps', masters }).get('fresh-tenant')).toEqual(first);
  });

  it('are refused under another master key, and weak ones at the door', async () => {
    await localDataKeys(nc, { service: 'vps', masters }).get('acme');
    await expect(localDataKeys(nc, { service: 'vps', masters: masterKeysOf(masterKeyOf(randomBytes(32))) }).get('acme')).rejects.toMatchObject({ code: 'KEY.OTHER_MASTER' });
    expect(() => masterKeyOf(Buffer.from('short'))).toThrow(/32/);
    expect(() => masterKeyOf(Buffer.alloc(32))).toThrow(/random/);
  });

  it('once destroyed make a tenant unreadable for good', async () => {
    const vault = await vaultOf('vps');
    await vault.put('forgotten', 'a', 'x');
    await destroyDataKeys(nc, 'forgotten', ['vps', 'dns']);
    await expect((await vaultOf('vps')).get('forgotten', 'a')).rejects.toMatchObject({ code: 'KEY.DESTROYED' });
  });
});
