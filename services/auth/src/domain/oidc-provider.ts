/** An OpenID provider that a tenant trusts; the aggregate's id is its name. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents, oidcProviderName } from '@xanthus/proto/auth';
import { requireGrant, requireRole, type Granter } from './roles.js';
import { schemasOf } from './schemas.js';

const events = { OidcProviderDefined: authEvents.OidcProviderDefined, OidcProviderRemoved: authEvents.OidcProviderRemoved, OidcLoginRefused: authEvents.OidcLoginRefused };
export type OidcProviderEvent = EventOf<typeof events>;
export type ProviderDefinition = Extract<OidcProviderEvent, { type: 'OidcProviderDefined' }>['data'];
type Refused = Extract<OidcProviderEvent, { type: 'OidcLoginRefused' }>['data'];
export type LoginRefusal = Refused['reason'];

export type DefinedProvider = { readonly status: 'defined' } & ProviderDefinition;
export type OidcProviderState = { readonly status: 'none' } | DefinedProvider;
export type OidcProviderCommand =
  /** `keeps_secret`: the definition goes on with the secret that is there. `plain_http`: may the issuer be reached without TLS? For one on a machine that the operator allows. */
  | { readonly type: 'DefineProvider'; readonly granter: Granter; readonly plain_http: boolean; readonly keeps_secret: boolean; readonly definition: ProviderDefinition }
  | { readonly type: 'RemoveProvider' }
  | { readonly type: 'RefuseLogin'; readonly refused: Refused };

export const providerNotFound = () => new Refusal('OIDC.NOT_FOUND', 'There is no such provider.');

/** @returns what is wrong with the issuer's address */
const issuerFault = (issuer: string, plainHttp: boolean): string | undefined => {
  const url = new URL(issuer);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return 'An issuer is an address without user, query and fragment.';
  return url.protocol === 'https:' || plainHttp ? undefined : 'An issuer is reached by https.';
};

const decider: Decider<OidcProviderState, OidcProviderCommand, OidcProviderEvent> = {
  initialState: { status: 'none' },
  decide(state, command, context) {
    switch (command.type) {
      case 'DefineProvider': {
        const { definition, granter } = command;
        if (!oidcProviderName.safeParse(context.id).success) throw new Refusal('OIDC.NAME_INVALID', 'A provider\'s name has 1–31 small letters, digits and hyphens and begins with a letter.');
        // Else whoever may define providers could have the secret sent to an address of theirs.
        if (command.keeps_secret && state.status === 'defined' && state.secret !== null && state.issuer !== definition.issuer) throw new Refusal('OIDC.SECRET_NEEDED', 'Give the client secret again: the one that is kept belongs to the other issuer.');
        const fault = issuerFault(definition.issuer, command.plain_http);
        if (fault !== undefined) throw new Refusal('OIDC.ISSUER_INVALID', fault);
        for (const role of new Set([...definition.group_roles.map(g => g.role), ...(definition.default_role === null ? [] : [definition.default_role])])) {
          requireRole(role, granter);
          requireGrant(granter, role);
        }
        return [{ type: 'OidcProviderDefined', data: definition }];
      }
      case 'RemoveProvider':
        if (state.status === 'none') throw providerNotFound();
        return [{ type: 'OidcProviderRemoved', data: {} }];
      case 'RefuseLogin':
        return state.status === 'none' ? [] : [{ type: 'OidcLoginRefused', data: command.refused }];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'OidcProviderDefined': return { status: 'defined', ...event.data };
      case 'OidcProviderRemoved': return { status: 'none' };
      default: return state;
    }
  },
};

export const oidcProvider: AggregateType<OidcProviderState, OidcProviderCommand, OidcProviderEvent> = { service: 'auth', name: 'oidc-provider', decider, schemas: schemasOf(events), snapshot: { schema: 1, every: 100 } };
