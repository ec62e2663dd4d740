import { describe, expect, it } from '@jest/globals';
import { addressKind, PUBLIC_ONLY, refuseAddress, resolveAddresses } from './address.js';

describe('addressKind', () => {
  it.each([
    ['192.0.2.10', 'public'], ['2001:db8::1', 'public'], ['172.32.0.1', 'public'],
    ['10.1.2.3', 'private'], ['172.16.0.1', 'private'], ['192.168.1.1', 'private'], ['100.64.0.1', 'private'], ['fd12::1', 'private'], ['::ffff:10.0.0.1', 'private'],
    ['127.0.0.1', 'loopback'], ['127.9.9.9', 'loopback'], ['::1', 'loopback'], ['::ffff:127.0.0.1', 'loopback'], ['::ffff:7f00:1', 'loopback'], ['0:0:0:0:0:ffff:127.0.0.1', 'loopback'],
    ['169.254.169.254', 'forbidden'], ['::ffff:169.254.169.254', 'forbidden'], ['fe80::1', 'forbidden'], ['fd00:ec2::254', 'forbidden'], ['100.100.100.200', 'forbidden'], ['0.0.0.0', 'forbidden'], ['::', 'forbidden'],
    ['224.0.0.1', 'forbidden'], ['255.255.255.255', 'forbidden'], ['64:ff9b::7f00:1', 'forbidden'], ['2002:7f00:1::', 'forbidden'], ['example', 'forbidden'],
  ] as const)('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });
});

describe('refuseAddress', () => {
  it('allows public ones only, unless told', () => {
    expect(refuseAddress(PUBLIC_ONLY, 'h', '192.0.2.1', 22)).toBeUndefined();
    expect(refuseAddress({ allow: [], setting: 'XANTHUS_SSH_ALLOW' }, 'h', '10.0.0.1', 22)).toMatch(/XANTHUS_SSH_ALLOW=private/);
    expect(refuseAddress(PUBLIC_ONLY, 'h', '10.0.0.1', 22)).toBe('10.0.0.1 is a private address.');
    expect(refuseAddress({ allow: ['private'] }, 'h', '10.0.0.1', 22)).toBeUndefined();
    expect(refuseAddress({ allow: ['private'] }, 'h', '127.0.0.1', 22)).toMatch(/loopback/);
  });

  it('never allows link-local and metadata', () => {
    expect(refuseAddress({ allow: ['private', 'loopback'] }, 'h', '169.254.169.254', 80)).toMatch(/metadata/);
  });

  it('allows the sandbox at its exact address and port', () => {
    const policy = { allow: [], endpoints: [{ host: '127.0.0.1', port: 2222 }] };
    expect(refuseAddress(policy, '127.0.0.1', '127.0.0.1', 2222)).toBeUndefined();
    expect(refuseAddress(policy, '127.0.0.1', '127.0.0.1', 22)).toMatch(/loopback/);
    expect(refuseAddress(policy, 'evil.example', '127.0.0.1', 2222)).toMatch(/loopback/);
  });

  it('allows what the operator configured by name at that port, but never metadata behind it', () => {
    const policy = { allow: [], configured: [{ host: 'idp.internal', port: 443 }] };
    expect(refuseAddress(policy, 'idp.internal', '10.0.0.7', 443)).toBeUndefined();
    expect(refuseAddress(policy, 'idp.internal', '10.0.0.7', 22)).toMatch(/private/);
    expect(refuseAddress(policy, 'evil.example', '10.0.0.7', 443)).toMatch(/private/);
    expect(refuseAddress(policy, 'idp.internal', '169.254.169.254', 443)).toMatch(/metadata/);
  });

  it('never allows our own ports on this machine', () => {
    const policy = { allow: ['loopback' as const], ownPorts: [4222] };
    expect(refuseAddress(policy, 'h', '127.0.0.1', 4222)).toMatch(/belongs to Xanthus/);
    expect(refuseAddress(policy, 'h', '192.0.2.1', 4222)).toBeUndefined();
  });
});

describe('resolveAddresses', () => {
  it('refuses a name when any of its addresses is refused', async () => {
    const lookup = async () => [{ address: '192.0.2.1' }, { address: '127.0.0.1' }];
    await expect(resolveAddresses('h.example', 22, PUBLIC_ONLY, lookup)).rejects.toMatchObject({ code: 'TARGET.ADDRESS_FORBIDDEN' });
  });

  it('asks once, so a name that changes its answer gains nothing', async () => {
    const answers = ['192.0.2.1', '127.0.0.1'];
    const lookup = async () => [{ address: answers.shift() ?? '' }];
    await expect(resolveAddresses('rebind.example', 22, PUBLIC_ONLY, lookup)).resolves.toEqual(['192.0.2.1']);
    expect(answers).toEqual(['127.0.0.1']);
  });

  it('says that a name cannot be resolved', async () => {
    const lookup = async () => { throw Object.assign(new Error('x'), { code: 'ENOTFOUND' }); };
    await expect(resolveAddresses('nowhere.example', 22, PUBLIC_ONLY, lookup)).rejects.toMatchObject({ code: 'TARGET.UNRESOLVED' });
  });
});
