import type { AggregateType, Decider } from '@xanthus/kernel';
import { channelExists, kindDiffers, noChannel } from './channel.errors.js';
import { evolveChannel, initialChannel, isLive, type ChannelEvent, type ChannelSettings, type ChannelState, type LiveChannel } from './channel.js';

export type ChannelCommand =
  | { readonly type: 'Define'; readonly settings: ChannelSettings }
  /** Over what it is now. */
  | { readonly type: 'Change'; readonly settings: Partial<ChannelSettings> }
  | { readonly type: 'Pause' } | { readonly type: 'Resume' } | { readonly type: 'Remove' }
  | { readonly type: 'NoteTest'; readonly ok: boolean; readonly message: string; readonly code?: string | undefined };

const live = (state: ChannelState): LiveChannel => {
  if (!isLive(state)) throw noChannel();
  return state;
};

const channelDecider: Decider<ChannelState, ChannelCommand, ChannelEvent> = {
  initialState: initialChannel,
  evolve: evolveChannel,
  decide(state, command) {
    switch (command.type) {
      case 'Define':
        if (state.status !== 'absent') throw channelExists();
        return [{ type: 'ChannelDefined', data: command.settings }];
      case 'Change': {
        const { settings } = live(state);
        if (command.settings.kind !== undefined && command.settings.kind !== settings.kind) throw kindDiffers();
        const after = { ...settings, ...command.settings };
        return JSON.stringify(after) === JSON.stringify(settings) ? [] : [{ type: 'ChannelChanged', data: after }];
      }
      case 'Pause': return live(state).status === 'paused' ? [] : [{ type: 'ChannelPaused', data: {} }];
      case 'Resume': return live(state).status === 'active' ? [] : [{ type: 'ChannelResumed', data: {} }];
      case 'Remove':
        live(state);
        return [{ type: 'ChannelRemoved', data: {} }];
      case 'NoteTest': {
        live(state);
        const { ok, message, code } = command;
        return [{ type: 'ChannelTested', data: { ok, message, ...(code === undefined ? {} : { code }) } }];
      }
    }
  },
};

export const channelType: AggregateType<ChannelState, ChannelCommand, ChannelEvent> = {
  service: 'notifications', name: 'channel', decider: channelDecider,
  schemas: { ChannelDefined: 1, ChannelChanged: 1, ChannelPaused: 1, ChannelResumed: 1, ChannelTested: 1, ChannelRemoved: 1 },
};
