/** The tenant's own roles, and what carries a tag. */
import type { Views } from '@xanthus/jetstream';
import { Refusal, writtenBy, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION, type DataOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { defineRole, invitationView, roleView, tagResource } from '@xanthus/proto/auth';
import { resource } from '../domain/resource.js';
import { role, slicesOf } from '../domain/role.js';
import type { Granter, OwnRoles } from '../domain/roles.js';
import { holdersKey, type Ids } from '../views/capabilities.js';
import type { Handle } from './handle.js';

const VIEW_PATIENCE = 2_000;

export interface RolesDeps { readonly handle: Handle; readonly views: Views }

/** Tags of one service that a role is narrowed to. */
const tagsIn = (grants: OwnRoles[string], service: string): string[] => grants.filter(g => g.permission.startsWith(`${service}.`) && g.resources.startsWith('tag:')).map(g => g.resources.slice(4));

export class Roles {
  constructor(private readonly deps: RolesDeps) {}

  async own(tenant: string): Promise<OwnRoles> {
    const roles = await this.deps.views.list<DataOf<typeof roleView>>(tenant, 'roles');
    return Object.fromEntries(roles.filter(r => !r.value.data.built_in).map(r => [r.id, r.value.data.grants]));
  }

  /** Whoever asks, by role (null: the installation), beside the roles of the tenant. */
  async granter(tenant: string, mine: string | null): Promise<Exclude<Granter, string | null>> {
    return { role: mine, roles: tenant === INSTALLATION ? {} : await this.own(tenant) };
  }

  /** All holders have the new rights, and no old ones, when this answers. @throws Refusal ROLE.… */
  async define(context: CommandContext, granter: string | null, input: ParsedInputOf<typeof defineRole>): Promise<Written> {
    this.requireTenant(context);
    const [asked, holders] = await Promise.all([this.granter(context.tenant, granter), this.holders(context.tenant, context.id)]);
    const others = Object.keys(asked.roles).filter(name => name !== context.id).length;
    return this.done(await this.deps.handle(role, context, { type: 'DefineRole', ...input, granter: asked, others, slices: slicesOf(holders) }));
  }

  /** @throws Refusal ROLE.IN_USE and other ROLE.… */
  async remove(context: CommandContext, granter: string | null): Promise<Written> {
    this.requireTenant(context);
    const [asked, holders, invitations] = await Promise.all([
      this.granter(context.tenant, granter), this.holders(context.tenant, context.id), this.deps.views.list<DataOf<typeof invitationView>>(context.tenant, 'invitations'),
    ]);
    const invited = invitations.filter(i => i.value.data.role === context.id).length;
    return this.done(await this.deps.handle(role, context, { type: 'RemoveRole', granter: asked, holders: holders.length + invited }));
  }

  /** What a service says of one of its things. Roles that are narrowed to a tag that came or went are followed up. */
  async tag(context: CommandContext, service: string, input: ParsedInputOf<typeof tagResource>): Promise<Written> {
    const { handle, views } = this.deps;
    const narrowed = await this.narrowedTo(context.tenant, service);
    const written = await handle(resource, context, { type: 'TagResource', service, ...input, narrowed });
    await views.waitFor(written.seq, VIEW_PATIENCE);
    // A role that was narrowed to one of these tags while this was decided was compiled with the old ones.
    const known = new Set(narrowed.map(n => n.role));
    for (const late of (await this.narrowedTo(context.tenant, service)).filter(n => !known.has(n.role) && n.tags.some(t => input.tags.includes(t)))) {
      await handle(role, { ...context, id: late.role, command_id: `${context.command_id}-${late.role}` }, { type: 'ApplyRole', slices: late.slices });
    }
    return writtenBy(written);
  }

  private async narrowedTo(tenant: string, service: string) {
    const named = Object.entries(await this.own(tenant)).map(([name, grants]) => ({ role: name, tags: tagsIn(grants, service) })).filter(n => n.tags.length > 0);
    return Promise.all(named.map(async n => ({ ...n, slices: slicesOf(await this.holders(tenant, n.role)) })));
  }

  private async holders(tenant: string, name: string): Promise<readonly string[]> {
    return (await this.deps.views.get<Ids>(holdersKey(tenant, name)))?.data.ids ?? [];
  }

  private requireTenant({ tenant }: CommandContext): void {
    if (tenant === INSTALLATION) throw new Refusal('ROLE.BUILT_IN', 'The installation itself has no roles but owner.');
  }

  private async done({ id, stream, seq }: Written): Promise<Written> {
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }
}
