import type { AggregateType, Decider } from '@xanthus/kernel';
import { accountInUse, connectedBefore, notConnected, otherAccount } from './account.errors.js';
import { evolveAccount, initialAccount, isLiveAccount, type Account, type AccountEvent, type AccountState, type LiveAccount, type Problem } from './account.js';

type NewKey = Pick<Account, 'secret' | 'hint' | 'fingerprint' | 'account'>;
/** What was found out about a key names the key (`secret`) that was tried: about an older one it says nothing. */
export type AccountCommand =
  | { readonly type: 'Connect'; readonly data: Account }
  | { readonly type: 'ReplaceKey'; readonly data: NewKey }
  | { readonly type: 'Rename'; readonly data: { readonly name: string } }
  | { readonly type: 'NoteRefused'; readonly data: { readonly secret: string | null; readonly reason: Problem } }
  | { readonly type: 'NoteAccepted'; readonly data: { readonly secret: string | null } }
  | { readonly type: 'Disconnect'; readonly data: { readonly usedBy: readonly string[] } };

const live = (state: AccountState): LiveAccount => {
  if (!isLiveAccount(state)) throw notConnected();
  return state;
};

export const accountDecider: Decider<AccountState, AccountCommand, AccountEvent> = {
  initialState: initialAccount,
  evolve: evolveAccount,
  decide(state, command) {
    switch (command.type) {
      case 'Connect':
        if (state.status !== 'absent') throw connectedBefore();
        return [{ type: 'ProviderConnected', data: command.data }];
      case 'ReplaceKey': {
        const before = live(state).account.account;
        if (before !== null && command.data.account !== null && before !== command.data.account) throw otherAccount();
        return [{ type: 'ProviderKeyReplaced', data: command.data }];
      }
      case 'Rename': return live(state).account.name === command.data.name ? [] : [{ type: 'ProviderRenamed', data: command.data }];
      case 'NoteRefused': {
        const { secret, reason } = command.data;
        if (state.status !== 'connected' || state.account.secret !== secret) return [];
        return [{ type: 'ProviderRefused', data: { reason } }];
      }
      case 'NoteAccepted': return state.status === 'refused' && state.account.secret === command.data.secret ? [{ type: 'ProviderAccepted', data: {} }] : [];
      case 'Disconnect':
        live(state);
        if (command.data.usedBy.length > 0) throw accountInUse(command.data.usedBy);
        return [{ type: 'ProviderDisconnected', data: {} }];
    }
  },
};

export const accountType: AggregateType<AccountState, AccountCommand, AccountEvent> = {
  service: 'vps', name: 'provider', decider: accountDecider,
  schemas: { ProviderConnected: 1, ProviderKeyReplaced: 1, ProviderRenamed: 1, ProviderRefused: 1, ProviderAccepted: 1, ProviderDisconnected: 1 },
};
