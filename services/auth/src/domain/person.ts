/** A person, in the tenant `xanthus`: name, address and password hash lie in the vault; the log has references only. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { Actor, EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { schemasOf } from './schemas.js';
import { decideSecondFactor, evolveSecondFactor, NO_SECOND_FACTOR, type SecondFactor, type SecondFactorCommand } from './second-factor.js';

const {
  PersonRegistered, PersonRenamed, PasswordChanged, PasswordRefused, ResetLinkIssued, LoginRefused, TotpStarted, TotpEnabled, TotpUsed, TotpDisabled, RecoveryCodeUsed, RecoveryCodesRenewed, PersonForgotten,
} = authEvents;
const events = {
  PersonRegistered, PersonRenamed, PasswordChanged, PasswordRefused, ResetLinkIssued, LoginRefused, TotpStarted, TotpEnabled, TotpUsed, TotpDisabled, RecoveryCodeUsed, RecoveryCodesRenewed, PersonForgotten,
};
export type PersonEvent = EventOf<typeof events>;
type DataOf<T extends PersonEvent['type']> = Extract<PersonEvent, { type: T }>['data'];

/** `by` may make it in `tenant`; links of older versions don't say. */
export interface ResetLink { readonly token_sha256: string; readonly expires_at: string; readonly second_factor_too: boolean; readonly tenant?: string | undefined; readonly by: Actor }
export interface RegisteredPerson {
  readonly status: 'registered';
  readonly secret: string;
  readonly has_password: boolean;
  /** The newest link to set a new password, until it was used. */
  readonly reset?: ResetLink | undefined;
  readonly second_factor: SecondFactor;
}
export type PersonState = { readonly status: 'unknown' } | RegisteredPerson;

export type PersonCommand =
  | { readonly type: 'RegisterPerson'; readonly secret: string; readonly has_password?: boolean }
  /** Decides nothing: answers the state as the leader has it. */
  | { readonly type: 'Look' }
  | { readonly type: 'Rename' }
  | { readonly type: 'ChangePassword'; readonly reason: 'changed' | 'rehashed' }
  | ({ readonly type: 'RefuseLogin' } & DataOf<'LoginRefused'>)
  | ({ readonly type: 'RefusePassword' } & DataOf<'PasswordRefused'>)
  | ({ readonly type: 'IssueResetLink' } & DataOf<'ResetLinkIssued'>)
  /** `check`: say only whether the link is good. */
  | { readonly type: 'UseResetLink'; readonly token_sha256: string; readonly check?: true }
  /** Belongs to no tenant any more since this one was forgotten. */
  | { readonly type: 'ForgetPerson'; readonly tenant: string }
  | SecondFactorCommand;

export const linkInvalid = () => new Refusal('RESET.LINK_INVALID', 'This link is not valid: it was used, or a newer one was made. Ask for another one.');

const decider: Decider<PersonState, PersonCommand, PersonEvent> = {
  initialState: { status: 'unknown' },
  decide(state, command, context) {
    if (command.type === 'RegisterPerson') {
      if (state.status === 'registered') throw new Refusal('PERSON.EXISTS', 'This person is registered already.');
      return [{ type: 'PersonRegistered', data: { secret: command.secret, has_password: command.has_password ?? true } }];
    }
    if (state.status === 'unknown') return unknown(command);
    switch (command.type) {
      case 'Look': return [];
      case 'ForgetPerson': return [{ type: 'PersonForgotten', data: { tenant: command.tenant } }];
      case 'Rename': return [{ type: 'PersonRenamed', data: {} }];
      case 'ChangePassword': return [{ type: 'PasswordChanged', data: { reason: command.reason } }];
      case 'RefuseLogin': {
        const { type: _type, ...data } = command;
        return [{ type: 'LoginRefused', data }];
      }
      case 'RefusePassword': return [{ type: 'PasswordRefused', data: { reason: command.reason, during: command.during } }];
      case 'IssueResetLink': {
        const { type: _type, ...data } = command;
        return [{ type: 'ResetLinkIssued', data }];
      }
      case 'UseResetLink':
        if (state.reset?.token_sha256 !== command.token_sha256) throw linkInvalid();
        if (state.reset.expires_at <= context.now) throw new Refusal('RESET.LINK_EXPIRED', 'This link has expired. Ask for another one.');
        if (command.check === true) return [];
        return [
          { type: 'PasswordChanged', data: { reason: 'reset' } },
          ...(state.reset.second_factor_too && state.second_factor.totp !== undefined ? [{ type: 'TotpDisabled', data: { reason: 'reset' } } as const] : []),
        ];
      default: return decideSecondFactor(state.second_factor, command);
    }
  },
  evolve(state, event, { actor }) {
    if (event.type === 'PersonRegistered') return { status: 'registered', secret: event.data.secret, has_password: event.data.has_password ?? true, second_factor: NO_SECOND_FACTOR };
    if (state.status === 'unknown' || event.type === 'PersonForgotten') return { status: 'unknown' };
    switch (event.type) {
      case 'PasswordChanged': return event.data.reason === 'rehashed' ? state : { ...state, has_password: true, reset: undefined };
      case 'ResetLinkIssued': return { ...state, reset: { ...event.data, by: actor } };
      default: return { ...state, second_factor: evolveSecondFactor(state.second_factor, event) };
    }
  },
};

/** Of nobody there is nothing to note; a link or a change is refused as if it did not fit. */
const unknown = (command: PersonCommand): PersonEvent[] => {
  switch (command.type) {
    case 'Look':
    case 'ForgetPerson':
    case 'RefuseLogin':
    case 'RefusePassword': return [];
    case 'UseResetLink': throw linkInvalid();
    default: throw new Refusal('PERSON.NOT_FOUND', 'There is no such person.');
  }
};

export const person: AggregateType<PersonState, PersonCommand, PersonEvent> = { service: 'auth', name: 'person', decider, schemas: schemasOf(events), snapshot: { schema: 3, every: 100 } };
