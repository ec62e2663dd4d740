import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { deviceTokens } from './device-tokens.js';

const devices = deviceTokens(randomBytes(32));

describe('a device', () => {
  it('is known for the accounts that logged in on it, and stays the same device', () => {
    const ada = devices.with(undefined, 'ada');
    const both = devices.with(ada, 'bob');
    expect(devices.known(ada, 'ada')).toMatch(/^[0-9a-f]{32}$/);
    expect(devices.known(both, 'ada')).toBe(devices.known(ada, 'ada'));
    expect(devices.known(both, 'bob')).not.toBe(devices.known(both, 'ada'));
    expect(devices.with(both, 'ada')).toBe(both);
  });
  it('is not known for another account, by another key, or when a letter differs', () => {
    const ada = devices.with(undefined, 'ada');
    expect(devices.known(ada, 'eve')).toBeUndefined();
    expect(deviceTokens(randomBytes(32)).known(ada, 'ada')).toBeUndefined();
    expect(devices.known(`${ada.slice(0, 4)}${ada[4] === '0' ? '1' : '0'}${ada.slice(5)}`, 'ada')).toBeUndefined();
    for (const bad of [undefined, '', '~~~', 'x.y', `${ada}x`, 'a'.repeat(512)]) expect(devices.known(bad, 'ada')).toBeUndefined();
  });
  it('remembers the last four accounts, in a cookie of fewer than 512 characters', () => {
    let token: string | undefined;
    for (const who of ['a', 'b', 'c', 'd', 'e']) token = devices.with(token, who);
    expect(['a', 'b', 'c', 'd', 'e'].map(who => devices.known(token, who) !== undefined)).toEqual([false, true, true, true, true]);
    expect(token?.length).toBeLessThan(512);
  });
});
