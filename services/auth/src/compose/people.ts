/** Persons, their passwords and second factors, sessions and the log-in with a password. */
import { setInterval } from 'node:timers';
import { markerKey } from '@xanthus/jetstream';
import { rootKey, type MasterKeys } from '@xanthus/vault';
import type { AccessTokens } from '../adapters/access-tokens.js';
import { openBreachedPasswords } from '../adapters/breached-passwords.js';
import { deviceTokens } from '../adapters/device-tokens.js';
import { kvCounters, loginThrottle } from '../adapters/login-throttle.js';
import { openPersons } from '../adapters/persons.js';
import { refreshTokens } from '../adapters/refresh-token.js';
import { guessesWith } from '../app/guesses.js';
import { LogIns, type LogInMethods } from '../app/log-in/log-ins.js';
import type { LogInAndJoin } from '../app/invitations.js';
import { passwordLogInWith, type PasswordLogInDeps } from '../app/log-in/password.js';
import { Passwords } from '../app/passwords.js';
import { People } from '../app/people.js';
import { refusalCount } from '../app/refusal-count.js';
import { Preferences } from '../app/preferences.js';
import { Roles } from '../app/roles.js';
import { SecondFactors } from '../app/second-factors.js';
import { Sessions } from '../app/sessions.js';
import { PersonDoors } from '../endpoints/person.doors.js';
import { PreferencesDoors } from '../endpoints/preferences.doors.js';
import { SessionDoors } from '../endpoints/session.doors.js';
import { endSessionsWhenPasswordChanged } from '../reactors/end-sessions-when-password-changed.js';
import type { BaseCore, Part, PeopleCore } from './part.js';

/** Refusals that are only counted are told this often, ms. */
const TELL_EVERY = 60_000;

export interface PeopleParts {
  readonly core: PeopleCore;
  /** With the other ways to log in. */
  part(others: Partial<LogInMethods>): Part;
}

export const composePeople = async (base: BaseCore, masters: MasterKeys, access: AccessTokens): Promise<PeopleParts> => {
  const { nc, log, config, views, onStop, handle, read, vault, markers } = base;
  const persons = await openPersons(nc, vault, markers);
  const breached = await openBreachedPasswords(config.XANTHUS_BREACHED_PASSWORDS_FILE);
  onStop(() => breached.close());
  const sessions = new Sessions({ handle, read, views, vault, persons, access, refresh: refreshTokens(await rootKey(nc, masters, 'refresh-tokens')), log });
  const passwords = new Passwords({ handle, persons, breached });
  const throttle = loginThrottle(kvCounters(nc));
  const guesses = guessesWith(throttle);
  const secondFactors = new SecondFactors({ handle, persons, vault, views, guesses });
  const people = new People({ handle, read, views, persons, passwords, sessions, secondFactors, guesses, roles: new Roles({ handle, views }) });
  const refusals = refusalCount(handle, log);
  const telling = setInterval(() => void refusals.flush(), TELL_EVERY);
  onStop(async () => {
    clearInterval(telling);
    await refusals.flush();
  });
  const ways: PasswordLogInDeps = {
    handle, persons, passwords, secondFactors, sessions, throttle, refusals, log, devices: deviceTokens(await rootKey(nc, masters, 'devices')), addressKey: address => markerKey(markers, `address ${address}`),
  };
  const password = passwordLogInWith(ways);
  // An invitation is used where the session is opened, which nobody reaches who was not proved: not where the tenant is looked up, which may come before.
  const joining = (slug: string, admit: (person: string) => Promise<unknown>): PasswordLogInDeps['sessions'] => ({
    tenantOf: async () => slug,
    end: (...args) => sessions.end(...args),
    async open(context, who) {
      await admit(who.person);
      return sessions.open(context, who);
    },
  });
  const logInAndJoin: LogInAndJoin = (context, input, slug, admit) => passwordLogInWith({ ...ways, sessions: joining(slug, admit) })(context, { method: 'password', ...input });
  return {
    core: { persons, sessions, requireStrong: passwords.requireStrong, logInAndJoin },
    part: others => ({
      reactors: [endSessionsWhenPasswordChanged(sessions)],
      controllers: [SessionDoors, PersonDoors, PreferencesDoors],
      providers: [
        { provide: Sessions, useValue: sessions }, { provide: LogIns, useValue: new LogIns({ password, ...others }) }, { provide: People, useValue: people }, { provide: SecondFactors, useValue: secondFactors },
        { provide: Preferences, useValue: new Preferences({ handle, views }) },
      ],
    }),
  };
};
