/** Persons: one per human being, in the tenant `xanthus`. */
import { z } from 'zod';
import { eventOf, EXAMPLE } from './common.js';

const person = eventOf('person');
export const personEvents = {
  PersonRegistered: person('PersonRegistered', 'A person exists. Address, name and password hash lie in the vault under `secret`.', z.object({ secret: z.string() }), { secret: `person-${EXAMPLE.id}` }),
  PasswordChanged: person('PasswordChanged', 'The password hash in the vault was replaced.', z.object({}), {}),
  LoginRefused: person('LoginRefused', 'A log-in with a wrong password was refused.', z.object({ reason: z.enum(['wrong_password', 'not_a_member']) }), { reason: 'wrong_password' }),
} as const;
