/** What the form of an OpenID provider holds, and what is sent. Pure. */
import type { InputOf } from '@xanthus/proto';
import type { defineOidcProvider, OidcProvider } from '../contracts.js';

export interface ProviderDraft {
  readonly name: string;
  readonly label: string;
  readonly issuer: string;
  readonly client_id: string;
  /** Empty: as it is. */
  readonly secret: string;
  readonly scopes: string;
  readonly group_claim: string;
  readonly group_roles: readonly { readonly group: string; readonly role: string }[];
  /** Empty: nobody without a group comes in. */
  readonly default_role: string;
  readonly auto_join: boolean;
  readonly email_domains: string;
}

export const toProviderDraft = (provider?: OidcProvider): ProviderDraft => ({
  name: provider?.name ?? '', label: provider?.label ?? '', issuer: provider?.issuer ?? '', client_id: provider?.client_id ?? '', secret: '',
  scopes: (provider?.scopes ?? ['openid', 'profile', 'email']).join(' '), group_claim: provider?.group_claim ?? 'groups', group_roles: provider?.group_roles ?? [],
  default_role: provider?.default_role ?? '', auto_join: provider?.auto_join ?? false, email_domains: (provider?.email_domains ?? []).join(', '),
});

const words = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);

export const toProviderInput = (draft: ProviderDraft): InputOf<typeof defineOidcProvider> => ({
  label: draft.label.trim(), issuer: draft.issuer.trim(), client_id: draft.client_id.trim(), ...(draft.secret ? { client_secret: draft.secret } : {}),
  scopes: words(draft.scopes), group_claim: draft.group_claim.trim(), group_roles: draft.group_roles.filter(g => g.group.trim()).map(g => ({ group: g.group.trim(), role: g.role })),
  default_role: draft.default_role || null, auto_join: draft.auto_join, email_domains: words(draft.email_domains.toLowerCase()),
});
