import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AggregateCache } from './aggregate-cache.js';
import { contextFor, counter } from './event-store.features.js';
import type { EventStore } from './event-store.js';
import { handleCommand } from './handle-command.js';
import { MemoryEventStore, MemorySnapshotStore } from './memory-event-store.js';
import { ConflictError, UncertainError } from './refusal.js';

/** An append can fail in two ways without saying which: not stored, or stored and the answer lost. */
type Fault = 'none' | 'not-stored' | 'answer-lost';

const faulty = (store: MemoryEventStore, faults: readonly Fault[]): EventStore => {
  let next = 0;
  return {
    load: (...a) => store.load(...a), lastSequence: (...a) => store.lastSequence(...a), claim: (...a) => store.claim(...a), release: (...a) => store.release(...a),
    async append(...a) {
      const fault = faults[next++] ?? 'none';
      if (fault === 'not-stored') throw new UncertainError('not stored');
      const done = await store.append(...a);
      if (fault === 'answer-lost') throw new UncertainError('answer lost');
      return done;
    },
  };
};

describe('handleCommand', () => {
  it('lets every command take effect once, whatever fails, repeats, or is kept in memory', async () => {
    const fault = fc.constantFrom<Fault>('none', 'none', 'not-stored', 'answer-lost');
    const step = fc.record({ command: fc.integer({ min: 0, max: 5 }), by: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }), copy: fc.integer({ min: 0, max: 2 }), faults: fc.array(fault, { maxLength: 2 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const store = new MemoryEventStore();
        const snapshots = new MemorySnapshotStore();
        const caches = [new AggregateCache(), new AggregateCache(1), undefined];
        const model = new Map<number, number>();
        for (const { command, by, copy, faults } of steps) {
          const cache = caches[copy];
          const result = await handleCommand(faulty(store, faults), counter(2), contextFor('one', `command-${command}`), { count: by }, { snapshots, ...(cache ? { cache } : {}) });
          if (!model.has(command)) model.set(command, by.reduce((a, b) => a + b, 0));
          expect(result.events.reduce((sum, event) => sum + (event.data as { by: number }).by, 0)).toBe(model.get(command));
        }
        const total = [...model.values()].reduce((a, b) => a + b, 0);
        expect(store.all().reduce((sum, event) => sum + (event.data as { by: number }).by, 0)).toBe(total);
      }),
      { numRuns: 40 },
    );
  });

  it('finds a repeat and an id that is taken although a new aggregate is not loaded first', async () => {
    const store = new MemoryEventStore();
    const create = { ...contextFor('new', 'command-create'), presumed_new: true as const };
    const first = await handleCommand(store, counter(), create, { count: [1, 2] });
    expect(await handleCommand(store, counter(), create, { count: [1, 2] })).toMatchObject({ repeated: true, seq: first.seq, state: { total: 3 } });
    await handleCommand(store, counter(), contextFor('new'), 'close');
    await expect(handleCommand(store, counter(), { ...contextFor('new', 'command-other'), presumed_new: true }, { count: [1] })).rejects.toMatchObject({ code: 'COUNTER.CLOSED' });
    expect(store.all()).toHaveLength(3);
  });

  it('does nothing where the thing has changed since somebody saw it, and what it stores itself is no such change', async () => {
    const store = new MemoryEventStore();
    const seen = (await handleCommand(store, counter(), contextFor('one', 'command-first'), { count: [1] })).seq;
    const as = (command_id: string) => ({ ...contextFor('one', command_id), expected: { aggregate: counter().name, id: 'one', seq: seen, met: false } });
    const mine = as('command-mine');
    await handleCommand(store, counter(), mine, { count: [1] });
    await handleCommand(store, counter(), { ...mine, command_id: 'command-mine-2' }, { count: [1] });
    expect(await handleCommand(store, counter(), as('command-mine'), { count: [1] })).toMatchObject({ repeated: true });
    // A repeat of what was cut off in the middle stores the rest.
    const cut = as('command-mine');
    for (const id of ['command-mine', 'command-mine-3']) await handleCommand(store, counter(), { ...cut, command_id: id }, { count: [1] });
    await expect(handleCommand(store, counter(), as('command-other'), { count: [1] })).rejects.toMatchObject({ code: 'COMMAND.CHANGED', details: { expected: seen, current: seen + 3 } });
    await handleCommand(store, counter(), { ...as('command-elsewhere'), id: 'two' }, { count: [1] });
    expect(store.all()).toHaveLength(5);
  });

  it('of two at the same moment lets one through', async () => {
    const store = new MemoryEventStore();
    const seen = (await handleCommand(store, counter(), contextFor('one', 'command-first'), { count: [1] })).seq;
    const both = await Promise.allSettled(['command-a', 'command-b'].map(id => handleCommand(store, counter(), { ...contextFor('one', id), expected: { aggregate: counter().name, id: 'one', seq: seen, met: false } }, { count: [1] })));
    expect(both.filter(b => b.status === 'rejected')).toMatchObject([{ reason: { code: 'COMMAND.CHANGED' } }]);
    expect(store.all()).toHaveLength(2);
  });

  it('gives up after five tries and says that it does not know', async () => {
    const store = faulty(new MemoryEventStore(), Array<Fault>(9).fill('not-stored'));
    await expect(handleCommand(store, counter(), contextFor('one'), { count: [1] })).rejects.toBeInstanceOf(UncertainError);
  });

  const inFlight = (store: MemoryEventStore, count: number): EventStore & { tries: number } => {
    const made = {
      ...faulty(store, []), tries: 0,
      append: (...a: Parameters<EventStore['append']>) => (made.tries++ < count ? Promise.reject(new ConflictError('one', 0)) : store.append(...a)),
    };
    return made;
  };

  it('waits for what another has in flight, longer than five tries', async () => {
    const store = new MemoryEventStore();
    const busy = inFlight(store, 7);
    expect(await handleCommand(busy, counter(), contextFor('one'), { count: [3] })).toMatchObject({ state: { total: 3 }, repeated: false });
    expect([busy.tries, store.all()]).toEqual([8, [expect.anything()]]);
  });

  it('but not for ever', async () => {
    const busy = inFlight(new MemoryEventStore(), Infinity);
    const begun = performance.now();
    await expect(handleCommand(busy, counter(), contextFor('one'), { count: [3] }, { patience: 400 })).rejects.toBeInstanceOf(ConflictError);
    expect(busy.tries).toBeGreaterThanOrEqual(5);
    expect(performance.now() - begun).toBeGreaterThan(390);
  });

  it('does not hide a fault of the decider', async () => {
    const type = { ...counter(), decider: { ...counter().decider, decide: () => { throw new TypeError('a mistake'); } } };
    await expect(handleCommand(new MemoryEventStore(), type, contextFor('one'), 'close')).rejects.toThrow('a mistake');
  });
});
