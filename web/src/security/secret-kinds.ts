/** Kinds of secrets in words; a spec holds them against proto. Pure. */
import type { Secret } from '../contracts.js';

export const SECRET_KINDS: Readonly<Record<Secret['kind'], string>> = {
  'cloudflare-token': 'Cloudflare token', 'hetzner-token': 'Hetzner token', 'oci-token': 'Oracle Cloud token', 'registry-password': 'Registry password', generic: 'Anything else',
};
export const secretKindLabel = (kind: string): string => (SECRET_KINDS as Readonly<Record<string, string>>)[kind] ?? kind;
