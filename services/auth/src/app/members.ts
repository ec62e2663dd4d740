/** Who belongs to a tenant, and as what. */
import type { Views } from '@xanthus/jetstream';
import { Refusal, type AggregateCache, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION, type DataOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { addMember, memberView } from '@xanthus/proto/auth';
import type { Persons } from '../adapters/persons.js';
import { member } from '../domain/member.js';
import { person } from '../domain/person.js';
import { mayGrant, requireRole } from '../domain/roles.js';
import { tenant } from '../domain/tenant.js';
import type { Handle, ReadState } from './handle.js';
import { registerPerson, requireStrongPassword } from './registration.js';

const VIEW_PATIENCE = 2_000;

export interface MembersDeps { readonly cache: AggregateCache; readonly handle: Handle; readonly read: ReadState; readonly views: Views; readonly persons: Persons }
type Member = DataOf<typeof memberView>;

export class Members {
  constructor(private readonly deps: MembersDeps) {}

  /** @param granter role of who asks; null for the installation itself. @throws Refusal MEMBER.EXISTS, ROLE.…, PASSWORD.… */
  async add(context: CommandContext, granter: string | null, input: ParsedInputOf<typeof addMember>): Promise<Written> {
    const { handle, persons, read } = this.deps;
    // before anything is made: a refusal must not leave a person behind
    requireRole(input.role);
    if ((await read(tenant, INSTALLATION, context.tenant)).status !== 'active') throw new Refusal('TENANT.NOT_FOUND', `There is no tenant ${context.tenant}.`);
    if (!mayGrant(granter, input.role)) throw new Refusal('ROLE.TOO_HIGH', `Only a member whose own role is at least ${input.role} may do that.`);
    const known = await persons.findByEmail(input.email);
    const registered = known !== undefined && (await read(person, INSTALLATION, known)).status === 'registered';
    const id = known !== undefined && registered ? known : context.id;
    if (id === context.id && !(await this.isRepeat(context))) {
      if (input.password === undefined) throw new Refusal('PASSWORD.NEEDED', 'Nobody has an account with this address yet; give a first password to hand over.');
      requireStrongPassword(input.password, [input.email, input.name, context.tenant]);
      await registerPerson(this.deps, context, { id, email: input.email, name: input.name, password: input.password });
    }
    return this.done(await handle(member, { ...context, id }, { type: 'AddMember', role: input.role, granter }));
  }

  async assign(context: CommandContext, granter: string | null, role: string): Promise<Written> {
    return this.oneAtATime(context.tenant, async () => this.done(await this.deps.handle(member, context, { type: 'AssignRole', role, granter, other_owners: await this.hasOtherOwners(context) })));
  }

  async remove(context: CommandContext, granter: string | null): Promise<Written> {
    return this.oneAtATime(context.tenant, async () => this.done(await this.deps.handle(member, context, { type: 'RemoveMember', granter, other_owners: await this.hasOtherOwners(context) })));
  }

  async names(slug: string): Promise<{ person: string; name: string; email: string }[]> {
    const members = await this.deps.views.list<Member>(slug, 'members');
    const records = await Promise.all(members.map(async ({ value }) => ({ person: value.data.person, record: await this.deps.persons.record(value.data.person) })));
    return records.map(r => ({ person: r.person, name: r.record?.name ?? '', email: r.record?.email ?? '' }));
  }

  /** Two owners who remove each other at once would leave none. In turn within this copy; between copies the gap is a few milliseconds. */
  private oneAtATime<T>(slug: string, run: () => Promise<T>): Promise<T> {
    return this.deps.cache.inTurn({ tenant: INSTALLATION, service: 'auth', aggregate: 'tenant', id: slug }, run);
  }

  private async isRepeat(context: CommandContext): Promise<boolean> {
    return (await this.deps.read(person, INSTALLATION, context.id)).status === 'registered';
  }

  /** The view proposes, the log decides: an owner who was removed a moment ago does not count. */
  private async hasOtherOwners(context: CommandContext): Promise<boolean> {
    const owners = (await this.deps.views.list<Member>(context.tenant, 'members')).filter(m => m.value.data.role === 'owner' && m.value.data.person !== context.id);
    for (const owner of owners) {
      const state = await this.deps.read(member, context.tenant, owner.value.data.person);
      if (state.status === 'member' && state.role === 'owner') return true;
    }
    return false;
  }

  private async done({ id, stream, seq }: Written): Promise<Written> {
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }
}
