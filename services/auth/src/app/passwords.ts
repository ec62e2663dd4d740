/** What a password must be, and how one is replaced. */
import { newId, Refusal, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION } from '@xanthus/proto';
import type { BreachedPasswords } from '../adapters/breached-passwords.js';
import { hashPassword } from '../adapters/passwords.js';
import type { Persons } from '../adapters/persons.js';
import { passwordWeakness } from '../domain/password-policy.js';
import { person } from '../domain/person.js';
import type { Handle } from './handle.js';

/** @throws Refusal PASSWORD.TOO_WEAK with the reason. `words`: address, name, tenant, which nobody's password should be made of. */
export type RequireStrong = (password: string, words: readonly string[]) => Promise<void>;

export interface PasswordsDeps { readonly handle: Handle; readonly persons: Persons; readonly breached: BreachedPasswords }

export class Passwords {
  constructor(private readonly deps: PasswordsDeps) {}

  readonly requireStrong: RequireStrong = async (password, words) => {
    const reason = passwordWeakness(password, words) ?? ((await this.deps.breached.has(password)) ? 'This password stands in lists of leaked passwords, which are tried first; use several unrelated words.' : undefined);
    if (reason !== undefined) throw new Refusal('PASSWORD.TOO_WEAK', reason);
  };

  /** Into the vault; the event that says so was stored before: what is in the vault never is newer than the log. */
  async replace(who: string, password: string): Promise<void> {
    const password_hash = await hashPassword(password);
    await this.deps.persons.change(who, record => ({ ...record, password_hash }));
  }

  /** The same password with a hash of ours. `context.id` is the person's. */
  async rehash(context: CommandContext, password: string): Promise<void> {
    await this.deps.handle(person, { ...context, tenant: INSTALLATION, command_id: newId() }, { type: 'ChangePassword', reason: 'rehashed' });
    await this.replace(context.id, password);
  }
}
