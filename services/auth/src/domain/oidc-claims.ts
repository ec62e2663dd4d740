/** What a provider says of somebody, and what follows from it. Pure. */
import type { LoginRefusal, ProviderDefinition } from './oidc-provider.js';

export type Claims = Readonly<Record<string, unknown>>;

/** Groups in a claim: a list, a single text, or an object whose keys they are (Zitadel's roles). Anything else is none. */
export const groupsOf = (claims: Claims, claim: string): readonly string[] => {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.filter(v => typeof v === 'string');
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
};

type Mapping = Pick<ProviderDefinition, 'group_claim' | 'group_roles' | 'default_role'>;

/** The role of the first line whose group the person is in, else the default role; null: none at all. */
export const roleOf = (provider: Mapping, claims: Claims): string | null => {
  const groups = new Set(groupsOf(claims, provider.group_claim));
  return provider.group_roles.find(line => groups.has(line.group))?.role ?? provider.default_role;
};

export interface Address { readonly email: string; readonly verified: boolean }

export const addressOf = (claims: Claims): Address | undefined => {
  const { email, email_verified } = claims;
  if (typeof email !== 'string' || email.length > 254 || !/^[^\s@]+@[^\s@]+$/.test(email)) return undefined;
  return { email, verified: email_verified === true };
};

export const nameOf = (claims: Claims): string => {
  const said = [claims['name'], claims['preferred_username'], claims['email']].find(v => typeof v === 'string' && v.trim() !== '');
  return typeof said === 'string' ? said.replaceAll(/\p{C}/gu, '').trim().slice(0, 100) : '';
};

/** May the address come in? Without a list of domains any may, and then it need not be one that is verified. */
export const domainRefusal = (domains: readonly string[], address: Address | undefined): LoginRefusal | undefined => {
  if (domains.length === 0) return undefined;
  if (address?.verified !== true) return 'email_not_verified';
  return domains.includes(address.email.slice(address.email.lastIndexOf('@') + 1).toLowerCase()) ? undefined : 'domain_not_allowed';
};

/** May somebody who is no member yet become one by this alone? */
export const joinRefusal = (provider: Pick<ProviderDefinition, 'auto_join'>, address: Address | undefined): LoginRefusal | undefined => {
  if (!provider.auto_join) return 'not_invited';
  return address?.verified === true ? undefined : 'email_not_verified';
};
