/** What happened to people, rights, keys and secrets, in words. Pure. */
import type { Words } from '../servers/history-words.js';
import type { HistoryRow } from '../servers/history.js';
import { KINDS, type SecuritySearch } from './security-search.js';

export const filterRows = (rows: readonly HistoryRow[], { q = '', kind }: SecuritySearch, actor: (row: HistoryRow) => string): readonly HistoryRow[] => {
  const wanted = q.trim().toLowerCase();
  const aggregates: readonly string[] | undefined = kind && KINDS[kind].aggregates;
  return rows.filter(row => (!aggregates || aggregates.includes(row.aggregate.name)) && (!wanted || [row.text, row.detail ?? '', row.type, actor(row)].some(t => t.toLowerCase().includes(wanted))));
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;
const pick = (words: Readonly<Record<string, string>>, value: unknown): string => words[text(value)] ?? text(value).replaceAll('_', ' ');

const KEY_ENDS = { revoked: 'Revoked by hand.', expired: 'It expired.', creator_removed: 'Who made it is no longer a member.', creator_narrowed: 'Who made it may no longer do as much.' };
const NOT_LET_IN = {
  email_not_verified: 'The address is not verified at the provider.', domain_not_allowed: 'The address is of another domain.', no_role: 'In no group that has a role.', not_invited: 'Nobody invited them.', foreign_identity: 'The identity is another person’s.',
  not_a_member: 'Not a member, and nobody may join this way.', user_unknown: 'The token does not say whose it is.', address_taken: 'The address belongs to another account.',
};
const BAD_LINK = { wrong_token: 'The link had been replaced.', expired: 'It was too late.', other_address: 'The invitation is for another address.' };

/** @param name of a person or program, by id */
export const securityWords = (name: (id: string) => string): Words => ({
  TenantCreated: d => ({ text: 'The organisation was made', detail: text(d['name']), tone: 'info' }),
  TenantRenamed: d => ({ text: `The organisation was renamed to ${text(d['name'])}`, tone: 'info' }),
  TenantExported: () => ({ text: 'Everything was exported', tone: 'warn' }),
  TenantForgotten: () => ({ text: 'The organisation is forgotten', tone: 'bad' }),
  TenantErased: () => ({ text: 'Its keys are destroyed', tone: 'bad' }),
  MemberAdded: (d, id) => ({ text: `${name(id)} became a member`, detail: `As ${text(d['role'])}`, tone: 'info' }),
  MemberRoleAssigned: (d, id) => ({ text: `${name(id)} is ${text(d['role'])} now`, tone: 'info' }),
  MemberLeft: (_, id) => ({ text: `${name(id)} left`, tone: 'warn' }),
  MemberRemoved: (_, id) => ({ text: `${name(id)} was removed`, detail: 'Their sessions here ended.', tone: 'bad' }),
  OwnerDeparting: d => ({ text: `${name(text(d['person']))} gives up being an owner`, tone: 'warn' }),
  InvitationCreated: d => ({ text: 'Somebody was invited', detail: `As ${text(d['role'])}`, tone: 'info' }),
  InvitationResent: () => ({ text: 'An invitation got a new link', tone: 'info' }),
  InvitationAccepted: d => ({ text: `${name(text(d['person']))} accepted an invitation`, tone: 'ok' }),
  InvitationRevoked: () => ({ text: 'An invitation was withdrawn', tone: 'warn' }),
  InvitationRefused: d => ({ text: 'An invitation was refused', detail: pick(BAD_LINK, d['reason']), tone: 'warn' }),
  RoleDefined: (d, id) => ({ text: `The role ${id} was defined`, detail: `${count(list(d['grants']).length, 'permission')}${text(d['description']) ? ` · ${text(d['description'])}` : ''}`, tone: 'info' }),
  RoleApplied: (_, id) => ({ text: `The role ${id} was applied to its members` }),
  RoleRemoved: (_, id) => ({ text: `The role ${id} was removed`, tone: 'warn' }),
  ResourceTagged: d => ({ text: `A ${text(d['aggregate'])} carries other tags`, detail: list(d['tags']).map(text).join(', ') || 'none' }),
  TagsApplied: d => ({ text: `The role ${text(d['role'])} follows the tags` }),
  CredentialCreated: d => ({ text: `Credential ${text(d['name'])} was made`, detail: `As ${text(d['role'])}`, tone: 'info' }),
  CredentialRevoked: (_, id) => ({ text: `${name(id)} was revoked`, tone: 'bad' }),
  ApiKeyCreated: d => ({ text: `API key ${text(d['name'])} was made`, detail: `As ${text(d['role'])}`, tone: 'info' }),
  ApiKeyUsed: (_, id) => ({ text: `${name(id)} was used` }),
  ApiKeyRevoked: (d, id) => ({ text: `${name(id)} was revoked`, detail: pick(KEY_ENDS, d['reason']), tone: 'bad' }),
  SecretPut: d => ({ text: `Secret ${text(d['name'])} was kept`, detail: `Fingerprint ${text(d['fingerprint'])}`, tone: 'info' }),
  SecretRotated: (d, id) => ({ text: `${name(id)} was replaced`, detail: `Fingerprint ${text(d['fingerprint'])}`, tone: 'info' }),
  SecretUsed: (d, id) => ({ text: `${name(id)} was handed to ${text(d['service'])}`, detail: `To ${text(d['reason'])}` }),
  SecretRemoved: (_, id) => ({ text: `${name(id)} was destroyed`, tone: 'bad' }),
  DataKeyMade: (d, id) => ({ text: `A new data key for ${id}`, detail: `Number ${String(d['number'] ?? '')}` }),
  DataKeysRetired: (d, id) => ({ text: `Old data keys of ${id} were destroyed`, detail: `Number ${list(d['numbers']).join(', ')}` }),
  OidcProviderDefined: (d, id) => ({ text: `Single sign-on ${text(d['label']) || id} was defined`, detail: text(d['issuer']), tone: 'info' }),
  OidcProviderRemoved: (_, id) => ({ text: `Single sign-on ${id} was removed`, tone: 'bad' }),
  OidcLoginRefused: (d, id) => ({ text: `Somebody from ${id} was not let in`, detail: pick(NOT_LET_IN, d['reason']), tone: 'warn' }),
  CloudflareLinked: d => ({ text: `Cloudflare account ${text(d['name'])} was linked`, tone: 'info' }),
  CloudflareConfigured: d => ({ text: 'Who may come in with a Cloudflare token was changed', detail: text(d['join_role']) ? `They become ${text(d['join_role'])}` : 'Nobody who is no member', tone: 'info' }),
  CloudflareChecked: d => (d['status'] === 'refused' ? { text: 'Cloudflare refuses the linked token', tone: 'bad' } : { text: 'What the Cloudflare token may do changed', tone: 'info' }),
  CloudflareHandedOver: d => ({ text: `The service ${text(d['service'])} was handed the Cloudflare token`, detail: text(d['reason']), tone: 'info' }),
  CloudflareUnlinked: () => ({ text: 'A Cloudflare account was unlinked', tone: 'bad' }),
  CloudflareImported: d => ({ text: `${count(list(d['taken']).length, 'secret')} of an older Xanthus ${list(d['taken']).length === 1 ? 'was' : 'were'} taken`, tone: 'info' }),
  CertificateRequestKept: d => ({ text: d['origin'] === 'made' ? 'A certificate request was made' : 'The certificate request of before is kept on' }),
  CloudflareLogInRefused: d => ({ text: 'Somebody with a Cloudflare token was not let in', detail: pick(NOT_LET_IN, d['reason']), tone: 'warn' }),
});
