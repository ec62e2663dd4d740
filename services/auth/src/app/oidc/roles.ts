/** The role that a provider's groups give, at each log-in and whenever the provider is asked again. */
import type { Logger } from '@xanthus/jetstream';
import { Refusal, type CommandContext } from '@xanthus/kernel';
import { member } from '../../domain/member.js';
import { roleOf, type Claims } from '../../domain/oidc-claims.js';
import { grantsOf, type Granter } from '../../domain/roles.js';
import type { ReadState } from '../handle.js';
import type { Members } from '../members.js';
import type { Roles } from '../roles.js';
import type { KnownProvider } from './providers.js';

export interface OidcRolesDeps { readonly read: ReadState; readonly members: Members; readonly roles: Roles; readonly log: Logger }

/** Of who is in no group any more. */
const NOTHING = 'guest';

export class OidcRoles {
  constructor(private readonly deps: OidcRolesDeps) {}

  granter(tenant: string): Promise<Exclude<Granter, string | null>> {
    return this.deps.roles.granter(tenant, null);
  }

  /** Gives the member the role of their groups. @returns the role, or null: none of the groups may log in, and the member may do nothing any more */
  async apply(context: CommandContext, { tenant, ref, settings }: KnownProvider, person: string, claims: Claims): Promise<string | null> {
    const { log, members, read, roles } = this.deps;
    const wanted = roleOf(settings, claims);
    const gone = wanted !== null && grantsOf(wanted, await roles.own(tenant)) === undefined;
    if (gone) log.warn({ provider: ref, role: wanted }, 'a group leads to a role that there is no more');
    const role = wanted === null || gone ? null : wanted;
    const before = await read(member, tenant, person);
    if (before.status !== 'member') return null;
    if (before.role !== (role ?? NOTHING)) {
      const as = { ...context, tenant, id: person, actor: { kind: 'system', id: 'oidc' }, command_id: `${context.command_id}-role` } as const;
      await members.assign(as, null, role ?? NOTHING).catch((error: unknown) => {
        if (!(error instanceof Refusal) || error.code !== 'MEMBER.LAST_OWNER') throw error;
        log.warn({ provider: ref, person }, 'the last owner keeps that role, whatever the groups say');
      });
    }
    return role;
  }
}
