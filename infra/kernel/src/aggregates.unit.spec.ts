import { describe, expect, it } from '@jest/globals';
import { AggregateCache } from './aggregate-cache.js';
import { earlierTry, eventsOf, handle, readState, readWithSeq, writtenBy } from './aggregates.js';
import { contextFor, counter } from './event-store.features.js';
import type { EventStore } from './event-store.js';
import { MemoryEventStore } from './memory-event-store.js';

/** A store that writes down from which sequence it was read. */
const watched = (store: MemoryEventStore): { readonly store: EventStore; readonly loads: number[] } => {
  const loads: number[] = [];
  return {
    loads,
    store: {
      load: (ref, how) => { loads.push(how?.after ?? 0); return store.load(ref, how); },
      lastSequence: (...a) => store.lastSequence(...a), append: (...a) => store.append(...a), claim: (...a) => store.claim(...a), release: (...a) => store.release(...a),
    },
  };
};

describe('the aggregates of a service', () => {
  it('answer a command with what was written, and their state with its sequence', async () => {
    const on = { store: new MemoryEventStore() };
    expect(await readWithSeq(on, counter(), 'acme', 'one')).toMatchObject({ state: { total: 0 }, seq: 0 });
    const result = await handle(on, counter(), contextFor('one'), { count: [1, 2] });
    expect(writtenBy(result)).toEqual({ id: 'one', stream: 'VPS', seq: 2 });
    expect(await readWithSeq(on, counter(), 'acme', 'one')).toMatchObject({ state: { total: 3 }, seq: 2 });
    expect(await readState(on, counter(), 'globex', 'one')).toMatchObject({ total: 0 });
  });

  it('are only continued where they are in memory, and read again where the log is shorter than what was remembered', async () => {
    const mine = new MemoryEventStore();
    const { store, loads } = watched(mine);
    const cache = new AggregateCache();
    await handle({ store: mine }, counter(), contextFor('one'), { count: [1, 2] });
    expect(await readState({ store, cache }, counter(), 'acme', 'one')).toMatchObject({ total: 3 });
    expect(await readState({ store, cache }, counter(), 'acme', 'one')).toMatchObject({ total: 3 });
    expect(loads).toEqual([0]);
    // Another copy of the service writes.
    await handle({ store: mine }, counter(), contextFor('one'), { count: [4] });
    expect(await readState({ store, cache }, counter(), 'acme', 'one')).toMatchObject({ total: 7 });
    expect(loads).toEqual([0, 2]);
    const restored = new MemoryEventStore();
    await handle({ store: restored }, counter(), contextFor('one'), { count: [1] });
    expect(await readState({ store: restored, cache }, counter(), 'acme', 'one')).toMatchObject({ total: 1 });
  });

  it('tell what an earlier try of the same command wrote, and nothing at the first', async () => {
    const on = { store: new MemoryEventStore() };
    const first = contextFor('one', 'command-1');
    expect(await earlierTry(on, counter(), first)).toBeUndefined();
    await handle(on, counter(), first, { count: [5] });
    await handle(on, counter(), contextFor('one'), 'close');
    expect(await earlierTry(on, counter(), first)).toMatchObject({ id: 'one', stream: 'VPS', seq: 1, event: { type: 'Counted', data: { by: 5 } } });
  });

  it('give their events and their state in the shapes of today, whatever schema was stored', async () => {
    const store = new MemoryEventStore();
    await store.append({ tenant: 'acme', service: 'vps', aggregate: 'counter', id: 'one' }, [{ event: { type: 'Counted', data: { amount: 5 } }, schema: 1 }], 0, contextFor('one'));
    expect(await eventsOf({ store }, counter(), 'acme', 'one')).toMatchObject([{ schema: 2, data: { by: 5 } }]);
    expect(await readState({ store }, counter(), 'acme', 'one')).toMatchObject({ total: 5 });
    expect(await eventsOf({ store }, counter(), 'acme', 'other')).toEqual([]);
  });
});
