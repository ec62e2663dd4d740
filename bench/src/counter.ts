/** The smallest aggregate: what is measured is the way to the log and back. */
import { newId, type AggregateType, type CommandContext } from '@xanthus/kernel';
import type { AggregateRef } from '@xanthus/proto';

export type CounterEvent = { readonly type: 'Counted'; readonly data: { readonly by: number; readonly note: string } } | { readonly type: 'CounterDeleted'; readonly data: Record<string, never> };
export interface Counter { readonly total: number; readonly deleted: boolean }
export type CounterCommand = { readonly count: number } | 'delete';

/** Makes an event about as large as a usual one: 0.5 KB with its envelope. */
const NOTE = 'a server was adopted by somebody from somewhere';

export const counter: AggregateType<Counter, CounterCommand, CounterEvent> = {
  service: 'vps',
  name: 'counter',
  decider: {
    initialState: { total: 0, deleted: false },
    decide: (_, command) => (command === 'delete' ? [{ type: 'CounterDeleted', data: {} }] : [{ type: 'Counted', data: { by: command.count, note: NOTE } }]),
    evolve: (state, event) => (event.type === 'Counted' ? { ...state, total: state.total + event.data.by } : event.type === 'CounterDeleted' ? { ...state, deleted: true } : state),
  },
  schemas: { Counted: 1, CounterDeleted: 1 },
  snapshot: { schema: 1, every: 100 },
};

export const refOf = (id: string): AggregateRef => ({ tenant: 'acme', service: 'vps', aggregate: 'counter', id });
export const counted = { event: { type: 'Counted', data: { by: 1, note: NOTE } }, schema: 1 } as const;
export const contextFor = (id: string, command_id: string = newId()): CommandContext => ({
  tenant: 'acme', id, actor: { kind: 'person', id: 'someone' }, now: new Date().toISOString(), command_id, correlation_id: command_id,
});
