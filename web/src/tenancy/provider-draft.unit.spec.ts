import { describe, expect, it } from '@jest/globals';
import { defineOidcProvider as contract, oidcProviderView } from '@xanthus/proto/auth';
import { toProviderDraft, toProviderInput } from './provider-draft.js';
import { callbackUrl } from './tenancy.data.js';

const provider = oidcProviderView.data.parse(oidcProviderView.example);

describe('the form of an OpenID provider', () => {
  it('sends what it was given, and no secret when none was typed', () => {
    const { name: _, secret_fingerprint: _f, changed_at: _a, changed_by: _b, ...settings } = provider;
    expect(toProviderInput(toProviderDraft(provider))).toEqual(settings);
  });
  it('sends what the contract takes, from what a person types', () => {
    const input = toProviderInput({ ...toProviderDraft(), label: ' Acme ', issuer: 'https://login.acme.example ', client_id: 'xanthus', secret: 's3cret', scopes: 'openid  email,groups', email_domains: 'Acme.example; b.example', group_roles: [{ group: ' ops ', role: 'operator' }, { group: '', role: 'viewer' }] });
    expect(contract.input.parse(input)).toMatchObject({ label: 'Acme', client_secret: 's3cret', scopes: ['openid', 'email', 'groups'], email_domains: ['acme.example', 'b.example'], group_roles: [{ group: 'ops', role: 'operator' }], default_role: null });
  });
  it('names the address to register', () => expect(callbackUrl('https://x.example', 'acme', 'main')).toBe('https://x.example/api/auth/oidc/acme.main/callback'));
});
