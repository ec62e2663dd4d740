import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { commandSubject, ttySubject } from '@xanthus/proto';
import type { SessionRole } from '@xanthus/proto/terminals';
import type { TerminalsContext } from '../terminals.context.js';

type Rights = Pick<TerminalsContext, 'rights'>;

const workOn = (tenant: string, server: string) => ({ what: 'command', subject: commandSubject({ tenant, service: 'vps', aggregate: 'server', id: server, verb: 'connect' }) }) as const;

/** Terminals reach servers in their own name, so that the rights of whoever is in one are looked at here. */
export const mayWorkOn = ({ rights }: Rights, tenant: string, person: string, server: string): boolean => rights.allows(tenant, person, workOn(tenant, server));

/** What a person must have to be in a session: the server, and the right to watch; its owner the right to type too. Who types beside the owner is cut to watching by the gateway. */
export const mayBeIn = (on: Rights, tenant: string, { person, role }: { readonly person: string; readonly role: SessionRole }, { id, server }: { readonly id: string; readonly server: string }): boolean =>
  mayWorkOn(on, tenant, person, server) && on.rights.allows(tenant, person, { what: 'subject', subject: ttySubject(tenant, id, role === 'owner' ? 'in' : 'out') });

/** @throws Refusal DENIED naming the permission that is missing */
export const mustBeAllowed = (on: Rights, { tenant, identity }: Pick<Call, 'tenant' | 'identity'>, server: string): void => {
  if (identity.kind === 'service' || mayWorkOn(on, tenant, identity.id, server)) return;
  throw new Refusal('DENIED', 'You may not work on this server: that takes the permission vps.server.connect. Ask an administrator of your organisation.', { permission: 'vps.server.connect' });
};

/** Of somebody else, who is invited or gets the session. @throws Refusal SESSION.NO_MEMBER, SESSION.MAY_NOT */
export const mustBeAble = (on: Rights, tenant: string, invited: { readonly person: string; readonly role: SessionRole }, session: { readonly id: string; readonly server: string }): void => {
  if (on.rights.document(tenant, invited.person)?.principal.kind !== 'person') throw new Refusal('SESSION.NO_MEMBER', 'That is no member of this organisation.');
  if (!mayBeIn(on, tenant, invited, session)) throw mayNot('That member');
};
export const mayNot = (who: string): Refusal => new Refusal('SESSION.MAY_NOT', `${who} may not be in this session: that takes the permissions vps.server.connect on its server and terminals.session.read, and terminals.session.open for its owner.`);
