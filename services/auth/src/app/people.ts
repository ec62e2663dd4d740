/** A person's own password and name, proofs of who they are, and links with which an administrator lets somebody set a new password. */
import { randomBytes } from 'node:crypto';
import type { Views } from '@xanthus/jetstream';
import { newId, Refusal, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION, isUlid, type Actor, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { changePassword, issueResetLink, proveSession, resetPassword } from '@xanthus/proto/auth';
import { verifyPassword } from '../adapters/passwords.js';
import type { Persons } from '../adapters/persons.js';
import { sha256Hex } from '../adapters/refresh-token.js';
import { member } from '../domain/member.js';
import { linkInvalid, person, type PersonCommand, type RegisteredPerson, type ResetLink } from '../domain/person.js';
import { mayGrant } from '../domain/roles.js';
import { membershipsKey, type Memberships } from '../views/members.js';
import type { Guesses } from './guesses.js';
import type { Handle, ReadState } from './handle.js';
import type { Passwords } from './passwords.js';
import type { Roles } from './roles.js';
import type { SecondFactors } from './second-factors.js';
import type { Sessions } from './sessions.js';

/** A reset link is good for an hour, ms. */
const LINK_LIFE = 3_600_000;
const VIEW_PATIENCE = 2_000;

export interface PeopleDeps {
  readonly handle: Handle; readonly read: ReadState; readonly views: Views; readonly persons: Persons; readonly passwords: Passwords; readonly sessions: Sessions; readonly roles: Roles; readonly secondFactors: SecondFactors; readonly guesses: Guesses;
}

/** Where `context.id` is a person's: their own, unless it says otherwise. */
export class People {
  constructor(private readonly deps: PeopleDeps) {}

  /** @param session stays, all others end. @throws Refusal PASSWORD.… */
  async changePassword(context: CommandContext, session: string | undefined, input: ParsedInputOf<typeof changePassword>): Promise<Written> {
    const { persons, passwords, sessions, guesses } = this.deps;
    const record = await persons.record(context.id);
    if (record?.password_hash === undefined) throw new Refusal('PASSWORD.NONE', 'You have no password: you log in through a provider.');
    const attempt = await guesses.begin(context.id, 'PASSWORD.TOO_MANY');
    if (!(await verifyPassword(record.password_hash, input.current))) {
      await this.handled({ ...context, command_id: newId() }, { type: 'RefusePassword', reason: 'wrong_password', during: 'change' });
      throw new Refusal('PASSWORD.WRONG', 'The current password is wrong.');
    }
    await attempt.succeeded(['person']);
    if (input.new === input.current) throw new Refusal('PASSWORD.TOO_WEAK', 'The new password is the current one.');
    await passwords.requireStrong(input.new, [record.email, record.name]);
    const written = await this.handled(context, { type: 'ChangePassword', reason: 'changed' });
    await passwords.replace(context.id, input.new);
    await sessions.endAll(context, context.id, 'password_changed', { keep: session });
    return written;
  }

  async rename(context: CommandContext, name: string): Promise<Written> {
    const written = await this.handled(context, { type: 'Rename' });
    await this.deps.persons.change(context.id, record => ({ ...record, name }));
    return written;
  }

  /** `context.id` is the session's. With a second factor, a code of it is the proof. @throws Refusal PROOF.… */
  async prove(context: CommandContext, who: string, input: ParsedInputOf<typeof proveSession>): Promise<OutputOf<typeof proveSession>> {
    const { persons, sessions, secondFactors, guesses } = this.deps;
    const self = { ...context, id: who, command_id: newId() };
    const { second_factor } = await this.look(self);
    const on = second_factor.totp !== undefined;
    if (input.method === 'password' && on) throw new Refusal('PROOF.CODE_NEEDED', 'Prove it with a code of your authenticator app, or a recovery code.', { methods: ['code'] });
    const hash = (await persons.record(who))?.password_hash;
    if (input.method === 'code' ? !on : hash === undefined) throw new Refusal('PROOF.NOT_POSSIBLE', 'You have none of this; log in again to prove who you are.', { methods: on ? ['code'] : hash === undefined ? [] : ['password'] });
    const attempt = await guesses.begin(who, 'PROOF.TOO_MANY');
    const by = input.method === 'code' ? await secondFactors.accept(self, second_factor, input.code) : (await verifyPassword(hash, input.password)) ? 'password' : undefined;
    if (by === undefined) {
      await this.handled(self, { type: 'RefusePassword', reason: input.method === 'code' ? 'wrong_code' : 'wrong_password', during: 'proof' });
      throw new Refusal('PROOF.REFUSED', input.method === 'code' ? 'The code is wrong, or was used already.' : 'The password is wrong.');
    }
    await attempt.succeeded(['person']);
    return sessions.proved(context, who, by);
  }

  /**
   * `context.id` is the member's. Who may set another's password may be them, so it takes a role as high as theirs, and in every tenant that they belong to.
   * @param granter role of who asks; null for the installation itself. @throws Refusal MEMBER.NOT_FOUND, RESET.ROLE_TOO_HIGH, RESET.OTHER_TENANTS
   */
  async issueResetLink(context: CommandContext, granter: string | null, input: ParsedInputOf<typeof issueResetLink>): Promise<OutputOf<typeof issueResetLink>> {
    const state = await this.deps.read(member, context.tenant, context.id);
    if (state.status !== 'member') throw new Refusal('MEMBER.NOT_FOUND', 'This person is no member of the tenant.');
    if (!mayGrant(await this.deps.roles.granter(context.tenant, granter), state.role)) throw new Refusal('RESET.ROLE_TOO_HIGH', `Only a member who may themselves do everything that ${state.role} may can reset this password.`);
    if (granter !== null && !(await this.rulesElsewhere(context))) {
      throw new Refusal('RESET.OTHER_TENANTS', 'This person also belongs to organisations where you may not do this. They can change the password themselves, or the operator of the installation can make a link.');
    }
    const token = `xp.${context.id}.${randomBytes(32).toString('base64url')}`;
    const expires_at = new Date(Date.parse(context.now) + LINK_LIFE).toISOString();
    const written = await this.handled(context, { type: 'IssueResetLink', token_sha256: sha256Hex(token), expires_at, second_factor_too: input.second_factor_too, tenant: context.tenant });
    return { ...written, token, expires_at };
  }

  /** @throws Refusal RESET.…, PASSWORD.TOO_WEAK */
  async resetPassword(context: CommandContext, input: ParsedInputOf<typeof resetPassword>): Promise<OutputOf<typeof resetPassword>> {
    const { persons, passwords, sessions, secondFactors } = this.deps;
    const [form, who = ''] = input.token.split('.');
    const self: CommandContext = { ...context, tenant: INSTALLATION, id: isUlid(who) ? who : context.id, actor: { kind: 'system', id: 'reset-link' }, presumed_new: undefined };
    const link = { type: 'UseResetLink', token_sha256: sha256Hex(form === 'xp' ? input.token : '') } as const;
    const { state: before } = await this.deps.handle(person, { ...self, command_id: newId() }, { ...link, check: true });
    if (before.status === 'registered' && before.reset !== undefined && !(await this.stillCounts(self.id, before.reset))) throw linkInvalid();
    const record = await persons.record(self.id);
    await passwords.requireStrong(input.password, [record?.email ?? '', record?.name ?? '']);
    const { events } = await this.deps.handle(person, self, link);
    await passwords.replace(self.id, input.password);
    await sessions.endAll(self, self.id, 'password_reset');
    if (before.status === 'registered' && events.some(e => e.type === 'TotpDisabled')) await secondFactors.destroy(before.second_factor);
    return { done: true };
  }

  /** Who made the link may still make it: the person may have become more since, and its maker less. */
  private async stillCounts(who: string, { tenant, by }: ResetLink): Promise<boolean> {
    if (tenant === undefined || by.kind !== 'person') return true;
    const { read, roles } = this.deps;
    const [theirs, maker] = await Promise.all([read(member, tenant, who), read(member, tenant, by.id)]);
    if (theirs.status !== 'member' || maker.status !== 'member') return false;
    return mayGrant(await roles.granter(tenant, maker.role), theirs.role) && this.rulesElsewhere({ tenant, id: who, actor: by });
  }

  /** Is who asks at least an administrator, and as high as this person, wherever else the person belongs? */
  private async rulesElsewhere({ tenant, id, actor }: { readonly tenant: string; readonly id: string; readonly actor: Actor }): Promise<boolean> {
    const { read, views, roles } = this.deps;
    const tenants = ((await views.get<Memberships>(membershipsKey(id)))?.data.tenants ?? []).filter(t => t !== tenant);
    for (const other of tenants) {
      const theirs = await read(member, other, id);
      if (theirs.status !== 'member' || actor.id === id) continue;
      const mine = await read(member, other, actor.id);
      if (mine.status !== 'member') return false;
      const granter = await roles.granter(other, mine.role);
      if (!mayGrant(granter, 'admin') || !mayGrant(granter, theirs.role)) return false;
    }
    return true;
  }

  private async look(context: CommandContext): Promise<RegisteredPerson> {
    const { state } = await this.deps.handle(person, { ...context, tenant: INSTALLATION }, { type: 'Look' });
    if (state.status !== 'registered') throw new Refusal('PERSON.NOT_FOUND', 'There is no such person.');
    return state;
  }

  private async handled(context: CommandContext, command: PersonCommand): Promise<Written> {
    const { id, stream, seq } = await this.deps.handle(person, { ...context, tenant: INSTALLATION }, command);
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }
}
