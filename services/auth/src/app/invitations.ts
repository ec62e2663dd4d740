/** Invitations: a link that is shown once, bound to an address, good for seven days. */
import { createHash, randomBytes } from 'node:crypto';
import { markerKey, type Logger, type Views } from '@xanthus/jetstream';
import { newId, Refusal, type CommandContext, type EventStore } from '@xanthus/kernel';
import { INSTALLATION, isTenantSlug, isUlid, ulidOf, viewKey, type Actor, type DataOf, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { acceptInvitation, capabilitiesView, invitationNames, invitationView, inviteMember, SessionTokens, showInvitation } from '@xanthus/proto/auth';
import type { Vault } from '@xanthus/vault';
import { normaliseEmail, type Persons } from '../adapters/persons.js';
import { sha256Hex } from '../adapters/refresh-token.js';
import { invalid, invitation, type InvitationState } from '../domain/invitation.js';
import { member } from '../domain/member.js';
import { person } from '../domain/person.js';
import { grantsOf, mayGrant, requireProvable, requireRole } from '../domain/roles.js';
import { tenant } from '../domain/tenant.js';
import type { Handle, ReadState } from './handle.js';
import { requireRoom } from './room.js';
import { requireTenant, type Members } from './members.js';
import type { RequireStrong } from './passwords.js';
import { registerPerson } from './registration.js';
import type { Roles } from './roles.js';

/** An invitation is good for seven days, ms. */
const INVITATION_LIFE = 7 * 24 * 3_600_000;
const VIEW_PATIENCE = 2_000;
const MARKER = 'invitation';

type Accept = ParsedInputOf<typeof acceptInvitation>;
/** A log-in with a password (and a second factor) to a tenant that the person joins by `admit`, called once they are proved. */
export type LogInAndJoin = (context: CommandContext, input: { readonly email: string; readonly password: string; readonly code?: string | undefined; readonly device: Accept['device'] }, slug: string, admit: (person: string) => Promise<unknown>) => Promise<SessionTokens>;

export interface InvitationsDeps {
  readonly store: EventStore; readonly handle: Handle; readonly read: ReadState; readonly views: Views; readonly vault: Vault; readonly persons: Persons; readonly members: Members; readonly roles: Roles; readonly requireStrong: RequireStrong;
  readonly hmacKey: Buffer; readonly logIn: LogInAndJoin; readonly log: Logger;
}

/** A token that counts now, and what it leads to. */
export interface Invited { readonly tenant: string; readonly id: string; readonly role: string; readonly email: string; readonly expires_at: string; readonly token_sha256: string }

const tokenOf = (slug: string, id: string): { token: string; token_sha256: string } => {
  const token = `xi.${slug}.${id}.${randomBytes(32).toString('base64url')}`;
  return { token, token_sha256: sha256Hex(token) };
};
const expiry = (now: string): string => new Date(Date.parse(now) + INVITATION_LIFE).toISOString();
const secretOf = (id: string): string => `invitation-${id}`;
const isInstallation = (by: Actor): boolean => by.kind === 'system' || by.kind === 'service';

export class Invitations {
  constructor(private readonly deps: InvitationsDeps) {}

  /** @throws Refusal INVITATION.EXISTS, MEMBER.EXISTS, ROLE.…, TENANT.NOT_FOUND */
  async create(context: CommandContext, granter: string | null, { email, role }: ParsedInputOf<typeof inviteMember>): Promise<OutputOf<typeof inviteMember>> {
    const { handle, persons, read, roles, vault } = this.deps;
    const slug = context.tenant;
    const asked = await roles.granter(slug, granter);
    requireRole(role, asked);
    await requireTenant(read, slug, role);
    requireProvable(context.actor, role, asked);
    const known = await persons.findByEmail(email);
    await requireRoom(this.deps.views, context.tenant, 'invitations', context.id, 'INVITATION');
    if (known !== undefined && (await read(member, slug, known)).status === 'member') throw new Refusal('MEMBER.EXISTS', 'This person is a member already.');
    const { token, token_sha256 } = tokenOf(slug, context.id);
    const expires_at = expiry(context.now);
    const secret = secretOf(context.id);
    // A second try of the same command must not put its own address under the first one's invitation.
    if ((await read(invitation, slug, context.id)).status === 'none') await vault.put(slug, secret, JSON.stringify({ email }));
    const taken = new Refusal('INVITATION.EXISTS', 'There is an open invitation to this address; send that one again, or withdraw it.');
    const { id, stream, seq, repeated } = await handle(invitation, context, { type: 'CreateInvitation', granter: asked, role, secret, token_sha256, expires_at }, [{ ...this.marker(email), taken }]).catch(async (error: unknown) => {
      if (error === taken) await vault.destroy(slug, secret);
      throw error;
    });
    if (repeated) throw new Refusal('INVITATION.EXISTS', 'This invitation was made already; its link is shown once. Send it again for a fresh one.');
    return { ...(await this.done({ id, stream, seq })), token, expires_at };
  }

  /** @throws Refusal INVITATION.NOT_FOUND, INVITATION.OVER, ROLE.… */
  async resend(context: CommandContext, granter: string | null): Promise<OutputOf<typeof inviteMember>> {
    const { token, token_sha256 } = tokenOf(context.tenant, context.id);
    const expires_at = expiry(context.now);
    const asked = await this.deps.roles.granter(context.tenant, granter);
    const before = await this.deps.read(invitation, context.tenant, context.id);
    if (before.status === 'open') requireProvable(context.actor, before.role, asked);
    const written = await this.deps.handle(invitation, context, { type: 'ResendInvitation', granter: asked, token_sha256, expires_at });
    return { ...(await this.done(written)), token, expires_at };
  }

  /** @throws Refusal INVITATION.NOT_FOUND, INVITATION.OVER, ROLE.TOO_HIGH */
  async revoke(context: CommandContext, granter: string | null): Promise<Written> {
    const written = await this.deps.handle(invitation, context, { type: 'RevokeInvitation', granter: await this.deps.roles.granter(context.tenant, granter) });
    await this.tidy(context.tenant, context.id);
    return this.done(written);
  }

  /** @throws Refusal INVITATION.INVALID, INVITATION.EXPIRED */
  async show(context: CommandContext, token: string): Promise<OutputOf<typeof showInvitation>> {
    const found = await this.check(context, token);
    const organisation = await this.deps.read(tenant, INSTALLATION, found.tenant);
    return {
      tenant: { id: found.tenant, name: organisation.status === 'active' ? organisation.name : 'Xanthus' }, role: found.role, email: found.email, expires_at: found.expires_at,
      has_account: (await this.personAt(found.email)) !== undefined,
    };
  }

  /** Makes the person if there is none with the address, proves the one that there is, joins, logs in. `context.id` will be the session's. */
  async accept(context: CommandContext, { token, name, password, code, device }: Accept): Promise<SessionTokens> {
    const found = await this.check(context, token);
    if (password === undefined) throw new Refusal('PASSWORD.NEEDED', 'Choose a password; if you have an account already, give its password.');
    if ((await this.personAt(found.email)) === undefined) {
      if (name === undefined) throw new Refusal('INVITATION.NAME_NEEDED', 'What are you called?');
      await this.deps.requireStrong(password, [found.email, name, found.tenant]);
      const id = ulidOf(createHash('sha256').update(`person ${found.token_sha256}`).digest());
      const registration: CommandContext = { ...context, tenant: INSTALLATION, id, actor: { kind: 'person', id }, command_id: `invited-${found.token_sha256.slice(0, 40)}` };
      await registerPerson(this.deps, registration, { id, email: found.email, name, password });
    }
    return this.deps.logIn(context, { email: found.email, password, code, device }, found.tenant, who => this.admit(context, found, who));
  }

  /** @throws Refusal INVITATION.OTHER_ADDRESS unless the address is that of the person who is logged in */
  async join(context: CommandContext, who: string, token: string): Promise<Written & { tenant: string }> {
    const found = await this.check(context, token);
    const record = await this.deps.persons.record(who);
    if (record === undefined || normaliseEmail(record.email) !== normaliseEmail(found.email)) {
      this.note(found.tenant, found.id, context, 'other_address');
      throw new Refusal('INVITATION.OTHER_ADDRESS', 'This invitation is for another address than yours. Log out and open the link again.');
    }
    return { ...(await this.admit(context, found, who)), tenant: found.tenant };
  }

  /** The one place where an invitation is used: whoever comes second finds it used. `who` was proved, or is to become the person of a proved identity. */
  async admit(context: CommandContext, { tenant: slug, id, token_sha256 }: Invited, who: string): Promise<Written> {
    const here: CommandContext = { ...context, tenant: slug, id, actor: { kind: 'person', id: who }, command_id: newId() };
    if ((await this.deps.read(member, slug, who)).status === 'member') throw new Refusal('MEMBER.EXISTS', 'You are a member already; log in.');
    const { events } = await this.deps.handle(invitation, here, { type: 'AcceptInvitation', token_sha256, person: who });
    if (events.length === 0) throw invalid();
    return this.finish(here, id, who);
  }

  /** After acceptance, and again by a reactor if this copy died in between: the person belongs to the tenant and the address is forgotten. */
  async finish(context: Omit<CommandContext, 'id'>, id: string, who: string): Promise<Written> {
    const state = await this.deps.read(invitation, context.tenant, id);
    if (state.status !== 'accepted') throw invalid();
    const written = await this.deps.members.join({ ...context, id: who, command_id: `accept-${id}` }, state.role, await this.deps.roles.granter(context.tenant, null)).catch(async (error: unknown) => {
      if (error instanceof Refusal && error.code === 'MEMBER.EXISTS') return undefined;
      throw error;
    });
    await this.tidy(context.tenant, id);
    return written ?? { id: who, stream: 'AUTH', seq: 0 };
  }

  /** Open invitations to a role. */
  async openTo(slug: string, role: string): Promise<string[]> {
    return (await this.deps.views.list<DataOf<typeof invitationView>>(slug, 'invitations')).filter(i => i.value.data.role === role).map(i => i.id);
  }

  /** Of what is over, the address goes. */
  async tidy(slug: string, id: string): Promise<void> {
    const email = await this.address(slug, id);
    if (email !== undefined) await this.deps.store.release({ tenant: slug, service: 'auth', ...this.marker(email), aggregate: { tenant: slug, service: 'auth', aggregate: 'invitation', id } });
    await this.deps.vault.destroy(slug, secretOf(id));
  }

  async names(slug: string): Promise<OutputOf<typeof invitationNames>> {
    const open = await this.deps.views.list<DataOf<typeof invitationView>>(slug, 'invitations');
    const found = await Promise.all(open.map(async ({ value }) => ({ id: value.data.id, email: await this.address(slug, value.data.id) })));
    return { invitations: found.flatMap(({ id, email }) => (email === undefined ? [] : [{ id, email }])) };
  }

  /** @throws Refusal INVITATION.INVALID, INVITATION.EXPIRED, ROLE.NOT_FOUND */
  async check(context: CommandContext, token: string): Promise<Invited> {
    const [prefix, slug = '', id = '', , more] = token.split('.');
    if (prefix !== 'xi' || !isTenantSlug(slug) || !isUlid(id) || more !== undefined) throw invalid();
    const token_sha256 = sha256Hex(token);
    const { state } = await this.deps.handle(invitation, { ...context, tenant: slug, id, command_id: newId() }, { type: 'CheckInvitation', token_sha256 }).catch((error: unknown) => {
      if (error instanceof Refusal) this.note(slug, id, context, error.code === 'INVITATION.EXPIRED' ? 'expired' : 'wrong_token');
      throw error;
    });
    if (state.status !== 'open' || !(await this.isThere(slug))) throw invalid();
    const roles = await this.deps.roles.own(slug);
    if (grantsOf(state.role, roles) === undefined) throw new Refusal('ROLE.NOT_FOUND', 'The role of this invitation is no more. Ask who invited you for a fresh one.');
    if (!(await this.mayStillInvite(slug, state))) throw invalid();
    const email = await this.address(slug, id);
    if (email === undefined) throw invalid();
    return { tenant: slug, id, role: state.role, email, expires_at: state.expires_at, token_sha256 };
  }

  /** Rights count when they act: who was narrowed or has left since lets nobody in any more. */
  private async mayStillInvite(slug: string, { by, role }: Extract<InvitationState, { status: 'open' }>): Promise<boolean> {
    if (isInstallation(by)) return true;
    const { read, roles, members } = this.deps;
    const held = by.kind === 'person' ? await read(member, slug, by.id).then(m => (m.status === 'member' ? m.role : undefined)) : await this.roleOfKey(slug, by.id);
    if (held !== undefined && mayGrant(await roles.granter(slug, held), role)) return true;
    if (by.kind !== 'person') return false;
    // An operator of the installation, for the first owner of a tenant that has none.
    const operator = await read(member, INSTALLATION, by.id);
    return operator.status === 'member' && operator.role === 'owner' && role === 'owner' && slug !== INSTALLATION && (await members.owners(slug)).length === 0;
  }

  private async isThere(slug: string): Promise<boolean> {
    return slug === INSTALLATION || (await this.deps.read(tenant, INSTALLATION, slug)).status === 'active';
  }

  /** Of an API key that is still good. */
  private async roleOfKey(slug: string, id: string): Promise<string | undefined> {
    return (await this.deps.views.get<DataOf<typeof capabilitiesView>>(viewKey(slug, 'capabilities', id)))?.data.principal.role;
  }

  private async personAt(email: string): Promise<string | undefined> {
    const id = await this.deps.persons.findByEmail(email);
    return id !== undefined && (await this.deps.read(person, INSTALLATION, id)).status === 'registered' ? id : undefined;
  }

  private async address(slug: string, id: string): Promise<string | undefined> {
    const text = await this.deps.vault.getText(slug, secretOf(id)).catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as { email: string }).email;
  }

  private marker(email: string): { kind: string; key: string } {
    return { kind: MARKER, key: markerKey(this.deps.hmacKey, normaliseEmail(email)) };
  }

  /** Not waited for, and a few times per link only. */
  private note(slug: string, id: string, context: CommandContext, reason: 'wrong_token' | 'expired' | 'other_address'): void {
    this.deps.handle(invitation, { ...context, tenant: slug, id, command_id: newId() }, { type: 'RefuseInvitation', reason })
      .catch((error: unknown) => this.deps.log.warn({ err: error }, 'a refused invitation could not be recorded'));
  }

  private async done({ id, stream, seq }: Written): Promise<Written> {
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }
}
