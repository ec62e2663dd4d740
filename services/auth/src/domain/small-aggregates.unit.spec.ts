import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { person } from './person.js';
import { signingKey } from './signing-key.js';
import { tenant } from './tenant.js';

describe('a person', () => {
  const registered = { type: 'PersonRegistered', data: { secret: 'person-x', has_password: true } } as const;
  it('is registered once; the log has a reference to the vault only', () => {
    expect(given(person.decider).when({ type: 'RegisterPerson', secret: 'person-x' }).then()).toEqual([registered]);
    expect(given(person.decider, [registered]).when({ type: 'RegisterPerson', secret: 'person-x' }).refusal()).toBe('PERSON.EXISTS');
  });
  it('has refused log-ins on record; nobody has none', () => {
    expect(given(person.decider, [registered]).when({ type: 'RefuseLogin', reason: 'wrong_password' }).then()).toEqual([{ type: 'LoginRefused', data: { reason: 'wrong_password' } }]);
    expect(given(person.decider).when({ type: 'RefuseLogin', reason: 'wrong_password' }).then()).toEqual([]);
  });
});

describe('a tenant', () => {
  it('takes a free slug', () => {
    expect(given(tenant.decider, [], { id: 'acme' }).when({ type: 'CreateTenant', name: 'Acme' }).then()).toEqual([{ type: 'TenantCreated', data: { name: 'Acme' } }]);
  });
  it('takes neither a used slug nor one of ours', () => {
    expect(given(tenant.decider, [{ type: 'TenantCreated', data: { name: 'Acme' } }], { id: 'acme' }).when({ type: 'CreateTenant', name: 'Acme' }).refusal()).toBe('TENANT.SLUG_TAKEN');
    expect(given(tenant.decider, [], { id: 'xanthus' }).when({ type: 'CreateTenant', name: 'X' }).refusal()).toBe('TENANT.SLUG_TAKEN');
  });
});

describe('a signing key', () => {
  const made = { type: 'SigningKeyMade', data: { kid: '01jd3x8e2v5y9w4z7q6r1s0tcd', x: 'x', secret: 's' } } as const;
  it('is made and retired once', () => {
    expect(given(signingKey.decider).when({ type: 'MakeSigningKey', x: 'x', secret: 's' }).then()).toEqual([made]);
    expect(given(signingKey.decider, [made]).when({ type: 'MakeSigningKey', x: 'x', secret: 's' }).then()).toEqual([]);
    expect(given(signingKey.decider, [made]).when({ type: 'RetireSigningKey' }).then()).toEqual([{ type: 'SigningKeyRetired', data: {} }]);
    expect(given(signingKey.decider, [made, { type: 'SigningKeyRetired', data: {} }]).when({ type: 'RetireSigningKey' }).then()).toEqual([]);
  });
});
