import type { AggregateType, CommandContext, Decider } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import type { forwardEvents } from '@xanthus/proto/terminals';
import { entryUsed, isOver, notFound, notShared, notYours } from './forward.errors.js';
import { evolveForward, initialForward, type ForwardEnd, type ForwardEvent, type ForwardState, type OpenForward } from './forward.js';

export type ForwardCommand =
  | ({ readonly type: 'Open' } & DataOf<typeof forwardEvents.ForwardOpened>)
  | { readonly type: 'Enter'; readonly entry: string }
  | { readonly type: 'Extend'; readonly ends_at: string }
  | { readonly type: 'Close' }
  /** Of the service; what is closed already stays as it was. */
  | ({ readonly type: 'End' } & ForwardEnd);

const decideOpen = (state: OpenForward, command: Exclude<ForwardCommand, { type: 'Open' }>, { actor, now }: CommandContext): readonly ForwardEvent[] => {
  const late = state.ends_at <= now;
  switch (command.type) {
    case 'Enter':
      if (late) throw isOver({ how: 'over', message: '' });
      if (state.share === 'me' && actor.id !== state.owner) throw notShared();
      if (state.entries.some(e => e.entry === command.entry)) throw entryUsed();
      return [{ type: 'ForwardEntered', data: { entry: command.entry } }];
    case 'Extend':
      if (actor.id !== state.owner) throw notYours();
      if (late) throw isOver({ how: 'over', message: '' });
      return [{ type: 'ForwardExtended', data: { ends_at: command.ends_at } }];
    case 'Close': return [{ type: 'ForwardClosed', data: { how: 'closed', message: '' } }];
    case 'End': return [{ type: 'ForwardClosed', data: { how: command.how, message: command.message.slice(0, 500) } }];
  }
};

export const forwardDecider: Decider<ForwardState, ForwardCommand, ForwardEvent> = {
  initialState: initialForward,
  evolve: evolveForward,
  decide(state, command, context) {
    if (command.type === 'Open') {
      const { type: _type, ...data } = command;
      return state.status === 'absent' ? [{ type: 'ForwardOpened', data }] : [];
    }
    if (state.status === 'open') return decideOpen(state, command, context);
    if (command.type === 'End') return [];
    throw state.status === 'closed' ? isOver(state.end) : notFound();
  },
};

export const forwardType: AggregateType<ForwardState, ForwardCommand, ForwardEvent> = {
  service: 'terminals', name: 'forward', decider: forwardDecider, schemas: { ForwardOpened: 1, ForwardEntered: 1, ForwardExtended: 1, ForwardClosed: 1 },
};
