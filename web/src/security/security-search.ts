/** The address of the page of security events. Apart from the page, which is loaded when it is opened. Pure. */
import { t } from '../texts/text.js';

/** For the filter: which aggregates belong together in a person's mind. */
export const KINDS = {
  people: { label: t('People'), aggregates: ['member', 'invitation', 'ownership'] },
  rights: { label: t('Roles'), aggregates: ['role', 'resource'] },
  keys: { label: t('Keys'), aggregates: ['api-key', 'credential'] },
  secrets: { label: t('Secrets'), aggregates: ['secret', 'key-ring'] },
  sign_in: { label: t('Sign-in'), aggregates: ['oidc-provider', 'cloudflare-account'] },
  organisation: { label: t('Organisation'), aggregates: ['tenant'] },
} as const satisfies Record<string, { label: string; aggregates: readonly string[] }>;
export type Kind = keyof typeof KINDS;

export interface SecuritySearch { readonly q?: string; readonly kind?: Kind }

/** Unknown values in an address are left out, not an error. */
export const readSecuritySearch = ({ q, kind }: Record<string, unknown>): SecuritySearch => ({
  ...(typeof q === 'string' && q ? { q } : {}),
  ...(typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? { kind: kind as Kind } : {}),
});
