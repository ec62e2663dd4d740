/** OpenID providers, identities and API keys as deciders. */
import { describe, expect, it } from '@jest/globals';
import { given, type CommandContext } from '@xanthus/kernel';
import { apiKey, LONGEST_LIFE, type ApiKeyEvent } from './api-key.js';
import { identity, type IdentityEvent } from './identity.js';
import { oidcProvider, type OidcProviderEvent, type ProviderDefinition } from './oidc-provider.js';

const NOW = '2026-11-21T08:00:00.000Z';
const at = (over: Partial<CommandContext> = {}): Partial<CommandContext> => ({ tenant: 'acme', id: 'main', now: NOW, ...over });
const later = (ms: number): string => new Date(Date.parse(NOW) + ms).toISOString();

describe('an API key', () => {
  const DATA = { name: 'Grafana', role: 'operator', secret_sha256: 'a'.repeat(64), expires_at: later(3_600_000) };
  const made: ApiKeyEvent = { type: 'ApiKeyCreated', data: DATA };
  const create = (over: object = {}) => ({ type: 'CreateApiKey', granter: 'admin', ...DATA, ...over }) as const;
  const key = apiKey.decider;

  it('is made once, with a role that its maker has, and an end within a year', () => {
    expect(given(key).when(create(), at()).then()).toEqual([made]);
    expect(given(key, [made]).when(create(), at()).refusal()).toBe('KEY.EXISTS');
    expect(given(key).when(create({ role: 'admin' }), at()).then()).toEqual([{ ...made, data: { ...DATA, role: 'admin' } }]);
    expect(given(key).when(create({ role: 'owner' }), at()).refusal()).toBe('ROLE.TOO_HIGH');
    expect(given(key).when(create({ granter: 'viewer' }), at()).refusal()).toBe('ROLE.TOO_HIGH');
    expect(given(key).when(create({ role: 'emperor' }), at()).refusal()).toBe('ROLE.NOT_FOUND');
    for (const expires_at of [NOW, later(-1), later(LONGEST_LIFE + 1)]) expect(given(key).when(create({ expires_at }), at()).refusal()).toBe('KEY.EXPIRY_INVALID');
  });

  it('is noted as used once a minute at most, and not when it is revoked', () => {
    expect(given(key, [made]).when({ type: 'NoteUse' }, at()).then()).toEqual([{ type: 'ApiKeyUsed', data: {} }]);
    expect(key.decide({ status: 'active', created_by: { kind: 'person', id: 'p' }, used_at: later(-59_000), ...DATA }, { type: 'NoteUse' }, at() as CommandContext)).toEqual([]);
    expect(key.decide({ status: 'active', created_by: { kind: 'person', id: 'p' }, used_at: later(-60_000), ...DATA }, { type: 'NoteUse' }, at() as CommandContext)).toHaveLength(1);
    expect(given(key, [made, { type: 'ApiKeyRevoked', data: { reason: 'revoked' } }]).when({ type: 'NoteUse' }, at()).refusal()).toBe('KEY.NOT_FOUND');
    expect(given(key).when({ type: 'NoteUse' }, at()).refusal()).toBe('KEY.NOT_FOUND');
  });

  it('is revoked once, by who may do as much', () => {
    const revoke = (granter: string | null) => ({ type: 'RevokeApiKey', reason: 'revoked', granter }) as const;
    expect(given(key, [made]).when(revoke('operator'), at()).then()).toEqual([{ type: 'ApiKeyRevoked', data: { reason: 'revoked' } }]);
    expect(given(key, [made]).when(revoke('viewer'), at()).refusal()).toBe('ROLE.TOO_HIGH');
    expect(given(key, [made, { type: 'ApiKeyRevoked', data: { reason: 'revoked' } }]).when(revoke(null), at()).then()).toEqual([]);
    expect(given(key).when(revoke(null), at()).refusal()).toBe('KEY.NOT_FOUND');
  });
});

