/** A channel as its events have it. Pure. */
import type { DataOf, EventOf } from '@xanthus/proto';
import type { channelEvents } from '@xanthus/proto/notifications';

export type ChannelEvent = EventOf<typeof channelEvents>;
/** Where it leads lies in the vault under `secret`. */
export type ChannelSettings = DataOf<(typeof channelEvents)['ChannelDefined']>;
export type ChannelState = { readonly status: 'absent' } | { readonly status: 'removed'; readonly settings: ChannelSettings } | { readonly status: 'active' | 'paused'; readonly settings: ChannelSettings };
export type LiveChannel = Extract<ChannelState, { status: 'active' | 'paused' }>;

export const initialChannel: ChannelState = { status: 'absent' };
export const isLive = (state: ChannelState): state is LiveChannel => state.status === 'active' || state.status === 'paused';

export const evolveChannel = (state: ChannelState, event: ChannelEvent): ChannelState => {
  if (event.type === 'ChannelDefined') return { status: 'active', settings: event.data };
  if (!isLive(state)) return state;
  switch (event.type) {
    case 'ChannelChanged': return { ...state, settings: event.data };
    case 'ChannelPaused': return { ...state, status: 'paused' };
    case 'ChannelResumed': return { ...state, status: 'active' };
    case 'ChannelRemoved': return { ...state, status: 'removed' };
    default: return state;
  }
};
