import type { DomainEvent } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { vpsEvents } from '@xanthus/proto/vps';

export type SshKeyEvent = Extract<EventOf<typeof vpsEvents>, { type: `SshKey${string}` }>;

interface Named { readonly name: string; readonly public_key: string; readonly fingerprint: string }

export type SshKeyState =
  | { readonly status: 'absent' }
  /** `secret`: name of the private half in the vault. */
  | ({ readonly status: 'generated'; readonly secret: string } & Named)
  | ({ readonly status: 'imported' } & Named)
  | ({ readonly status: 'removed'; readonly secret?: string } & Named);

export const initialSshKey: SshKeyState = { status: 'absent' };

export const evolveSshKey = (state: SshKeyState, event: SshKeyEvent | DomainEvent): SshKeyState => {
  const known = event as SshKeyEvent;
  switch (known.type) {
    case 'SshKeyGenerated': {
      const { name, public_key, fingerprint, secret } = known.data;
      return state.status === 'absent' ? { status: 'generated', name, public_key, fingerprint, secret } : state;
    }
    case 'SshKeyImported': {
      const { name, public_key, fingerprint } = known.data;
      return state.status === 'absent' ? { status: 'imported', name, public_key, fingerprint } : state;
    }
    case 'SshKeyRemoved':
      return state.status === 'generated' || state.status === 'imported' ? { ...state, status: 'removed' } : state;
    default: return state;
  }
};
