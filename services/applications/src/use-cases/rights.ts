import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { commandSubject } from '@xanthus/proto';
import type { ApplicationsContext } from '../applications.context.js';

/** Where work takes place: whoever wants it needs more than the right to command applications. */
export interface WorkPlace { readonly server: string; /** Null: no record is touched. */ readonly zone: string | null }

/**
 * Applications reach servers and zones in their own name, so that the rights of whoever gave the command are looked at here.
 * @throws Refusal DENIED naming the permission that is missing
 */
export const mustBeAllowed = (on: Pick<ApplicationsContext, 'rights'>, { tenant, identity }: Pick<Call, 'tenant' | 'identity'>, { server, zone }: WorkPlace): void => {
  if (identity.kind === 'service') return;
  const needs = [
    { permission: 'vps.server.connect', subject: commandSubject({ tenant, service: 'vps', aggregate: 'server', id: server, verb: 'connect' }), to: 'work on this server' },
    ...(zone === null ? [] : [{ permission: 'dns.plan.make', subject: commandSubject({ tenant, service: 'dns', aggregate: 'plan', id: 'new', verb: 'make' }), to: 'change records of this domain' }]),
  ];
  for (const { permission, subject, to } of needs) {
    if (!on.rights.allows(tenant, identity.id, { what: 'command', subject })) throw new Refusal('DENIED', `You may not ${to}: that takes the permission ${permission}. Ask an administrator of your organisation.`, { permission });
  }
};
