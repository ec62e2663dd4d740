/** What Xanthus does at Cloudflare, and the permissions that it takes. Pure. */
import { CLOUDFLARE_FEATURES, type CloudflareFeature } from '@xanthus/proto/auth';

type Feature = CloudflareFeature['feature'];

interface Need {
  /** Name in the API (`permission_groups[].name`); a group to write includes the one to read. */
  readonly group: string;
  /** As the dashboard shows it. */
  readonly shown: string;
  /** For the dashboard's template address: key and type. */
  readonly key: string;
  readonly type: 'read' | 'edit';
}

const need = (group: string, shown: string, key: string, type: 'read' | 'edit'): Need => ({ group, shown, key, type });

/** Least first. What each takes, and what for. */
export const NEEDS: Readonly<Record<Feature, { readonly needs: readonly Need[]; readonly for: string }>> = {
  account: { for: 'to know which account the token belongs to', needs: [need('Account Settings Read', 'Account · Account Settings · Read', 'account_settings', 'read')] },
  storage: { for: 'to keep and find the settings of an older Xanthus', needs: [need('Workers KV Storage Write', 'Account · Workers KV Storage · Edit', 'workers_kv_storage', 'edit')] },
  zones: { for: 'to list your domains', needs: [need('Zone Read', 'Zone · Zone · Read', 'zone', 'read')] },
  dns: { for: 'to plan and apply DNS records', needs: [need('DNS Write', 'Zone · DNS · Edit', 'dns', 'edit')] },
  tls: { for: 'to issue origin certificates and set the TLS mode', needs: [need('SSL and Certificates Write', 'Zone · SSL and Certificates · Edit', 'ssl_and_certificates', 'edit'), need('Zone Settings Write', 'Zone · Zone Settings · Edit', 'zone_settings', 'edit')] },
  redirects: { for: 'to send www to the bare domain', needs: [need('Dynamic URL Redirects Write', 'Zone · Dynamic URL Redirects · Edit', 'dynamic_redirect', 'edit')] },
};

/** Without these nobody logs in. */
export const REQUIRED: readonly Feature[] = ['account', 'storage'];

/** From the names of the groups that a token's policies give. */
export const featuresOfGroups = (held: readonly string[]): CloudflareFeature[] => CLOUDFLARE_FEATURES.map(feature => {
  const missing = NEEDS[feature].needs.filter(n => !held.includes(n.group) && !(n.type === 'read' && held.includes(n.group.replace(/ Read$/, ' Write')))).map(n => n.shown);
  return { feature, ok: missing.length === 0, missing };
});

/** From single findings: true: may, false: may not, null: could not be found out. By name of the group; what was not looked at is null. */
export const featuresOfFindings = (found: Readonly<Record<string, boolean | null>>): CloudflareFeature[] => CLOUDFLARE_FEATURES.map(feature => {
  const all = NEEDS[feature].needs.map(n => ({ shown: n.shown, may: found[n.group] ?? null }));
  const missing = all.filter(n => n.may === false).map(n => n.shown);
  return { feature, ok: missing.length > 0 ? false : all.every(n => n.may === true) ? true : null, missing };
});

/** The dashboard's page for a new token with everything ticked. The address of a template: developers.cloudflare.com/fundamentals/api/how-to/account-owned-token-template */
export const TOKEN_PAGE = ((): string => {
  const groups = CLOUDFLARE_FEATURES.flatMap(f => NEEDS[f].needs).map(({ key, type }) => ({ key, type }));
  return `https://dash.cloudflare.com/profile/api-tokens?${new URLSearchParams({ permissionGroupKeys: JSON.stringify([...groups, { key: 'user_details', type: 'read' }]), accountId: '*', zoneId: 'all', name: 'Xanthus' }).toString()}`;
})();
