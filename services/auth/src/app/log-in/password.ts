/** A log-in with address and password, and a second factor where the person has one. */
import type { Logger } from '@xanthus/jetstream';
import { newId, Refusal, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION } from '@xanthus/proto';
import type { passwordLogIn, SessionTokens } from '@xanthus/proto/auth';
import type { z } from 'zod';
import type { DeviceTokens } from '../../adapters/device-tokens.js';
import type { Attempt, Guess, LoginThrottle } from '../../adapters/login-throttle.js';
import { needsRehash, verifyPassword } from '../../adapters/passwords.js';
import { NOBODY, type Persons } from '../../adapters/persons.js';
import { ACCOUNT_BACK_OFF, ADDRESS_BACK_OFF } from '../../domain/back-off.js';
import { person, type PersonCommand } from '../../domain/person.js';
import type { Handle } from '../handle.js';
import type { Passwords } from '../passwords.js';
import type { RefusalCount } from '../refusal-count.js';
import type { SecondFactors } from '../second-factors.js';
import { notAMember, type Sessions } from '../sessions.js';

type Input = z.output<typeof passwordLogIn>;

export interface PasswordLogInDeps {
  readonly handle: Handle;
  readonly persons: Persons;
  readonly passwords: Passwords;
  readonly secondFactors: SecondFactors;
  readonly sessions: Pick<Sessions, 'open' | 'end' | 'tenantOf'>;
  readonly throttle: LoginThrottle;
  readonly devices: DeviceTokens;
  readonly refusals: RefusalCount;
  /** A token of a subject for an address, so that none is written down. */
  readonly addressKey: (address: string) => string;
  readonly log: Logger;
}

const refused = () => new Refusal('LOGIN.REFUSED', 'E-mail address or password is wrong.');
const tooMany = (wait: number) => new Refusal('LOGIN.TOO_MANY', `Too many failed log-ins; try again in ${Math.ceil(wait / 1_000)} s.`, { retry_after_ms: wait }, true);

/**
 * Nobody is told apart from somebody: the same reads, one hash, the same refusal, the same back-off. A device that logged in to this account before has counters of its own,
 * so that guesses from elsewhere never keep its owner out.
 * @throws Refusal LOGIN.REFUSED, LOGIN.TOO_MANY, LOGIN.SECOND_FACTOR_NEEDED, LOGIN.WRONG_CODE, LOGIN.NOT_A_MEMBER
 */
export const passwordLogInWith = (deps: PasswordLogInDeps) => async (context: CommandContext, input: Input): Promise<SessionTokens> => {
  const { handle, persons, secondFactors, sessions, devices, refusals } = deps;
  const account = persons.emailKey(input.email);
  const [attempt, found] = await Promise.all([deps.throttle.begin(guessesOf(deps, account, input.device)), persons.findByEmail(input.email)]);
  if ('wait' in attempt) {
    refusals.tooMany();
    throw tooMany(attempt.wait);
  }
  const id = found ?? NOBODY;
  const [record, { state }] = await Promise.all([persons.record(id), handle(person, ofPerson(context, id), { type: 'Look' })]);
  const hash = record?.password_hash;
  // The hash takes longer than all else: what comes next is looked up beside it, for nobody too.
  const [matches, slug] = await Promise.all([verifyPassword(hash, input.password), sessions.tenantOf(id, input.tenant)]);
  if (!matches || found === undefined || state.status !== 'registered' || hash === undefined) {
    if (found === undefined) refusals.unknownAccount();
    else noteRefusal(deps, context, found, 'wrong_password', attempt);
    throw refused();
  }

  let second_factor: 'totp' | 'recovery' | undefined;
  if (state.second_factor.totp !== undefined) {
    if (input.code === undefined) {
      await attempt.forgiven();
      throw new Refusal('LOGIN.SECOND_FACTOR_NEEDED', 'Give a code of your authenticator app, or a recovery code.', { methods: ['totp', 'recovery'] });
    }
    second_factor = await secondFactors.accept(ofPerson(context, found), state.second_factor, input.code);
    if (second_factor === undefined) {
      noteRefusal(deps, context, found, 'wrong_code', attempt);
      throw new Refusal('LOGIN.WRONG_CODE', 'The code is wrong, or was used already. Wait for the next one, and check the clock of your device.');
    }
  }
  if (slug === undefined) {
    await attempt.forgiven();
    noteRefusal(deps, context, found, 'not_a_member');
    throw notAMember(input.tenant);
  }
  if (needsRehash(hash)) await deps.passwords.rehash(ofPerson(context, found), input.password);
  const [tokens] = await Promise.all([
    sessions.open(context, { person: found, tenant: slug, device: input.device, method: 'password', ...(second_factor === undefined ? {} : { second_factor }) }),
    attempt.succeeded(['account', 'device']),
  ]);
  await stillHolds(deps, context, found, input.password, hash);
  return { ...tokens, device_token: devices.with(input.device.token, account) };
};

/** A command on somebody who may have been there before. Presumed new, like the session, somebody would be looked up twice, with a pause between, and nobody once. */
const ofPerson = (context: CommandContext, id: string): CommandContext => ({ ...context, tenant: INSTALLATION, id, command_id: newId(), presumed_new: undefined });

const guessesOf = ({ devices, addressKey }: PasswordLogInDeps, account: string, device: Input['device']): Guess[] => {
  const { network = device.address } = device;
  const known = devices.known(device.token, account);
  if (known !== undefined) return [{ kind: 'device', key: known, limits: ACCOUNT_BACK_OFF }];
  return [
    { kind: 'account', key: account, limits: ACCOUNT_BACK_OFF },
    // a program on the gateway's own machine has no address that could be limited
    ...(network === '' ? [] : [{ kind: 'address', key: addressKey(network), limits: ADDRESS_BACK_OFF } as const]),
  ];
};

/** A password that was changed or reset while this log-in was under way opens no session: who ended the others could not see this one yet. */
const stillHolds = async ({ persons, sessions }: PasswordLogInDeps, context: CommandContext, who: string, password: string, before: string): Promise<void> => {
  const now = (await persons.record(who))?.password_hash;
  if (now === before || (await verifyPassword(now, password))) return;
  await sessions.end({ ...context, command_id: `${context.command_id}-undo`, presumed_new: undefined }, 'password_changed', null);
  throw refused();
};

/** Not waited for: an answer that took longer would say that the person exists. */
const noteRefusal = ({ handle, log }: PasswordLogInDeps, context: CommandContext, who: string, reason: Extract<PersonCommand, { type: 'RefuseLogin' }>['reason'], attempt?: Attempt): void => {
  const until = attempt === undefined || attempt.pause === 0 ? {} : { until: new Date(Date.parse(context.now) + attempt.pause).toISOString() };
  handle(person, ofPerson(context, who), { type: 'RefuseLogin', reason, ...until })
    .catch((error: unknown) => log.warn({ err: error }, 'a refused log-in could not be recorded'));
};
