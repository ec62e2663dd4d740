/** Whose row of which view it is: the thing that a row shows, for its page and its history. Pure. */
import type { Thing } from '../lib/thing-link.js';

/** View → aggregate, where they aren't the same word. What a row belongs to stands for it where it has no history of its own. */
const AGGREGATES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  vps: { servers: 'server', metrics: 'server', operations: 'server', setup: 'provisioning', alerts: 'alert', drift: 'drift', costs: 'server', providers: 'provider', 'ssh-keys': 'ssh-key' },
  applications: { applications: 'application', releases: 'application', deployments: 'deployment', plans: 'plan', drift: 'application', catalog: 'catalog-entry' },
  dns: { zones: 'zone', records: 'zone', drift: 'zone', plans: 'plan', domains: 'domain', certificates: 'certificate' },
  terminals: { sessions: 'session', recordings: 'recording', forwards: 'forward', 'file-rules': 'file-rule' },
  auth: {
    members: 'member', roles: 'role', credentials: 'credential', 'api-keys': 'api-key', invitations: 'invitation', sessions: 'session', secrets: 'secret', tenants: 'tenant',
    'oidc-providers': 'oidc-provider', 'cloudflare-accounts': 'cloudflare-account', identities: 'identity', profiles: 'person', preferences: 'preferences',
  },
  notifications: { channels: 'channel', notices: 'notice', deliveries: 'delivery' },
  audit: { chains: 'chain' },
};

/** Rows whose id begins with another: the second part is their own. */
const OWN_LAST = new Set(['applications.deployments', 'auth.sessions', 'auth.identities']);

export const rowThing = (service: string, view: string, id: string): Thing | undefined => {
  const views = Object.hasOwn(AGGREGATES, service) ? AGGREGATES[service] : undefined;
  const aggregate = views && Object.hasOwn(views, view) ? views[view] : undefined;
  if (!aggregate) return undefined;
  const parts = id.split('.');
  return { service, aggregate, id: (OWN_LAST.has(`${service}.${view}`) ? parts.at(-1) : parts[0]) ?? id };
};

/** What a row calls itself. */
export const rowName = (row: unknown, id: string): string => {
  const named = row as { readonly name?: unknown; readonly title?: unknown; readonly label?: unknown; readonly zone_name?: unknown; readonly hostnames?: unknown } | null;
  for (const name of [named?.name, named?.title, named?.label, named?.zone_name]) if (typeof name === 'string' && name !== '') return name;
  return id;
};
