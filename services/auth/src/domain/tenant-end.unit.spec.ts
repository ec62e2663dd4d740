import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { keyRing, masterKey } from './keys.js';
import { person, type PersonEvent } from './person.js';
import { tenant, type TenantEvent } from './tenant.js';

const created: TenantEvent = { type: 'TenantCreated', data: { name: 'Acme' } };
const forgotten: TenantEvent = { type: 'TenantForgotten', data: {} };
const at = { id: 'acme' };

describe('a tenant that is forgotten', () => {
  const gone = given(tenant.decider, [created, forgotten], at);

  it('is so once, and is no tenant from then on', () => {
    expect(given(tenant.decider, [created], at).when({ type: 'ForgetTenant' }).then()).toEqual([forgotten]);
    expect(gone.when({ type: 'ForgetTenant' }).then()).toEqual([]);
    expect(gone.when({ type: 'RenameTenant', name: 'x' }).refusal()).toBe('TENANT.NOT_FOUND');
    expect(gone.when({ type: 'ExportTenant' }).refusal()).toBe('TENANT.NOT_FOUND');
    expect(given(tenant.decider, [], at).when({ type: 'ForgetTenant' }).refusal()).toBe('TENANT.NOT_FOUND');
  });
  it('never gives its slug away again, nor comes back by an event that was late', () => {
    expect(gone.when({ type: 'CreateTenant', name: 'Acme again' }).refusal()).toBe('TENANT.SLUG_TAKEN');
    expect(given(tenant.decider, [created, forgotten, created], at).state()).toMatchObject({ status: 'forgotten', name: 'Acme' });
  });
  it('keeps the first receipt', () => {
    expect(gone.when({ type: 'NoteErased', receipt: 'a' }).state()).toMatchObject({ receipt: 'a' });
    expect(given(tenant.decider, [created, forgotten, { type: 'TenantErased', data: { receipt: 'a' } }], at).when({ type: 'NoteErased', receipt: 'b' }).then()).toEqual([]);
    expect(given(tenant.decider, [created], at).when({ type: 'NoteErased', receipt: 'a' }).then()).toEqual([]);
  });
});

describe('a person who is forgotten', () => {
  const registered: PersonEvent = { type: 'PersonRegistered', data: { secret: 'person-x', has_password: true } };
  it('is nobody from then on', () => {
    const after = given(person.decider, [registered, { type: 'PersonForgotten', data: { tenant: 'acme' } }]);
    expect(after.state()).toEqual({ status: 'unknown' });
    expect(after.when({ type: 'ForgetPerson', tenant: 'other' }).then()).toEqual([]);
    expect(given(person.decider, [registered]).when({ type: 'ForgetPerson', tenant: 'acme' }).then()).toEqual([{ type: 'PersonForgotten', data: { tenant: 'acme' } }]);
  });
});

describe('keys', () => {
  it('are told of once, and older ones only if they were there', () => {
    expect(given(keyRing.decider).when({ type: 'NoteKeyMade', number: 2 }).then()).toEqual([{ type: 'DataKeyMade', data: { number: 2 } }]);
    const two = given(keyRing.decider, [{ type: 'DataKeyMade', data: { number: 2 } }]);
    expect(two.when({ type: 'NoteKeyMade', number: 2 }).then()).toEqual([]);
    expect(two.when({ type: 'NoteKeysRetired', numbers: [1, 7] }).then()).toEqual([{ type: 'DataKeysRetired', data: { numbers: [1] } }]);
    expect(two.when({ type: 'NoteKeysRetired', numbers: [7] }).then()).toEqual([]);
    expect(given(masterKey.decider).when({ type: 'NoteMasterKeyReplaced', primary: 'a', rewrapped: 3 }).then()).toHaveLength(1);
    expect(given(masterKey.decider).when({ type: 'NoteMasterKeyReplaced', primary: 'a', rewrapped: 0 }).then()).toEqual([]);
  });
});
