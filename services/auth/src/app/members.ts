/** Who belongs to a tenant, and as what. */
import type { Views } from '@xanthus/jetstream';
import { Refusal, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION, type DataOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { addMember, memberView } from '@xanthus/proto/auth';
import type { Persons } from '../adapters/persons.js';
import { member, type MemberState } from '../domain/member.js';
import { ownership, type Owner } from '../domain/ownership.js';
import { person } from '../domain/person.js';
import { requireGrant, requireProvable, requireRole } from '../domain/roles.js';
import { tenant } from '../domain/tenant.js';
import type { Handle, ReadState } from './handle.js';
import type { RequireStrong } from './passwords.js';
import { registerPerson } from './registration.js';
import type { Roles } from './roles.js';

const VIEW_PATIENCE = 2_000;
/** How often a departure is decided again because another one came between. */
const TRIES = 12;

export interface MembersDeps { readonly handle: Handle; readonly read: ReadState; readonly views: Views; readonly persons: Persons; readonly requireStrong: RequireStrong; readonly roles: Roles }
type Member = DataOf<typeof memberView>;

const changedMeanwhile = (error: unknown): boolean => error instanceof Refusal && error.code === 'MEMBER.CHANGED';

/** A tenant that is there; the installation itself always is, with owners only. @throws Refusal TENANT.NOT_FOUND, ROLE.NOT_FOUND */
export const requireTenant = async (read: ReadState, slug: string, role: string): Promise<void> => {
  if (slug === INSTALLATION) {
    if (role !== 'owner') throw new Refusal('ROLE.NOT_FOUND', 'The installation itself has no role but owner.');
  } else if ((await read(tenant, INSTALLATION, slug)).status !== 'active') throw new Refusal('TENANT.NOT_FOUND', `There is no tenant ${slug}.`);
};

export class Members {
  constructor(private readonly deps: MembersDeps) {}

  /** @param granter role of who asks; null for the installation itself. @throws Refusal MEMBER.EXISTS, ROLE.…, PASSWORD.… */
  async add(context: CommandContext, granter: string | null, input: ParsedInputOf<typeof addMember>): Promise<Written> {
    const { persons, read, roles } = this.deps;
    const asked = await roles.granter(context.tenant, granter);
    // before anything is made: a refusal must not leave a person behind
    requireRole(input.role, asked);
    await requireTenant(read, context.tenant, input.role);
    requireGrant(asked, input.role);
    requireProvable(context.actor, input.role, asked);
    const known = await persons.findByEmail(input.email);
    const registered = known !== undefined && (await read(person, INSTALLATION, known)).status === 'registered';
    const id = known !== undefined && registered ? known : context.id;
    // An account that somebody else made is not one that its owner agreed to bring: they prove it by accepting an invitation.
    if (granter !== null && id !== context.id && (await read(member, context.tenant, id)).status === 'none') {
      throw new Refusal('PERSON.EMAIL_TAKEN', 'Somebody has an account with this address already; invite them instead, so that they say themselves that they want to belong here.');
    }
    if (id === context.id && !(await this.isRepeat(context))) {
      if (input.password === undefined && input.password_hash === undefined) throw new Refusal('PASSWORD.NEEDED', 'Nobody has an account with this address yet; give a first password to hand over, or invite them.');
      if (input.password !== undefined) await this.deps.requireStrong(input.password, [input.email, input.name, context.tenant]);
      await registerPerson(this.deps, context, { id, email: input.email, name: input.name, password: input.password, password_hash: input.password_hash });
    }
    return this.join({ ...context, id }, input.role, asked);
  }

  /** `context.id` is a registered person. */
  async join(context: CommandContext, role: string, granter: Awaited<ReturnType<Roles['granter']>>): Promise<Written> {
    return this.done(await this.deps.handle(member, context, { type: 'AddMember', role, granter }));
  }

  async assign(context: CommandContext, granter: string | null, role: string): Promise<Written> {
    const asked = await this.deps.roles.granter(context.tenant, granter);
    await requireTenant(this.deps.read, context.tenant, role);
    requireProvable(context.actor, role, asked);
    return this.depart(context, departure => this.deps.handle(member, context, { type: 'AssignRole', role, granter: asked, departure }));
  }

  async remove(context: CommandContext, granter: string | null): Promise<Written> {
    const asked = await this.deps.roles.granter(context.tenant, granter);
    return this.depart(context, departure => this.deps.handle(member, context, { type: 'RemoveMember', granter: asked, departure }));
  }

  async leave(context: CommandContext): Promise<Written> {
    return this.depart(context, departure => this.deps.handle(member, context, { type: 'LeaveTenant', departure }));
  }

  async names(slug: string): Promise<{ person: string; name: string; email: string }[]> {
    const members = await this.deps.views.list<Member>(slug, 'members');
    const records = await Promise.all(members.map(async ({ value }) => ({ person: value.data.person, record: await this.deps.persons.record(value.data.person) })));
    return records.map(r => ({ person: r.person, name: r.record?.name ?? '', email: r.record?.email ?? '' }));
  }

  /** The view proposes, the log decides: an owner who was removed a moment ago does not count. */
  async owners(slug: string): Promise<Owner[]> {
    const proposed = (await this.deps.views.list<Member>(slug, 'members')).filter(m => m.value.data.role === 'owner').map(m => m.value.data.person);
    const states = await Promise.all(proposed.map(async id => ({ id, state: await this.deps.read(member, slug, id) })));
    return states.flatMap(({ id, state }) => ownerOf(id, state));
  }

  /**
   * Tries without a departure first: everything else that may be wrong is found before one is written down. Then an owner's departure is admitted on the
   * tenant's one log of departures, and the member's own log takes it only if this is still the owner that it was admitted for.
   */
  private async depart(context: CommandContext, run: (departure: number | null) => Promise<Written>): Promise<Written> {
    let refused: unknown;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      try {
        return await this.done(await run(attempt === 0 ? null : await this.admit(context)));
      } catch (error) {
        if (!changedMeanwhile(error)) throw error;
        refused = error;
      }
    }
    throw refused;
  }

  /** @returns since when the member is owner; null if it is none. @throws Refusal MEMBER.LAST_OWNER, MEMBER.CHANGED */
  private async admit(context: CommandContext): Promise<number | null> {
    const { handle, read } = this.deps;
    const slug = context.tenant;
    // in this order: a departure that is written after this is found by its sequence, one before it is in the state
    const { seq } = await read(ownership, slug, slug);
    const [leaving] = ownerOf(context.id, await read(member, slug, context.id));
    if (leaving === undefined) return null;
    const owners = await this.owners(slug);
    await handle(ownership, { ...context, id: slug, command_id: `${context.command_id}-${leaving.since}` }, { type: 'AdmitDeparture', leaving, owners, seen: seq });
    return leaving.since;
  }

  private async isRepeat(context: CommandContext): Promise<boolean> {
    return (await this.deps.read(person, INSTALLATION, context.id)).status === 'registered';
  }

  private async done({ id, stream, seq }: Written): Promise<Written> {
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }
}

const ownerOf = (person: string, state: MemberState): Owner[] => (state.status === 'member' && state.role === 'owner' ? [{ person, since: state.since }] : []);
