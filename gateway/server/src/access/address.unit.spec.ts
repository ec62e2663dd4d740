import { describe, expect, it } from '@jest/globals';
import { addressOf } from './address.js';

const from = (remoteAddress: string, forwarded?: string | string[], trusted: string[] = []): string | undefined =>
  addressOf({ socket: { remoteAddress }, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded as string } }, new Set(trusted));

describe('where a client is', () => {
  it('is the other end of the socket, whatever it says', () => {
    expect([from('203.0.113.9'), from('203.0.113.9', '198.51.100.1'), from('::ffff:203.0.113.9')]).toEqual(['203.0.113.9', '203.0.113.9', '203.0.113.9']);
  });
  it('is what a proxy of this machine, or a trusted one, saw last', () => {
    expect(from('127.0.0.1', '10.9.9.9, 203.0.113.9')).toBe('203.0.113.9');
    expect(from('::ffff:127.0.0.1', '203.0.113.9')).toBe('203.0.113.9');
    expect(from('10.0.0.1', '203.0.113.9', ['10.0.0.1'])).toBe('203.0.113.9');
    expect(from('10.0.0.1', undefined, ['10.0.0.1'])).toBe('10.0.0.1');
  });
  it('is nowhere for a program of this machine', () => {
    expect([from('127.0.0.1'), from('::1'), from('127.0.0.1', ' ')]).toEqual([undefined, undefined, undefined]);
  });
  it('is the network for IPv6', () => {
    expect(new Set([from('2001:db8:0:1::5'), from('2001:0DB8:0000:0001:ffff::1'), from('2001:db8::1:0:0:0:7')])).toEqual(new Set(['2001:db8:0:1::/64']));
    expect(from('2001:db8:0:2::5')).toBe('2001:db8:0:2::/64');
    expect(from('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  });
});
