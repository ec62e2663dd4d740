/** Kinds of secrets in words; a spec holds them against proto. Pure. */
import type { Secret } from '../contracts.js';
import { t } from '../texts/text.js';

export const SECRET_KINDS: Readonly<Record<Secret['kind'], string>> = {
  'cloudflare-token': t('Cloudflare token'), 'hetzner-token': t('Hetzner token'), 'oci-token': t('Oracle Cloud token'), 'registry-password': t('Registry password'), generic: t('Anything else'),
};
export const secretKindLabel = (kind: string): string => (SECRET_KINDS as Readonly<Record<string, string>>)[kind] ?? kind;
