import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressOf, domainRefusal, groupsOf, joinRefusal, nameOf, roleOf } from './oidc-claims.js';

const MAPPING = { group_claim: 'groups', group_roles: [{ group: 'admins', role: 'admin' }, { group: 'ops', role: 'operator' }], default_role: null };

describe('groups', () => {
  it.each<[string, Record<string, unknown>, readonly string[]]>([
    ['a list', { groups: ['a', 'b'] }, ['a', 'b']], ['a single text', { groups: 'a' }, ['a']], ['an object (Zitadel)', { groups: { admins: { '123': 'acme.example' } } }, ['admins']],
    ['a list with other things', { groups: ['a', 1, null, { b: 1 }] }, ['a']], ['nothing', {}, []], ['null', { groups: null }, []], ['a number', { groups: 7 }, []],
  ])('are read from %s', (_form, claims, groups) => expect(groupsOf(claims, 'groups')).toEqual(groups));

  it('have any claim\'s name, but never one of every object', () => {
    expect(groupsOf({ 'urn:zitadel:iam:org:project:roles': { ops: {} } }, 'urn:zitadel:iam:org:project:roles')).toEqual(['ops']);
    for (const name of ['constructor', '__proto__', 'toString']) expect(groupsOf({}, name)).toEqual([]);
  });

  it('give the role of the first line that fits, else the default', () => {
    expect(roleOf(MAPPING, { groups: ['ops', 'admins'] })).toBe('admin');
    expect(roleOf(MAPPING, { groups: ['ops'] })).toBe('operator');
    expect(roleOf(MAPPING, { groups: ['OPS', 'op', 'ops ', ''] })).toBeNull();
    expect(roleOf({ ...MAPPING, default_role: 'viewer' }, {})).toBe('viewer');
  });
});

describe('an address', () => {
  it('is verified only where the provider says exactly that', () => {
    expect(addressOf({ email: 'a@acme.example', email_verified: true })).toEqual({ email: 'a@acme.example', verified: true });
    for (const email_verified of [undefined, false, 'true', 1, 'yes']) expect(addressOf({ email: 'a@acme.example', email_verified })?.verified).toBe(false);
    for (const email of [undefined, 7, '', 'a', '@', 'a@', '@b', 'a b@c', 'a@b@c', `${'a'.repeat(250)}@b.example`]) expect(addressOf({ email, email_verified: true })).toBeUndefined();
  });

  it('may come in from its domain, verified; without a list from everywhere', () => {
    const allowed = (email: string, verified = true) => domainRefusal(['acme.example'], { email, verified }) ?? 'allowed';
    expect(allowed('a@acme.example')).toBe('allowed');
    expect(allowed('a@ACME.Example')).toBe('allowed');
    expect(allowed('a@acme.example', false)).toBe('email_not_verified');
    for (const email of ['a@evil-acme.example', 'a@acme.example.evil.example', 'a@sub.acme.example', 'acme.example@evil.example']) expect(allowed(email)).toBe('domain_not_allowed');
    expect(domainRefusal(['acme.example'], undefined)).toBe('email_not_verified');
    expect(domainRefusal([], undefined)).toBeUndefined();
  });

  it('is needed, verified, to join by oneself', () => {
    expect(joinRefusal({ auto_join: false }, { email: 'a@b.example', verified: true })).toBe('not_invited');
    expect(joinRefusal({ auto_join: true }, { email: 'a@b.example', verified: false })).toBe('email_not_verified');
    expect(joinRefusal({ auto_join: true }, undefined)).toBe('email_not_verified');
    expect(joinRefusal({ auto_join: true }, { email: 'a@b.example', verified: true })).toBeUndefined();
  });
});

it('a name is plain and short, whatever a provider says', () => {
  expect(nameOf({ name: 'Ada', preferred_username: 'ada' })).toBe('Ada');
  expect(nameOf({ name: ' ', preferred_username: 'ada' })).toBe('ada');
  expect(nameOf({ email: 'ada@acme.example' })).toBe('ada@acme.example');
  expect(nameOf({ name: 'A\u202eda\n\u0000' })).toBe('Ada');
  fc.assert(fc.property(fc.anything(), (name) => {
    const shown = nameOf({ name });
    expect(shown.length).toBeLessThanOrEqual(100);
    expect(shown).not.toMatch(/\p{C}/u);
  }));
});
