/** A command that is meant for a thing as somebody saw it. */
import { commandChanged, type EventStore } from '@xanthus/kernel';
import type { AggregateRef } from '@xanthus/proto';

/**
 * Looked at before anything is done, here or outside: the leader's last event of the thing is the expected one. A repeat of a command that took
 * effect is let through, to be answered with what it did. @throws Refusal COMMAND.CHANGED
 */
export const requireUnchanged = async (store: Pick<EventStore, 'lastSequence' | 'load'>, ref: AggregateRef, { expected, command_id }: { readonly expected: number; readonly command_id: string }): Promise<void> => {
  const current = await store.lastSequence(ref);
  if (current === expected) return;
  const { events } = current > expected ? await store.load(ref, { after: expected, atLeast: current }) : { events: [] };
  if (events.some(event => event.command_id === command_id)) return;
  throw commandChanged(expected, current);
};
