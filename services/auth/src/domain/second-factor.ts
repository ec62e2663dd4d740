/** The part of a person that has to do with an authenticator app and recovery codes. Secrets and hashes lie in the vault; here is which of them count, and what was used. */
import { Refusal } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';

const { TotpStarted, TotpEnabled, TotpUsed, TotpDisabled, RecoveryCodeUsed, RecoveryCodesRenewed } = authEvents;
export type SecondFactorEvent = EventOf<{ TotpStarted: typeof TotpStarted; TotpEnabled: typeof TotpEnabled; TotpUsed: typeof TotpUsed; TotpDisabled: typeof TotpDisabled; RecoveryCodeUsed: typeof RecoveryCodeUsed; RecoveryCodesRenewed: typeof RecoveryCodesRenewed }>;

export interface SecondFactor {
  /** Name of a secret that no code was given of yet. */
  readonly pending?: string | undefined;
  /** On. `step`: the newest time step of which a code was used. */
  readonly totp?: { readonly secret: string; readonly step: number } | undefined;
  readonly recovery?: { readonly secret: string; readonly codes: number; readonly used: readonly number[] } | undefined;
}
export const NO_SECOND_FACTOR: SecondFactor = {};

export type SecondFactorCommand =
  | { readonly type: 'StartTotp'; readonly secret: string }
  /** A code of the pending secret was right. */
  | { readonly type: 'EnableTotp'; readonly secret: string; readonly step: number; readonly recovery: string; readonly codes: number }
  | { readonly type: 'UseTotp'; readonly step: number }
  | { readonly type: 'UseRecoveryCode'; readonly recovery: string; readonly index: number }
  | { readonly type: 'RenewRecoveryCodes'; readonly recovery: string; readonly codes: number }
  | { readonly type: 'DisableTotp' };

const off = () => new Refusal('TOTP.OFF', 'There is no second factor; turn it on first.');
/** The same for a wrong and for a used code: nothing is learnt from it. */
export const wrongCode = () => new Refusal('TOTP.WRONG_CODE', 'The code is wrong, or was used already. Wait for the next one, and check the clock of your device.');

export const decideSecondFactor = (state: SecondFactor, command: SecondFactorCommand): SecondFactorEvent[] => {
  switch (command.type) {
    case 'StartTotp':
      if (state.totp !== undefined) throw new Refusal('TOTP.ALREADY_ON', 'The second factor is on already; turn it off first to use another device.');
      return [{ type: 'TotpStarted', data: { secret: command.secret } }];
    case 'EnableTotp':
      if (state.totp !== undefined) throw new Refusal('TOTP.ALREADY_ON', 'The second factor is on already; its recovery codes can be renewed.');
      if (state.pending !== command.secret) throw new Refusal('TOTP.NOT_STARTED', 'Begin again: this secret was replaced by a newer one.');
      return [{ type: 'TotpEnabled', data: { secret: command.secret, recovery: command.recovery, codes: command.codes, step: command.step } }];
    case 'UseTotp':
      if (state.totp === undefined) throw off();
      if (command.step <= state.totp.step) throw wrongCode();
      return [{ type: 'TotpUsed', data: { step: command.step } }];
    case 'UseRecoveryCode':
      if (state.recovery === undefined) throw off();
      if (state.recovery.secret !== command.recovery || state.recovery.used.includes(command.index)) throw wrongCode();
      return [{ type: 'RecoveryCodeUsed', data: { index: command.index } }];
    case 'RenewRecoveryCodes':
      if (state.totp === undefined) throw off();
      return [{ type: 'RecoveryCodesRenewed', data: { recovery: command.recovery, codes: command.codes } }];
    case 'DisableTotp':
      if (state.totp === undefined) throw off();
      return [{ type: 'TotpDisabled', data: { reason: 'disabled' } }];
  }
};

export const evolveSecondFactor = (state: SecondFactor, event: { readonly type: string; readonly data: unknown }): SecondFactor => {
  const known = event as SecondFactorEvent;
  switch (known.type) {
    case 'TotpStarted': return { ...state, pending: known.data.secret };
    case 'TotpEnabled': return { totp: { secret: known.data.secret, step: known.data.step }, recovery: { secret: known.data.recovery, codes: known.data.codes, used: [] } };
    case 'TotpUsed': return state.totp === undefined ? state : { ...state, totp: { ...state.totp, step: known.data.step } };
    case 'RecoveryCodeUsed': return state.recovery === undefined ? state : { ...state, recovery: { ...state.recovery, used: [...state.recovery.used, known.data.index] } };
    case 'RecoveryCodesRenewed': return { ...state, recovery: { secret: known.data.recovery, codes: known.data.codes, used: [] } };
    case 'TotpDisabled': return NO_SECOND_FACTOR;
    default: return state;
  }
};
