import { describe, expect, it } from '@jest/globals';
import { newRecoveryCodes, newTotpSecret, normaliseCode, recoveryHash, stepOf, totpUri } from './one-time-codes.js';

/** The secret of RFC 6238's appendix B ("12345678901234567890") and the last six digits of its SHA-1 codes. */
const RFC = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('codes of an authenticator app', () => {
  it.each([[59, '287082'], [1_111_111_109, '081804'], [1_111_111_111, '050471'], [1_234_567_890, '005924'], [2_000_000_000, '279037']])('are those of RFC 6238 at %i s', (seconds, code) => {
    expect(stepOf(RFC, code, seconds * 1_000)).toBe(Math.floor(seconds / 30));
  });
  it('of the step before and after count, of two away not; each is told its own step', () => {
    const at = 1_111_111_111_000;
    const step = Math.floor(at / 30_000);
    expect([-60, -30, 0, 30, 60].map(s => stepOf(RFC, '050471', at + s * 1_000))).toEqual([undefined, step, step, step, undefined]);
  });
  it.each(['', '05047', '0504711', 'abcdef', '05047a', ' 50471'])('%j is none', (code) => {
    expect(stepOf(RFC, code, 1_111_111_111_000)).toBeUndefined();
  });
  it('are read without the gaps that people type', () => {
    expect(normaliseCode('050 471')).toBe('050471');
  });
  it('come of 160 random bits that an app can be told', () => {
    const secret = newTotpSecret();
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.toBe(secret);
    const uri = new URL(totpUri(secret, 'ada@example.com'));
    expect([uri.protocol, uri.host, uri.searchParams.get('secret'), uri.searchParams.get('issuer'), uri.searchParams.get('digits'), uri.searchParams.get('period')]).toEqual(['otpauth:', 'totp', secret, 'Xanthus', '6', '30']);
  });
});

describe('recovery codes', () => {
  it('are ten, all different, and known again however they are typed', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) {
      expect(code).toMatch(/^[2-9a-hjkmnp-z]{4}(-[2-9a-hjkmnp-z]{4}){3}$/);
      expect(recoveryHash(code.toUpperCase().replaceAll('-', ' '))).toBe(recoveryHash(code));
    }
  });
});
