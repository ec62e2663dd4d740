/** What things are called now, from the live views: as far as one may see them. */
import { useMemo } from 'react';
import type { ApiKey, Application, Forward, Plan, ProviderAccount, Recording, Secret, Server, SshKey, TerminalSession, Zone } from '../contracts.js';
import { useClient, useRows } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { thingToken, type Thing } from './thing-link.js';

export interface ThingNames {
  /** `web-1`; undefined for what is not known, or no longer there. */
  name(thing: Thing): string | undefined;
  /** What it belongs to, where that is known: for `thingLink`. */
  within(thing: Thing): string | undefined;
}

type Named = readonly [service: string, aggregates: readonly string[], rows: ReadonlyMap<string, unknown>, name: (row: never) => string];

/** Names by token. Pure. */
const namesOf = (all: readonly Named[]): ReadonlyMap<string, string> => {
  const names = new Map<string, string>();
  for (const [service, aggregates, rows, name] of all) {
    for (const [id, row] of rows) for (const aggregate of aggregates) names.set(thingToken({ service, aggregate, id }), name(row as never));
  }
  return names;
};

export const useThingNames = (): ThingNames => {
  const { tenant } = useClient();
  const people = useNames();
  const { rows: servers } = useRows<Server>('vps', tenant, 'servers');
  const { rows: sshKeys } = useRows<SshKey>('vps', tenant, 'ssh-keys');
  const { rows: accounts } = useRows<ProviderAccount>('vps', tenant, 'providers');
  const { rows: applications } = useRows<Application>('applications', tenant, 'applications');
  const { rows: zones } = useRows<Zone>('dns', tenant, 'zones');
  const { rows: plans } = useRows<Plan>('dns', tenant, 'plans');
  const { rows: terminals } = useRows<TerminalSession>('terminals', tenant, 'sessions');
  const { rows: recordings } = useRows<Recording>('terminals', tenant, 'recordings');
  const { rows: forwards } = useRows<Forward>('terminals', tenant, 'forwards');
  const { rows: apiKeys } = useRows<ApiKey>('auth', tenant, 'api-keys');
  const { rows: secrets } = useRows<Secret>('auth', tenant, 'secrets');
  return useMemo(() => {
    const names = namesOf([
      ['vps', ['server', 'alert', 'provisioning', 'removal'], servers, (s: Server) => s.name],
      ['terminals', ['files'], servers, (s: Server) => s.name],
      ['vps', ['ssh-key'], sshKeys, (k: SshKey) => k.name],
      ['vps', ['provider'], accounts, (a: ProviderAccount) => a.name],
      ['applications', ['application'], applications, (a: Application) => a.name],
      ['applications', ['deployment'], new Map([...applications.values()].flatMap(a => (a.deployment ? [[a.deployment, a] as const] : []))), (a: Application) => a.name],
      ['dns', ['zone', 'domain', 'certificate'], zones, (z: Zone) => z.name],
      ['dns', ['plan'], plans, (p: Plan) => p.zone_name],
      ['terminals', ['session'], terminals, (s: TerminalSession) => s.title],
      ['terminals', ['recording'], recordings, (r: Recording) => r.title],
      ['terminals', ['forward'], forwards, (f: Forward) => f.title],
      ['auth', ['member', 'person', 'credential'], people, (name: string) => name],
      ['auth', ['api-key'], apiKeys, (k: ApiKey) => k.name],
      ['auth', ['secret'], secrets, (s: Secret) => s.name],
    ]);
    const deployed = new Map([...applications].flatMap(([id, a]) => (a.deployment ? [[a.deployment, id] as const] : [])));
    return {
      name: thing => names.get(thingToken(thing)) ?? (thing.service === 'auth' && thing.aggregate === 'role' ? thing.id : undefined),
      within: ({ service, aggregate, id }) => (service === 'dns' && aggregate === 'plan' ? plans.get(id)?.zone : service === 'applications' && aggregate === 'deployment' ? deployed.get(id) : undefined),
    };
  }, [people, servers, sshKeys, accounts, applications, zones, plans, terminals, recordings, forwards, apiKeys, secrets]);
};
