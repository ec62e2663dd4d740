/** Makes persons: one per address, in the whole installation. */
import { Refusal, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION } from '@xanthus/proto';
import { hashPassword } from '../adapters/passwords.js';
import { EMAIL_MARKER, personSecret, type Persons } from '../adapters/persons.js';
import { person } from '../domain/person.js';
import type { Handle } from './handle.js';

/** `password`: checked to be strong; `password_hash`: made by another system; neither: logs in through a provider only. */
export interface NewPerson { readonly id: string; readonly email: string; readonly name: string; readonly password?: string | undefined; readonly password_hash?: string | undefined }

export const emailTaken = () => new Refusal('PERSON.EMAIL_TAKEN', 'There is a person with this address already.');

/**
 * The record lies in the vault before the event refers to it; without the event it is an orphan that the next try overwrites.
 * @throws Refusal PERSON.EMAIL_TAKEN
 */
export const registerPerson = async (deps: { readonly handle: Handle; readonly persons: Persons }, context: CommandContext, p: NewPerson): Promise<void> => {
  const secret = personSecret(p.id);
  const password_hash = p.password === undefined ? p.password_hash : await hashPassword(p.password);
  await deps.persons.keep(p.id, { email: p.email, name: p.name, ...(password_hash === undefined ? {} : { password_hash }) });
  const claim = { kind: EMAIL_MARKER, key: deps.persons.emailKey(p.email), taken: emailTaken() };
  const { repeated } = await deps.handle(person, { ...context, tenant: INSTALLATION, id: p.id }, { type: 'RegisterPerson', secret, has_password: password_hash !== undefined }, [claim]).catch(async (error: unknown) => {
    if (error === claim.taken) await deps.persons.forget(p.id);
    throw error;
  });
  // tried again with another address than the one that was claimed the first time
  if (repeated && (await deps.persons.findByEmail(p.email)) !== p.id) throw emailTaken();
};
