import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { credential, type CredentialEvent } from './credential.js';

const data = { name: 'billing', role: 'viewer', follow: ['VPS'], nkey: 'U1', account: 'A1' };
const created: CredentialEvent = { type: 'CredentialCreated', data };
const revoked: CredentialEvent = { type: 'CredentialRevoked', data: {} };

describe('a credential', () => {
  it('is made with public keys only', () => {
    expect(given(credential.decider).when({ type: 'CreateCredential', granter: 'admin', ...data }).then()).toEqual([created]);
  });
  it('follows only what its role may read', () => {
    expect(given(credential.decider).when({ type: 'CreateCredential', granter: 'owner', ...data, follow: ['VPS', 'AUTH'] }).refusal()).toBe('CREDENTIAL.CANNOT_FOLLOW');
    expect(given(credential.decider).when({ type: 'CreateCredential', granter: 'owner', ...data, role: 'guest' }).refusal()).toBe('CREDENTIAL.CANNOT_FOLLOW');
    expect(given(credential.decider).when({ type: 'CreateCredential', granter: 'owner', ...data, role: 'admin', follow: ['VPS', 'AUTH'] }).refusal()).toBeUndefined();
  });
  it('has no more rights than whoever makes it', () => {
    expect(given(credential.decider).when({ type: 'CreateCredential', granter: 'viewer', ...data, role: 'operator' }).refusal()).toBe('ROLE.TOO_HIGH');
  });
  it('is made once', () => {
    expect(given(credential.decider, [created]).when({ type: 'CreateCredential', granter: 'owner', ...data }).refusal()).toBe('CREDENTIAL.NAME_TAKEN');
  });
  it('is revoked once and for good', () => {
    expect(given(credential.decider, [created]).when({ type: 'RevokeCredential' }).then()).toEqual([revoked]);
    expect(given(credential.decider, [created, revoked]).when({ type: 'RevokeCredential' }).then()).toEqual([]);
    expect(given(credential.decider).when({ type: 'RevokeCredential' }).refusal()).toBe('CREDENTIAL.NOT_FOUND');
    expect(given(credential.decider, [created, revoked]).state()).toEqual({ status: 'revoked', ...data });
  });
});
