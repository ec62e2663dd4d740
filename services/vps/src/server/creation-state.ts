/** The part of a server's state that its making, its set-up and its end are about. */
import type { EventOf } from '@xanthus/proto';
import type { creationEvents, Lifecycle } from '@xanthus/proto/vps';

export type CreationEvent = EventOf<typeof creationEvents>;
export type ServerRequested = Extract<CreationEvent, { type: 'ServerRequested' }>['data'];

/** What a machine was ordered with; only of one that was made here. */
export type Order = Pick<ServerRequested, 'provider_id' | 'location' | 'public_key' | 'host_key_secret' | 'authorized_keys'> & { readonly agreed: ServerRequested['price'] };

export interface CreationState {
  /** Absent: `ready`, as every adopted machine is. */
  readonly lifecycle?: Lifecycle;
  readonly order?: Order;
  /** The provider's own id of the machine. */
  readonly provider_ref?: string;
  /** Which set-up this is; a word of an earlier one comes too late. */
  readonly set_up_round?: number;
  /** How often somebody wanted it to be deleted. */
  readonly removals?: number;
}

/** Total: an event that does not fit changes nothing. A server that is being deleted only gets deleted. */
export const evolveCreation = <S extends CreationState>(state: S, event: CreationEvent): S => {
  if (event.type === 'ServerRemovalFailed') return { ...state, lifecycle: 'removal-failed' };
  if (event.type === 'ServerRemovalRequested') return { ...state, lifecycle: 'deleting', removals: (state.removals ?? 0) + 1 };
  if (state.lifecycle === 'deleting' || state.lifecycle === 'removal-failed') return event.type === 'ServerPlaced' ? { ...state, provider_ref: event.data.provider_ref } : state;
  switch (event.type) {
    case 'ServerPlaced': return { ...state, host: event.data.host, port: event.data.port, provider_ref: event.data.provider_ref };
    case 'ServerSetUpStarted': return { ...state, lifecycle: state.order && state.lifecycle !== 'ready' ? 'creating' : 'setting-up', set_up_round: event.data.round };
    case 'ServerBecameReady': case 'ServerSetUpStopped': return { ...state, lifecycle: 'ready' };
    case 'ServerSetUpFailed': return { ...state, lifecycle: 'failed' };
    default: return state;
  }
};
