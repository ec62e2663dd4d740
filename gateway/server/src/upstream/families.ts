import { SERVICES, type ServiceContracts } from '@xanthus/proto';

/** What is asked, without tenant and id: `cmd.vps.server.adopt`, `qry.vps.sandbox`, `qry.vps.view.servers`, `qry.vps.view-at.servers`. */
export const kindOf = (subject: string): string => {
  const [kind, , service, what, id, verb] = subject.split('.');
  return kind === 'cmd' ? `cmd.${service}.${what}.${verb}` : `qry.${service}.${what}${verb === undefined ? '' : `.${id}`}`;
};

const FAMILIES: ReadonlySet<string> = new Set(Object.entries<ServiceContracts>(SERVICES).flatMap(([service, { commands, queries, views }]) => [
  ...Object.values(commands).map(c => `cmd.${service}.${c.aggregate}.${c.verb}`),
  ...Object.values(queries).map(q => `qry.${service}.${q.question}`),
  ...Object.values(views).flatMap(v => ['view', 'view-at', 'view-history'].map(question => `qry.${service}.${question}.${v.view}`)),
]));

/** As a label of a metric: what no contract names is `other`, so that nobody can make up labels. */
export const familyOf = (subject: string): string => {
  const kind = kindOf(subject);
  return FAMILIES.has(kind) ? kind : 'other';
};
