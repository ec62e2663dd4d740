import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { generateKeyPair, parsePublicKey, publicKeyOf, readAuthRequest, signWithKey } from './index.js';

const field = (value: Buffer | string): Buffer => {
  const bytes = Buffer.from(value as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const KEY = Buffer.from('the key');
const request = (o: { session?: number; type?: number; user?: string; service?: string; method?: string; signed?: number; algorithm?: string; after?: string } = {}): Buffer => Buffer.concat([
  field(Buffer.alloc(o.session ?? 32)), Buffer.from([o.type ?? 50]), field(o.user ?? 'root'), field(o.service ?? 'ssh-connection'), field(o.method ?? 'publickey'), Buffer.from([o.signed ?? 1]), field(o.algorithm ?? 'ssh-ed25519'), field(KEY), Buffer.from(o.after ?? ''),
]);

describe('what is signed to log in', () => {
  it('is read', () => {
    expect(readAuthRequest(request())).toEqual({ user: 'root', algorithm: 'ssh-ed25519', publicKey: KEY.toString('base64') });
    expect(readAuthRequest(request({ session: 20, user: 'é', algorithm: 'rsa-sha2-512' }))).toMatchObject({ user: 'é', algorithm: 'rsa-sha2-512' });
  });

  it.each([{ session: 19 }, { session: 65 }, { type: 51 }, { service: 'ssh-userauth' }, { method: 'hostbased' }, { signed: 0 }, { after: 'x' }])('is nothing with %j', (o) => {
    expect(readAuthRequest(request(o))).toBeUndefined();
  });

  it('is nothing where it is cut, or any bytes', () => {
    const whole = request();
    for (let length = 0; length < whole.length; length += 1) expect(readAuthRequest(whole.subarray(0, length))).toBeUndefined();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => { expect(readAuthRequest(Buffer.from(bytes))).toBeUndefined(); }));
  });
});

describe('a signature', () => {
  it('is one of the key, by an algorithm that it has', () => {
    const { privateKey, publicKey } = generateKeyPair('x');
    const data = request();
    const made = signWithKey(data, 'ssh-ed25519', privateKey);
    const key = ssh2.utils.parseKey(publicKey) as ssh2.ParsedKey;
    expect(key.verify(data, made ?? Buffer.alloc(0))).toBe(true);
    expect(signWithKey(data, 'rsa-sha2-512', privateKey)).toBeUndefined();
    expect(signWithKey(data, '__proto__', privateKey)).toBeUndefined();
    expect(parsePublicKey(publicKey)?.publicKey.split(' ')[1]).toBe(publicKeyOf(privateKey).blob);
  });

  it('of RSA never is by SHA-1', () => {
    const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync('rsa', { bits: 2_048 });
    const key = ssh2.utils.parseKey(publicKey) as ssh2.ParsedKey;
    const data = request({ algorithm: 'rsa-sha2-256' });
    expect(signWithKey(data, 'ssh-rsa', privateKey)).toBeUndefined();
    expect(key.verify(data, signWithKey(data, 'rsa-sha2-256', privateKey) ?? Buffer.alloc(0), 'sha256')).toBe(true);
  });
});
