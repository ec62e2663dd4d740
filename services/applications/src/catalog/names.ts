import { createHash } from 'node:crypto';
import type { CatalogEntry } from '@xanthus/proto/applications';
import { fill } from './placeholders.js';

/** Helm takes 53, but `<release>-<component>` of a StatefulSet must leave room for the hash that Kubernetes appends, in 63. */
const RELEASE_MAX = 42;

/** `sub.example.com`, or the domain itself where the subdomain is `@`. */
export const hostOf = (subdomain: string, domain: string): string => (subdomain === '@' ? domain : `${subdomain}.${domain}`);

/** `<subdomain>-<entry>`; longer than 42: its beginning and a hash of the whole. For the domain itself (`@`) its name stands there, with hyphens for dots. */
export const releaseNameOf = (subdomain: string, domain: string, entry: string): string => {
  const whole = `${(subdomain === '@' ? domain : subdomain).replaceAll('.', '-')}-${entry}`.replace(/^(?=[^a-z])/, 'x-');
  if (whole.length <= RELEASE_MAX) return whole;
  return `${whole.slice(0, RELEASE_MAX - 9).replace(/-+$/, '')}-${createHash('sha256').update(whole).digest('hex').slice(0, 8)}`;
};

/** The Kubernetes Secret with the entry's secrets and what a person gave as secret variables. */
export const secretNameOf = (release: string): string => `${release}-secrets`;
/** As the house has named it since ever: `example.com-tls`. */
export const tlsSecretOf = (domain: string): string => `${domain}-tls`;

export const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease', 'cert-manager', 'traefik']);

/** The namespace that the entry names. */
export const namespaceOf = (entry: CatalogEntry, names: { readonly SUBDOMAIN: string; readonly RELEASE_NAME: string }): string => fill(entry.helm_chart.namespace, { ...names }).replace(/^-+|-+$/g, '').slice(0, 63);
