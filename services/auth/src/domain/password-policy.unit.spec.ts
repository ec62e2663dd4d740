import { describe, expect, it } from '@jest/globals';
import { passwordWeakness } from './password-policy.js';

const CONTEXT = ['ada.lovelace@example.com', 'Ada Lovelace', 'acme', 'Acme Ltd'];

describe('a password', () => {
  it.each([
    'elevenchars', 'aaaaaaaaaaaaaaaa', 'abababababababab', 'password1234', 'Passwort123456', 'qwertyuiop123', '123456789012', 'abcdefghijklmnop', 'adminadminadmin', 'letmein123456',
    'ada.lovelace@example.com', 'AdaLovelace1', 'acmeacmeacme1', 'xanthus12345', 'lovelace-acme-2',
  ])('%s is too weak, with a reason', password => {
    expect(passwordWeakness(password, CONTEXT)).toMatch(/\.$/);
  });
  it.each(['correct horse battery', 'Tr0ub4dor&3-plus', 'vlinder-kaas-fiets', 'ключ от квартиры где', 'kV9#mQ2$xL7!', 'f3a9c1e77b20d4'])('%s is strong enough', password => {
    expect(passwordWeakness(password, CONTEXT)).toBeUndefined();
  });
  it('says how long it must be', () => {
    expect(passwordWeakness('short', CONTEXT)).toBe('The password has 5 characters; at least 12 are needed.');
  });
});
