import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { deviceName } from '../app/device-name.js';
import { hashPassword, verifyPassword } from './passwords.js';
import { normaliseEmail } from './persons.js';
import { refreshTokens } from './refresh-token.js';

describe('refresh tokens', () => {
  const tokens = refreshTokens(randomBytes(32));
  const session = '01jd3x8e2v5y9w4z7q6r1s0tss';
  it('tell their session and generation', () => {
    expect(tokens.read(tokens.make(session, 7))).toEqual({ session, generation: 7 });
  });
  it('of another key, changed, or of another form are none', () => {
    const token = tokens.make(session, 7);
    expect(refreshTokens(randomBytes(32)).read(token)).toBeUndefined();
    expect(tokens.read(token.replace('.7.', '.8.'))).toBeUndefined();
    for (const bad of ['', 'xr', `xr.${session}`, `${token}x`, `xr.${session}.-1.x`, `xr.x.1.${token.split('.')[3]}`]) expect(tokens.read(bad)).toBeUndefined();
  });
});

describe('passwords', () => {
  it('are kept as argon2id and verified', async () => {
    const stored = await hashPassword('correct horse battery');
    expect(stored).toMatch(/^\$argon2id\$/);
    expect(await verifyPassword(stored, 'correct horse battery')).toBe(true);
    expect(await verifyPassword(stored, 'wrong')).toBe(false);
  });
  it('of nobody are always wrong, the one of the decoy too', async () => {
    expect(await verifyPassword(undefined, 'nobody has this password')).toBe(false);
  });
});

it('addresses are compared without case', () => {
  expect(normaliseEmail(' Ada@Example.COM ')).toBe('ada@example.com');
});

it('a device is named by browser and system', () => {
  expect(deviceName('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36')).toBe('Chromium on Linux');
  expect(deviceName('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1 Version/18 Safari/605.1')).toBe('Safari on macOS');
  expect(deviceName('')).toBe('Unknown client');
});
