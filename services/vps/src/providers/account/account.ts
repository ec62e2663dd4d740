/** An account at a provider. */
import type { DomainEvent } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { vpsEvents } from '@xanthus/proto/vps';

export type AccountEvent = Extract<EventOf<typeof vpsEvents>, { type: `Provider${string}` }>;

export interface Account {
  readonly kind: string;
  readonly name: string;
  /** Name of the key in the vault; null for what needs none. */
  readonly secret: string | null;
  readonly hint: string | null;
  readonly fingerprint: string | null;
  readonly account: string | null;
}
export interface Problem { readonly code: string; readonly message: string }

export type AccountState =
  | { readonly status: 'absent' }
  | { readonly status: 'connected'; readonly account: Account }
  /** The provider no longer takes the key. */
  | { readonly status: 'refused'; readonly account: Account; readonly reason: Problem }
  | { readonly status: 'disconnected'; readonly account: Account };

export type LiveAccount = Extract<AccountState, { status: 'connected' | 'refused' }>;
export const isLiveAccount = (state: AccountState): state is LiveAccount => state.status === 'connected' || state.status === 'refused';

/** What an account is told by: of one kind, the key; or the kind alone where there is none. */
export const keyMark = (kind: string, fingerprint: string | null): string => `${kind} ${fingerprint ?? ''}`;

export const initialAccount: AccountState = { status: 'absent' };

export const evolveAccount = (state: AccountState, event: AccountEvent | DomainEvent): AccountState => {
  const known = event as AccountEvent;
  if (known.type === 'ProviderConnected') return state.status === 'absent' ? { status: 'connected', account: known.data } : state;
  if (!isLiveAccount(state)) return state;
  switch (known.type) {
    case 'ProviderKeyReplaced': return { status: 'connected', account: { ...state.account, ...known.data } };
    case 'ProviderRenamed': return { ...state, account: { ...state.account, name: known.data.name } };
    case 'ProviderRefused': return { status: 'refused', account: state.account, reason: known.data.reason };
    case 'ProviderAccepted': return { status: 'connected', account: state.account };
    case 'ProviderDisconnected': return { status: 'disconnected', account: state.account };
    default: return state;
  }
};
