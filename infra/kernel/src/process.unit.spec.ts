import { describe, expect, it } from '@jest/globals';
import { contextFor, counter } from './event-store.features.js';
import { handleCommand } from './handle-command.js';
import { MemoryEventStore } from './memory-event-store.js';
import { processReactor } from './process.js';
import type { Process } from './reactor.js';

type In = { readonly type: 'Counted'; readonly data: { readonly by: number } } | { readonly type: 'Closed' };

/** Closes a counter that has reached ten. */
const closing: Process<number, In, 'close'> = {
  initialState: 0,
  evolve: (total, event) => (event.type === 'Counted' ? total + event.data.by : total),
  react: (total, event) => (event.type === 'Counted' && total < 10 && total + event.data.by >= 10 ? ['close'] : []),
};

describe('processReactor', () => {
  it('reacts to each event by the state before it; a repeated event causes the same command, once', async () => {
    const store = new MemoryEventStore();
    const ids: string[] = [];
    const reactor = processReactor({
      name: 'close-when-ten', types: ['Counted'], process: closing, store,
      async execute(command, { event, command_id }) {
        ids.push(command_id);
        await handleCommand(store, counter(), contextFor(event.aggregate.id, command_id), command);
      },
    });
    await handleCommand(store, counter(), contextFor('one'), { count: [4, 7, 1] });
    const counted = [...store.all()];
    const context = { delivery: 1, signal: new AbortController().signal };
    for (const event of [...counted, ...counted]) await reactor.react(event, context);
    expect(ids).toEqual(Array<string>(2).fill(`close-when-ten-${counted[1]?.id}-0`));
    expect(store.all().map((event) => event.type)).toEqual(['Counted', 'Counted', 'Counted', 'Closed']);
  });
});
