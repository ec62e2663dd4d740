import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ForgetReceipt } from '@xanthus/proto/auth';
import { keepFirstKey, putNewKeyFirst } from './master-key-file.js';
import { verifyReceipt } from './receipt.js';

let dir: string;
beforeAll(async () => { dir = await mkdtemp(join(tmpdir(), 'xanthus-cli-')); });
afterAll(() => rm(dir, { recursive: true }));

describe('the file of the master key', () => {
  it('holds the new key before the old one, then the new one only; cut off in between, it goes on with the same', async () => {
    const file = join(dir, 'master.key');
    await writeFile(file, 'old-key\n', { mode: 0o600 });
    expect(await putNewKeyFirst(file)).toBeDefined();
    const [fresh, old] = (await readFile(file, 'utf8')).trim().split('\n');
    expect(Buffer.from(fresh ?? '', 'base64url')).toHaveLength(32);
    expect(old).toBe('old-key');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await putNewKeyFirst(file)).toBeUndefined();
    await keepFirstKey(file);
    expect(await readFile(file, 'utf8')).toBe(`${fresh}\n`);
    await (await putNewKeyFirst(file))?.();
    expect(await readFile(file, 'utf8')).toBe(`${fresh}\n`);
    expect((await readdir(dir)).filter(name => name.startsWith('master.key.'))).toEqual([]);
  });
});

describe('a receipt', () => {
  const receipt: ForgetReceipt = {
    v: 1, iss: 'xanthus', tenant: 'acme', name: 'Acme', requested_at: '2026-11-21T08:00:00.000Z', requested_by: 'x', completed_at: '2026-11-21T08:00:01.000Z', keys: [{ service: 'auth', numbers: [1], sha256: 'ab' }],
    persons: [], members: 1, credentials: 0, secrets: 0, streams: { AUTH: 7 },
  };
  const pair = generateKeyPairSync('ed25519');
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'service:auth' };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = (header: object, payload: object, key = pair.privateKey): string => {
    const text = `${part(header)}.${part(payload)}`;
    return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
  };
  const HEADER = { alg: 'EdDSA', typ: 'xanthus-receipt+jws', kid: 'service:auth' };
  const check = async (text: string, keys: object = { keys: [jwk] }): Promise<ForgetReceipt> => {
    await writeFile(join(dir, 'receipt'), text);
    await writeFile(join(dir, 'key'), JSON.stringify(keys));
    return verifyReceipt(join(dir, 'receipt'), join(dir, 'key'));
  };

  it('is checked with two files and nothing that runs', async () => {
    const jws = signed(HEADER, receipt);
    expect(await check(jws)).toEqual(receipt);
    expect(await check(JSON.stringify({ receipt: jws, key: jwk }), { receipt_key: jwk })).toEqual(receipt);
    expect(await check(jws, jwk)).toEqual(receipt);
  });
  it.each([
    ['changed afterwards', signed(HEADER, receipt).replace(/\.[^.]+\./, `.${part({ ...receipt, tenant: 'other' })}.`), /signature does not fit/],
    ['signed by another key', signed(HEADER, receipt, generateKeyPairSync('ed25519').privateKey), /signature does not fit/],
    ['without an algorithm', signed({ ...HEADER, alg: 'none' }, receipt), /no receipt/],
    ['of another algorithm', signed({ ...HEADER, alg: 'HS256' }, receipt), /no receipt/],
    ['that is an identity of a service', signed({ ...HEADER, typ: 'JWT' }, receipt), /no receipt/],
    ['by a key that nobody knows', signed({ ...HEADER, kid: 'service:vps' }, receipt), /does not hold the key/],
    ['of something else', signed(HEADER, { v: 1 }), /no receipt of a tenant/],
    ['that is no JWS', 'hello', /no receipt/],
  ])('%s is refused', async (_what, jws, why) => {
    await expect(check(jws)).rejects.toThrow(why);
  });
});
