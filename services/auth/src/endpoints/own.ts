/** Two checks that a subject alone does not make: whoever administers a tenant may send every command under it. */
import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { INSTALLATION } from '@xanthus/proto';

/** What is asked before there is a person, or answers a refresh token: only the gateway, which keeps it from scripts. @throws Refusal DENIED */
export const gatewayOnly = ({ identity }: Call): void => {
  if (identity.kind !== 'service' || identity.id !== 'gateway') throw new Refusal('DENIED', 'Only the gateway may ask this.');
};

/** The person who asks, about themselves. @throws Refusal DENIED */
export const ownPerson = ({ identity, tenant, id }: Call): string => {
  if (identity.kind !== 'person' || tenant !== INSTALLATION || identity.id !== id) throw new Refusal('DENIED', 'This is for the person themselves.');
  return identity.id;
};

/** The person who asks, with the session that they ask in. @throws Refusal DENIED */
export const ownSession = ({ identity, tenant }: Call): { readonly person: string; readonly session: string } => {
  if (identity.kind !== 'person' || identity.session === undefined || tenant !== INSTALLATION) throw new Refusal('DENIED', 'This is for a person with a session.');
  return { person: identity.id, session: identity.session };
};
