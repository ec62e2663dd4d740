import type { Call } from '@xanthus/nest';
import { commandSubject, querySubject, type OutputOf } from '@xanthus/proto';
import type { prerequisites } from '@xanthus/proto/applications';
import type { ApplicationsContext } from '../applications.context.js';
import type { ServerPlace, ZonePlace } from './places.js';

type Answer = OutputOf<typeof prerequisites>;

const SERVER_SAYS: Readonly<Record<string, string>> = {
  connecting: 'It is being connected. Wait a moment.',
  unreachable: 'It does not answer. Look at it under Servers.',
  blocked: 'It has shown another host key than before. Look at it under Servers, and accept the key if it is the right one.',
  creating: 'It is being made. Wait until it is ready.',
  'setting-up': 'It is being set up. Wait until it is ready.',
  failed: 'Its making or set-up has failed. Look at it under Servers.',
  deleting: 'It is being deleted. Choose another one.',
  'removal-failed': 'It was to be deleted. Choose another one.',
};

/** Empty: nothing. Pure. */
export const missingOnServer = ({ status, k3s, helm, simulated }: Pick<ServerPlace, 'status' | 'k3s' | 'helm' | 'simulated'>): string => {
  const problem = SERVER_SAYS[status];
  if (problem !== undefined) return problem;
  if (!k3s && simulated) return 'This server to play with has no Kubernetes: nothing can be deployed on it. `npm start -- sandbox-kubernetes` where Xanthus runs gives it one.';
  if (!k3s) return 'It has no Kubernetes. Choose "Install K3s" on the server\'s page; that takes a few minutes.';
  return helm ? '' : 'It has no Helm. Choose "Install K3s" on the server\'s page once more: that installs it.';
};

export const missingOfZone = ({ status, domain }: Pick<ZonePlace, 'status' | 'domain'>): string => {
  if (status !== 'active') return `Cloudflare says that it is ${status}. Set its name servers at the registrar, and wait until it is active.`;
  switch (domain) {
    case 'configured': return '';
    case 'configuring': return 'It is being configured for applications. Wait a moment.';
    case 'failed': return 'Configuring it for applications has failed. Look at it under Domains.';
    default: return 'It is not configured for applications: visitors would be warned by their browsers. Configure it under Domains.';
  }
};

/** What somebody may neither see nor use is not named. */
export const prerequisitesOf = async (on: Pick<ApplicationsContext, 'places' | 'rights'>, { tenant, identity }: Pick<Call, 'tenant' | 'identity'>): Promise<Answer> => {
  const [servers, zones] = await Promise.all([on.places.servers(tenant), on.places.zones(tenant)]);
  const may = (subject: string): boolean => identity.kind === 'service' || on.rights.allows(tenant, identity.id, { what: 'command', subject });
  const mayMakeRecords = may(commandSubject({ tenant, service: 'dns', aggregate: 'plan', id: 'new', verb: 'make' }));
  return {
    servers: servers.flatMap(({ id, name, simulated, time_zone, ...server }) => {
      const mayWork = may(commandSubject({ tenant, service: 'vps', aggregate: 'server', id, verb: 'connect' }));
      if (!mayWork && !may(querySubject({ tenant, service: 'vps', question: 'view', view: 'servers', id }))) return [];
      const missing = mayWork ? missingOnServer({ ...server, simulated }) : 'You may not work on this server: that takes the permission vps.server.connect.';
      return [{ id, name, ready: missing === '', missing, simulated, time_zone }];
    }).toSorted(byName),
    zones: zones.flatMap(({ id, name, ...zone }) => {
      if (!mayMakeRecords && !may(querySubject({ tenant, service: 'dns', question: 'view', view: 'zones', id }))) return [];
      const missing = mayMakeRecords ? missingOfZone(zone) : 'You may not change records: that takes the permission dns.plan.make.';
      return [{ id, name, ready: missing === '', missing }];
    }).toSorted(byName),
  };
};
const byName = (a: { readonly name: string }, b: { readonly name: string }): number => a.name.localeCompare(b.name, 'en');