describe('an identity', () => {
  const LINK = { person: '01jd3x8e2v5y9w4z7q6r1s0tcd', kind: 'oidc', tenant: 'acme', provider: 'main', secret: 'identity-x', joined: false } as const;
  const linked: IdentityEvent = { type: 'IdentityLinked', data: LINK };
  const other = '01jd3x8e2v5y9w4z7q6r1s0tce';
  const { decider } = identity;

  it('belongs to one person at most', () => {
    expect(given(decider).when({ type: 'LinkIdentity', ...LINK }, at()).then()).toEqual([linked]);
    expect(given(decider, [linked]).when({ type: 'LinkIdentity', ...LINK }, at()).then()).toEqual([]);
    expect(given(decider, [linked]).when({ type: 'LinkIdentity', ...LINK, person: other }, at()).refusal()).toBe('IDENTITY.TAKEN');
    expect(given(decider, [linked, { type: 'IdentityUnlinked', data: { reason: 'unlinked' } }]).when({ type: 'LinkIdentity', ...LINK, person: other }, at()).then()).toEqual([{ type: 'IdentityLinked', data: { ...LINK, person: other } }]);
  });

  it('is unlinked by its person', () => {
    expect(given(decider, [linked]).when({ type: 'UnlinkIdentity', person: LINK.person, reason: 'unlinked' }, at()).then()).toEqual([{ type: 'IdentityUnlinked', data: { reason: 'unlinked' } }]);
    expect(given(decider, [linked]).when({ type: 'UnlinkIdentity', person: other, reason: 'unlinked' }, at()).refusal()).toBe('IDENTITY.NOT_FOUND');
    expect(given(decider).when({ type: 'UnlinkIdentity', person: other, reason: 'unlinked' }, at()).refusal()).toBe('IDENTITY.NOT_FOUND');
  });
});

describe('an OpenID provider', () => {
  const DEFINITION: ProviderDefinition = {
    label: 'Acme', issuer: 'https://login.acme.example', client_id: 'xanthus', scopes: ['openid'], group_claim: 'groups', group_roles: [{ group: 'ops', role: 'operator' }], default_role: 'viewer', auto_join: true, email_domains: [],
    secret: 'oidc-main-1', secret_fingerprint: '9f86d081884c7d65',
  };
  const defined: OidcProviderEvent = { type: 'OidcProviderDefined', data: DEFINITION };
  const define = (definition: Partial<ProviderDefinition> = {}, over: object = {}) => ({ type: 'DefineProvider', granter: 'admin', plain_http: false, keeps_secret: false, definition: { ...DEFINITION, ...definition }, ...over }) as const;
  const { decider } = oidcProvider;

  it('is defined with roles that whoever defines it may hand out', () => {
    expect(given(decider).when(define(), at()).then()).toEqual([defined]);
    expect(given(decider).when(define({ group_roles: [{ group: 'x', role: 'owner' }] }), at()).refusal()).toBe('ROLE.TOO_HIGH');
    expect(given(decider).when(define({ default_role: 'owner' }), at()).refusal()).toBe('ROLE.TOO_HIGH');
    expect(given(decider).when(define({ default_role: 'emperor' }), at()).refusal()).toBe('ROLE.NOT_FOUND');
    expect(given(decider).when(define({ default_role: null, group_roles: [] }), at()).then()).toEqual([{ ...defined, data: { ...DEFINITION, default_role: null, group_roles: [] } }]);
  });

  it('has a name that fits an address, and an issuer by TLS unless the operator allows others', () => {
    for (const id of ['-', '1a', 'a.b', 'a'.repeat(32)]) expect(given(decider).when(define(), at({ id })).refusal()).toBe('OIDC.NAME_INVALID');
    for (const issuer of ['http://login.acme.example', 'https://u:p@login.acme.example', 'https://login.acme.example?x=1', 'https://login.acme.example#x']) expect(given(decider).when(define({ issuer }), at()).refusal()).toBe('OIDC.ISSUER_INVALID');
    expect(given(decider).when(define({ issuer: 'http://127.0.0.1:8080' }, { plain_http: true }), at()).then()).toEqual([{ ...defined, data: { ...DEFINITION, issuer: 'http://127.0.0.1:8080' } }]);
  });

  it('never sends the secret that is kept to another issuer', () => {
    expect(given(decider, [defined]).when(define({ issuer: 'https://evil.example' }, { keeps_secret: true }), at()).refusal()).toBe('OIDC.SECRET_NEEDED');
    expect(given(decider, [defined]).when(define({ label: 'New' }, { keeps_secret: true }), at()).then()).toEqual([{ ...defined, data: { ...DEFINITION, label: 'New' } }]);
    expect(given(decider, [defined]).when(define({ issuer: 'https://new.example', secret: 'oidc-main-2' }), at()).then()).toEqual([{ ...defined, data: { ...DEFINITION, issuer: 'https://new.example', secret: 'oidc-main-2' } }]);
  });

  it('is removed once, and can be defined again', () => {
    expect(given(decider, [defined]).when({ type: 'RemoveProvider' }, at()).then()).toEqual([{ type: 'OidcProviderRemoved', data: {} }]);
    expect(given(decider).when({ type: 'RemoveProvider' }, at()).refusal()).toBe('OIDC.NOT_FOUND');
    expect(given(decider, [defined, { type: 'OidcProviderRemoved', data: {} }]).when(define(), at()).then()).toEqual([defined]);
    expect(given(decider).when({ type: 'RefuseLogin', refused: { reason: 'no_role' } }, at()).then()).toEqual([]);
  });
});
