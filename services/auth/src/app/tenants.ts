/** Tenants, as operators of the installation make them and members see them. */
import type { Views } from '@xanthus/jetstream';
import { newId, Refusal, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { createTenant, inviteOwner, myTenants } from '@xanthus/proto/auth';
import { installation } from '../domain/installation.js';
import { member } from '../domain/member.js';
import { tenant } from '../domain/tenant.js';
import { membershipsKey, type Memberships } from '../views/members.js';
import type { Handle, ReadState } from './handle.js';
import type { Invitations } from './invitations.js';
import type { Members } from './members.js';

const VIEW_PATIENCE = 2_000;

export interface TenantsDeps { readonly handle: Handle; readonly read: ReadState; readonly views: Views; readonly members: Members; readonly invitations: Invitations }

const OPERATOR = { kind: 'system', id: 'setup' } as const;

/** Whoever set the installation up is its first operator, also in folders from before there were any. Once only: who was removed stays removed. */
export const ensureOperator = async ({ handle, read }: Pick<TenantsDeps, 'handle' | 'read'>): Promise<void> => {
  const state = await read(installation, INSTALLATION, INSTALLATION);
  if (state.status !== 'owned' || (await read(member, INSTALLATION, state.person)).status !== 'none') return;
  await makeOperator(handle, { tenant: INSTALLATION, id: state.person, actor: OPERATOR, now: new Date().toISOString(), command_id: 'first-operator', correlation_id: newId() });
};

/** `context.id` is the person. */
export const makeOperator = async (handle: Handle, context: CommandContext): Promise<void> => {
  await handle(member, { ...context, tenant: INSTALLATION, actor: OPERATOR, command_id: 'first-operator' }, { type: 'AddMember', role: 'owner', granter: null });
};

export class Tenants {
  constructor(private readonly deps: TenantsDeps) {}

  /** Every step may be repeated with the same command. @throws Refusal TENANT.SLUG_TAKEN, TENANT.NOT_HERE */
  async create(context: CommandContext, person: string, { slug, name, owner }: ParsedInputOf<typeof createTenant>): Promise<OutputOf<typeof createTenant>> {
    requireInstallation(context);
    const { handle, members, invitations } = this.deps;
    const { stream, seq } = await handle(tenant, { ...context, id: slug }, { type: 'CreateTenant', name });
    if (owner !== undefined) {
      const { id, token, expires_at } = await invitations.create({ ...context, tenant: slug }, null, { email: owner.email, role: 'owner' });
      return { id: slug, stream, seq, invitation: { id, token, expires_at } };
    }
    await members.join({ ...context, tenant: slug, id: person }, 'owner', { role: null, roles: {} });
    return this.done({ id: slug, stream, seq, invitation: null });
  }

  /** @throws Refusal TENANT.NOT_FOUND, TENANT.HAS_OWNER, TENANT.NOT_HERE */
  async inviteOwner(context: CommandContext, { email }: ParsedInputOf<typeof inviteOwner>): Promise<OutputOf<typeof inviteOwner>> {
    requireInstallation(context);
    const slug = context.id;
    const { members, invitations, read } = this.deps;
    if ((await read(tenant, INSTALLATION, slug)).status !== 'active') throw new Refusal('TENANT.NOT_FOUND', `There is no tenant ${slug}.`);
    if ((await members.owners(slug)).length > 0) throw new Refusal('TENANT.HAS_OWNER', `${slug} has an owner, who invites others.`);
    const here: CommandContext = { ...context, tenant: slug, id: newId() };
    for (const open of await invitations.openTo(slug, 'owner')) await invitations.revoke({ ...here, id: open, command_id: `${context.command_id}-${open}` }, null);
    const { id, stream, seq, token, expires_at } = await invitations.create(here, null, { email, role: 'owner' });
    return { id: slug, stream, seq, invitation: { id, token, expires_at } };
  }

  /** By a member of the tenant for their own, by an operator for any. @throws Refusal TENANT.NOT_FOUND, TENANT.NOT_HERE */
  async rename(context: CommandContext, name: string): Promise<Written> {
    if (context.tenant !== INSTALLATION && context.tenant !== context.id) throw notHere();
    return this.done(await this.deps.handle(tenant, { ...context, tenant: INSTALLATION }, { type: 'RenameTenant', name }));
  }

  async of(person: string, current: string): Promise<OutputOf<typeof myTenants>> {
    const { read, views } = this.deps;
    const slugs = (await views.get<Memberships>(membershipsKey(person)))?.data.tenants ?? [];
    const found = await Promise.all(slugs.map(async slug => ({ slug, state: await read(member, slug, person), organisation: await read(tenant, INSTALLATION, slug) })));
    return {
      tenants: found.flatMap(({ slug, state, organisation }) => {
        if (state.status !== 'member' || (slug !== INSTALLATION && organisation.status !== 'active')) return [];
        return [{ id: slug, name: organisation.status === 'active' ? organisation.name : 'Installation', role: state.role, current: slug === current }];
      }),
    };
  }

  private async done<T extends Written>(written: T): Promise<T> {
    await this.deps.views.waitFor(written.seq, VIEW_PATIENCE);
    return written;
  }
}

const notHere = () => new Refusal('TENANT.NOT_HERE', 'Only operators of the installation do this, in the tenant xanthus.');
const requireInstallation = ({ tenant: slug }: CommandContext): void => {
  if (slug !== INSTALLATION) throw notHere();
};
