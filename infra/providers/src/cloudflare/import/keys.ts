/** What a key of an existing Xanthus namespace holds. Order matters: the first that fits. */
export const IMPORT_KINDS = [
  'certificate-request', 'certificate-request-part', 'hetzner-key', 'oci-token', 'domain-certificate', 'server', 'server-ssh-key', 'app-password', 'app-port-forwards', 'app', 'unknown',
] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export interface NamedKey { readonly key: string; readonly kind: ImportKind; /** Domain, server or application that the key is about. */ readonly about?: string }

const SHAPES: readonly (readonly [ImportKind, RegExp])[] = [
  ['certificate-request', /^config:ssl:csr$/],
  // an earlier layout kept both halves apart
  ['certificate-request-part', /^(?:csr|private_key)$/],
  ['hetzner-key', /^config:hetzner:api_key$/],
  ['oci-token', /^oci_token$/],
  ['domain-certificate', /^domain:([^:]+):ssl_config$/],
  ['server', /^vps:(-?\d+):config$/],
  ['server-ssh-key', /^vps:([^:]+):ssh$/],
  ['app-password', /^app:([^:]+):password$/],
  ['app-port-forwards', /^app:([^:]+):port-forwards$/],
  ['app', /^app:([^:]+)$/],
];

export const nameKey = (key: string): NamedKey => {
  for (const [kind, shape] of SHAPES) {
    const match = shape.exec(key);
    if (match) return { key, kind, ...(match[1] !== undefined && { about: match[1] }) };
  }
  return { key, kind: 'unknown' };
};
