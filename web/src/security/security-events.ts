/** What happened to people, rights, keys and secrets, in words. Pure. */
import type { Words } from '../servers/history-words.js';
import type { HistoryRow } from '../servers/history.js';
import { t } from '../texts/text.js';
import { KINDS, type SecuritySearch } from './security-search.js';

export const filterRows = (rows: readonly HistoryRow[], { q = '', kind }: SecuritySearch, actor: (row: HistoryRow) => string): readonly HistoryRow[] => {
  const wanted = q.trim().toLowerCase();
  const aggregates: readonly string[] | undefined = kind && KINDS[kind].aggregates;
  return rows.filter(row => (!aggregates || aggregates.includes(row.aggregate.name)) && (!wanted || [row.text, row.detail ?? '', row.type, actor(row)].some(part => part.toLowerCase().includes(wanted))));
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const pick = (words: Readonly<Record<string, string>>, value: unknown): string => words[text(value)] ?? text(value).replaceAll('_', ' ');

const KEY_ENDS = { revoked: t('Revoked by hand.'), expired: t('It expired.'), creator_removed: t('Who made it is no longer a member.'), creator_narrowed: t('Who made it may no longer do as much.') };
const NOT_LET_IN = {
  email_not_verified: t('The address is not verified at the provider.'), domain_not_allowed: t('The address is of another domain.'), no_role: t('In no group that has a role.'), not_invited: t('Nobody invited them.'), foreign_identity: t('The identity is another person’s.'),
  not_a_member: t('Not a member, and nobody may join this way.'), user_unknown: t('The token does not say whose it is.'), address_taken: t('The address belongs to another account.'),
};
const BAD_LINK = { wrong_token: t('The link had been replaced.'), expired: t('It was too late.'), other_address: t('The invitation is for another address.') };

/** @param name of a person or program, by id */
export const securityWords = (name: (id: string) => string): Words => ({
  TenantCreated: d => ({ text: t('The organisation was made'), detail: text(d['name']), tone: 'info' }),
  TenantRenamed: d => ({ text: t('The organisation was renamed to {text}', { text: text(d['name']) }), tone: 'info' }),
  TenantExported: () => ({ text: t('Everything was exported'), tone: 'warn' }),
  TenantForgotten: () => ({ text: t('The organisation is forgotten'), tone: 'bad' }),
  TenantErased: () => ({ text: t('Its keys are destroyed'), tone: 'bad' }),
  MemberAdded: (d, id) => ({ text: t('{name} became a member', { name: name(id) }), detail: t('As {text}', { text: text(d['role']) }), tone: 'info' }),
  MemberRoleAssigned: (d, id) => ({ text: t('{name} is {text} now', { name: name(id), text: text(d['role']) }), tone: 'info' }),
  MemberLeft: (_, id) => ({ text: t('{name} left', { name: name(id) }), tone: 'warn' }),
  MemberRemoved: (_, id) => ({ text: t('{name} was removed', { name: name(id) }), detail: t('Their sessions here ended.'), tone: 'bad' }),
  OwnerDeparting: d => ({ text: t('{name} gives up being an owner', { name: name(text(d['person'])) }), tone: 'warn' }),
  InvitationCreated: d => ({ text: t('Somebody was invited'), detail: t('As {text}', { text: text(d['role']) }), tone: 'info' }),
  InvitationResent: () => ({ text: t('An invitation got a new link'), tone: 'info' }),
  InvitationAccepted: d => ({ text: t('{name} accepted an invitation', { name: name(text(d['person'])) }), tone: 'ok' }),
  InvitationRevoked: () => ({ text: t('An invitation was withdrawn'), tone: 'warn' }),
  InvitationRefused: d => ({ text: t('An invitation was refused'), detail: pick(BAD_LINK, d['reason']), tone: 'warn' }),
  RoleDefined: (d, id) => ({ text: t('The role {id} was defined', { id }), detail: `${t('{count, plural, one {# permission} other {# permissions}}', { count: list(d['grants']).length })}${text(d['description']) ? ` · ${text(d['description'])}` : ''}`, tone: 'info' }),
  RoleApplied: (_, id) => ({ text: t('The role {id} was applied to its members', { id }) }),
  RoleRemoved: (_, id) => ({ text: t('The role {id} was removed', { id }), tone: 'warn' }),
  ResourceTagged: d => ({ text: t('A {text} carries other tags', { text: text(d['aggregate']) }), detail: list(d['tags']).map(text).join(', ') || t('none') }),
  TagsApplied: d => ({ text: t('The role {text} follows the tags', { text: text(d['role']) }) }),
  CredentialCreated: d => ({ text: t('Credential {text} was made', { text: text(d['name']) }), detail: t('As {text}', { text: text(d['role']) }), tone: 'info' }),
  CredentialRevoked: (_, id) => ({ text: t('{name} was revoked', { name: name(id) }), tone: 'bad' }),
  ApiKeyCreated: d => ({ text: t('API key {text} was made', { text: text(d['name']) }), detail: t('As {text}', { text: text(d['role']) }), tone: 'info' }),
  ApiKeyUsed: (_, id) => ({ text: t('{name} was used', { name: name(id) }) }),
  ApiKeyRevoked: (d, id) => ({ text: t('{name} was revoked', { name: name(id) }), detail: pick(KEY_ENDS, d['reason']), tone: 'bad' }),
  SecretPut: d => ({ text: t('Secret {text} was kept', { text: text(d['name']) }), detail: t('Fingerprint {text}', { text: text(d['fingerprint']) }), tone: 'info' }),
  SecretRotated: (d, id) => ({ text: t('{name} was replaced', { name: name(id) }), detail: t('Fingerprint {text}', { text: text(d['fingerprint']) }), tone: 'info' }),
  SecretUsed: (d, id) => ({ text: t('{name} was handed to {text}', { name: name(id), text: text(d['service']) }), detail: t('To {text}', { text: text(d['reason']) }) }),
  SecretRemoved: (_, id) => ({ text: t('{name} was destroyed', { name: name(id) }), tone: 'bad' }),
  DataKeyMade: (d, id) => ({ text: t('A new data key for {id}', { id }), detail: t('Number {d}', { d: String(d['number'] ?? '') }) }),
  DataKeysRetired: (d, id) => ({ text: t('Old data keys of {id} were destroyed', { id }), detail: t('Number {list}', { list: list(d['numbers']).join(', ') }) }),
  OidcProviderDefined: (d, id) => ({ text: t('Single sign-on {text} was defined', { text: text(d['label']) || id }), detail: text(d['issuer']), tone: 'info' }),
  OidcProviderRemoved: (_, id) => ({ text: t('Single sign-on {id} was removed', { id }), tone: 'bad' }),
  OidcLoginRefused: (d, id) => ({ text: t('Somebody from {id} was not let in', { id }), detail: pick(NOT_LET_IN, d['reason']), tone: 'warn' }),
  CloudflareLinked: d => ({ text: t('Cloudflare account {text} was linked', { text: text(d['name']) }), tone: 'info' }),
  CloudflareConfigured: d => ({ text: t('Who may come in with a Cloudflare token was changed'), detail: text(d['join_role']) ? t('They become {text}', { text: text(d['join_role']) }) : t('Nobody who is no member'), tone: 'info' }),
  CloudflareChecked: d => (d['status'] === 'refused' ? { text: t('Cloudflare refuses the linked token'), tone: 'bad' } : { text: t('What the Cloudflare token may do changed'), tone: 'info' }),
  CloudflareHandedOver: d => ({ text: t('The service {text} was handed the Cloudflare token', { text: text(d['service']) }), detail: text(d['reason']), tone: 'info' }),
  CloudflareUnlinked: () => ({ text: t('A Cloudflare account was unlinked'), tone: 'bad' }),
  CloudflareImported: d => ({ text: t('{n, plural, one {# secret of an older Xanthus was taken} other {# secrets of an older Xanthus were taken}}', { n: list(d['taken']).length }), tone: 'info' }),
  CertificateRequestKept: d => ({ text: d['origin'] === 'made' ? t('A certificate request was made') : t('The certificate request of before is kept on') }),
  CloudflareLogInRefused: d => ({ text: t('Somebody with a Cloudflare token was not let in'), detail: pick(NOT_LET_IN, d['reason']), tone: 'warn' }),
});
