/** What every event store must do. Each adapter runs this suite against its real thing. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AggregateRef } from '@xanthus/proto';
import { AggregateCache } from './aggregate-cache.js';
import type { AggregateType } from './decider.js';
import type { CommandContext } from './event.js';
import { CLAIM_PATIENCE, CLAIM_VOIDED, type Appended, type EventStore, type SnapshotStore } from './event-store.js';
import { handleCommand } from './handle-command.js';
import { newId } from './ids.js';
import { ConflictError, Refusal, UncertainError } from './refusal.js';

export interface StoreUnderTest {
  readonly store: EventStore;
  readonly snapshots: SnapshotStore;
  stop(): Promise<void>;
}

type CounterEvent = { readonly type: 'Counted'; readonly data: { readonly by: number } } | { readonly type: 'Closed'; readonly data: Record<string, never> };
interface Counter { readonly total: number; readonly closed: boolean }
type CounterCommand = { readonly count: readonly number[] } | 'close';

/** An aggregate that counts; `snapshot` as asked. */
export const counter = (every?: number): AggregateType<Counter, CounterCommand, CounterEvent> => ({
  service: 'vps',
  name: 'counter',
  decider: {
    initialState: { total: 0, closed: false },
    decide(state, command) {
      if (state.closed) throw new Refusal('COUNTER.CLOSED', 'It is closed.');
      return command === 'close' ? [{ type: 'Closed', data: {} }] : command.count.map((by) => ({ type: 'Counted', data: { by } }));
    },
    evolve: (state, event) => (event.type === 'Counted' ? { ...state, total: state.total + event.data.by } : event.type === 'Closed' ? { ...state, closed: true } : state),
  },
  schemas: { Counted: 2, Closed: 1 },
  upcasts: { Counted: { 1: (data) => ({ by: (data as { amount: number }).amount }) } },
  ...(every ? { snapshot: { schema: 1, every } } : {}),
});

export const contextFor = (id: string, command_id: string = newId()): CommandContext => ({
  tenant: 'acme', id, actor: { kind: 'person', id: 'someone' }, now: new Date().toISOString(), command_id, correlation_id: command_id,
});
const refOf = (id: string): AggregateRef => ({ tenant: 'acme', service: 'vps', aggregate: 'counter', id });
const counted = (by: number) => ({ event: { type: 'Counted', data: { by } }, schema: 2 });
const others = (n: number) => Array.from({ length: n }, (_, i) => i);

/** A store whose next append is stored, but whose answer is lost. */
const losingOneAnswer = (store: EventStore): EventStore => {
  let lost = false;
  return {
    load: (...a) => store.load(...a), lastSequence: (...a) => store.lastSequence(...a), claim: (...a) => store.claim(...a), release: (...a) => store.release(...a),
    async append(...a): Promise<Appended> {
      const done = await store.append(...a);
      if (lost) return done;
      lost = true;
      throw new UncertainError('the answer was lost');
    },
  };
};

/** `now`: the clock that the store must judge the age of claims by, ms since 1970. */
export const eventStoreFeatures = (name: string, open: (now: () => number) => Promise<StoreUnderTest>): void => {
  describe(`event store: ${name}`, () => {
    let under: StoreUnderTest;
    let store: EventStore;
    let ahead = 0;
    beforeAll(async () => {
      under = await open(() => Date.now() + ahead);
      ({ store } = under);
    });
    afterAll(() => under?.stop());

    it('answers nothing for an aggregate that has no event', async () => {
      expect(await store.load(refOf(newId()))).toEqual({ events: [], last: 0 });
      expect(await store.lastSequence(refOf(newId()))).toBe(0);
    });

    it('stores events with their envelope and reads them in order, and from a sequence on', async () => {
      const id = newId();
      const context = contextFor(id);
      const first = await store.append(refOf(id), [counted(1)], 0, context);
      const second = await store.append(refOf(id), [counted(2)], first.seq, contextFor(id));
      const { events, last } = await store.load(refOf(id), { leader: true });
      expect(events.map((event) => event.data)).toEqual([{ by: 1 }, { by: 2 }]);
      expect(events[0]).toMatchObject({
        type: 'Counted', schema: 2, tenant: 'acme', aggregate: { service: 'vps', name: 'counter', id }, actor: context.actor, command_id: context.command_id, stream: 'VPS', seq: first.seq,
      });
      expect(last).toBe(second.seq);
      expect((await store.load(refOf(id), { after: first.seq, leader: true })).events.map((event) => event.seq)).toEqual([second.seq]);
    });

    it('keeps aggregates apart whose ids begin alike', async () => {
      const id = newId();
      await store.append(refOf(id), [counted(1)], 0, contextFor(id));
      expect((await store.load(refOf(`${id}-2`), { leader: true })).events).toEqual([]);
    });

    it('appends several events all or none, next to each other', async () => {
      const id = newId();
      const { seq, events } = await store.append(refOf(id), [counted(1), counted(2), counted(3)], 0, contextFor(id));
      expect(events.map((event) => event.seq)).toEqual([seq - 2, seq - 1, seq]);
      await expect(store.append(refOf(id), [counted(4), counted(5)], seq - 1, contextFor(id))).rejects.toBeInstanceOf(ConflictError);
      expect((await store.load(refOf(id), { leader: true })).events.map((event) => event.seq)).toEqual([seq - 2, seq - 1, seq]);
    });

    it('refuses a writer who did not see the last event, and names it', async () => {
      const id = newId();
      const { seq } = await store.append(refOf(id), [counted(1)], 0, contextFor(id));
      const late = await store.append(refOf(id), [counted(2)], 0, contextFor(id)).catch((error: unknown) => error);
      expect(late).toBeInstanceOf(ConflictError);
      expect((late as ConflictError).current).toBe(seq);
    });

    it('lets exactly one of many writers append at one place, singles against batches', async () => {
      for (const round of others(8)) {
        const id = newId();
        const tries = await Promise.allSettled(others(6).map((i) => store.append(refOf(id), i % 2 ? [counted(i)] : [counted(i), counted(i)], 0, contextFor(id))));
        const won = tries.filter((one) => one.status === 'fulfilled');
        expect({ round, won: won.length }).toEqual({ round, won: 1 });
        const { events } = await store.load(refOf(id), { leader: true });
        expect(new Set(events.map((event) => event.command_id)).size).toBe(1);
      }
    });

    it('loses no update when many writers count at once', async () => {
      const id = newId();
      const caches = [new AggregateCache(), new AggregateCache(), undefined];
      const count = async (i: number): Promise<void> => {
        const context = contextFor(id);
        for (;;) {
          const cache = caches[i % caches.length];
          try {
            await handleCommand(store, counter(), context, { count: i % 5 ? [1] : [1, 1] }, cache ? { cache } : {});
            return;
          } catch (error) {
            if (!(error instanceof ConflictError)) throw error;
          }
        }
      };
      await Promise.all(others(30).map(count));
      const { events } = await store.load(refOf(id), { leader: true });
      expect(events.length).toBe(36);
      expect(new Set(events.map((event) => event.seq)).size).toBe(36);
      expect(new Set(events.map((event) => event.command_id)).size).toBe(30);
    });

    it('answers a repeated command with what it did the first time', async () => {
      const id = newId();
      const context = contextFor(id);
      const first = await handleCommand(store, counter(), context, { count: [1, 2] });
      await handleCommand(store, counter(), contextFor(id), 'close');
      const again = await handleCommand(store, counter(), context, { count: [1, 2] });
      expect(again).toMatchObject({ repeated: true, seq: first.seq });
      expect(again.events.map((event) => event.id)).toEqual(first.events.map((event) => event.id));
      expect((await store.load(refOf(id), { leader: true })).events.length).toBe(3);
    });

    it('finds its own events when the answer to the append was lost', async () => {
      const id = newId();
      const result = await handleCommand(losingOneAnswer(store), counter(), contextFor(id), { count: [7] });
      expect(result).toMatchObject({ repeated: true, state: { total: 7 } });
      expect((await store.load(refOf(id), { leader: true })).events.length).toBe(1);
    });

    it('never refuses from a stale memory', async () => {
      const id = newId();
      const [mine, theirs] = [new AggregateCache(), new AggregateCache()];
      await handleCommand(store, counter(), contextFor(id), { count: [1] }, { cache: mine });
      await handleCommand(store, counter(), contextFor(id), 'close', { cache: theirs });
      await expect(handleCommand(store, counter(), contextFor(id), { count: [1] }, { cache: mine })).rejects.toMatchObject({ code: 'COUNTER.CLOSED' });
      // An empty decision is a decision too.
      const other = newId();
      await handleCommand(store, counter(), contextFor(other), { count: [1] }, { cache: mine });
      await handleCommand(store, counter(), contextFor(other), 'close', { cache: theirs });
      await expect(handleCommand(store, counter(), contextFor(other), { count: [] }, { cache: mine })).rejects.toMatchObject({ code: 'COUNTER.CLOSED' });
    });

    it('loads a snapshot and the tail after it, and sees a repeat from before the snapshot', async () => {
      const id = newId();
      const options = { snapshots: under.snapshots };
      const early = contextFor(id);
      await handleCommand(store, counter(3), early, { count: [1] }, options);
      for (const _ of others(4)) await handleCommand(store, counter(3), contextFor(id), { count: [1] }, options);
      const snapshot = await under.snapshots.get(refOf(id));
      expect(snapshot?.schema).toBe(1);
      const { last } = await store.load(refOf(id), { leader: true });
      expect(snapshot?.seq).toBeLessThan(last);
      const next = await handleCommand(store, counter(3), contextFor(id), { count: [10] }, options);
      expect(next.state.total).toBe(15);
      expect(await handleCommand(store, counter(3), early, { count: [1] }, options)).toMatchObject({ repeated: true });
    });

    it('is not misled by a snapshot of another shape, or of a log that was longer', async () => {
      const id = newId();
      await handleCommand(store, counter(1), contextFor(id), { count: [5] });
      await under.snapshots.put(refOf(id), { seq: 1, schema: 99, state: { state: { total: 1_000 }, recent: [] } });
      expect((await handleCommand(store, counter(100), contextFor(id), { count: [1] }, { snapshots: under.snapshots })).state.total).toBe(6);
      await under.snapshots.put(refOf(id), { seq: 1_000_000_000, schema: 1, state: { state: { total: 1_000, closed: false }, recent: [] } });
      expect((await handleCommand(store, counter(100), contextFor(id), { count: [1] }, { snapshots: under.snapshots })).state.total).toBe(7);
    });

    it('skips unknown types, lifts old shapes and refuses newer ones', async () => {
      const id = newId();
      const { seq } = await store.append(refOf(id), [{ event: { type: 'Counted', data: { amount: 4 } }, schema: 1 }, { event: { type: 'Polished', data: {} }, schema: 1 }], 0, contextFor(id));
      expect((await handleCommand(store, counter(), contextFor(id), { count: [1] })).state.total).toBe(5);
      await store.append(refOf(id), [{ event: { type: 'Counted', data: {} }, schema: 3 }], seq + 1, contextFor(id)).catch(async () => {
        await store.append(refOf(id), [{ event: { type: 'Counted', data: {} }, schema: 3 }], await store.lastSequence(refOf(id)), contextFor(id));
      });
      await expect(handleCommand(store, counter(), contextFor(id), { count: [1] })).rejects.toThrow('run the newer version');
    });

    describe('unique values', () => {
      const claimOf = (key: string, id: string, command_id: string = newId()) => ({ tenant: 'acme', service: 'vps', kind: 'name', key, aggregate: refOf(id), command_id });

      it('gives one of many claimants the value, and says to the others who has it', async () => {
        const key = newId();
        const ids = others(5).map(() => newId());
        const results = await Promise.all(ids.map((id) => store.claim(claimOf(key, id))));
        const winner = ids[results.findIndex((result) => result.status === 'claimed')] ?? '';
        expect(results.filter((result) => result.status === 'claimed').length).toBe(1);
        for (const result of results) if (result.status === 'taken') expect(result.by.id).toBe(winner);
      });

      it('lets the holder claim again, and others after it released', async () => {
        const key = newId();
        const [mine, theirs] = [newId(), newId()];
        const command = newId();
        expect((await store.claim(claimOf(key, mine, command))).status).toBe('claimed');
        await store.append(refOf(mine), [counted(1)], 0, contextFor(mine, command));
        expect((await store.claim(claimOf(key, mine))).status).toBe('claimed');
        await store.release(claimOf(key, theirs));
        expect((await store.claim(claimOf(key, theirs))).status).toBe('taken');
        await store.release(claimOf(key, mine));
        expect((await store.claim(claimOf(key, theirs))).status).toBe('claimed');
      });

      it('is claimed by a command after its decision; a refused command claims nothing', async () => {
        const key = newId();
        const [open_, closed] = [newId(), newId()];
        const claims = [{ kind: 'name', key, taken: new Refusal('COUNTER.NAME_TAKEN', 'That name is taken.') }];
        await handleCommand(store, counter(), contextFor(closed), 'close');
        await expect(handleCommand(store, counter(), contextFor(closed), { count: [1] }, { claims })).rejects.toMatchObject({ code: 'COUNTER.CLOSED' });
        await handleCommand(store, counter(), contextFor(open_), { count: [1] }, { claims });
        await expect(handleCommand(store, counter(), contextFor(newId()), { count: [1] }, { claims })).rejects.toMatchObject({ code: 'COUNTER.NAME_TAKEN' });
      });

      it('voids a claim whose command did not append for ten seconds, and refuses that command when it comes late', async () => {
        const key = newId();
        const [slow, quick] = [newId(), newId()];
        const slowCommand = newId();
        await store.claim(claimOf(key, slow, slowCommand));
        expect(await store.claim(claimOf(key, quick))).toEqual({ status: 'taken', by: refOf(slow) });
        ahead += CLAIM_PATIENCE;
        expect(await store.claim(claimOf(key, quick))).toEqual({ status: 'claimed' });
        expect((await store.load(refOf(slow), { leader: true })).events.map((event) => event.type)).toEqual([CLAIM_VOIDED]);
        await expect(handleCommand(store, counter(), contextFor(slow, slowCommand), { count: [1] })).rejects.toMatchObject({ code: 'COMMAND.CLAIM_LOST', retryable: true });
        await expect(handleCommand(store, counter(), contextFor(slow), { count: [1] })).resolves.toMatchObject({ state: { total: 1 } });
      });

      it('fences a command that was already past its claim', async () => {
        const key = newId();
        const [slow, quick] = [newId(), newId()];
        const slowCommand = newId();
        await store.claim(claimOf(key, slow, slowCommand));
        ahead += CLAIM_PATIENCE;
        await store.claim(claimOf(key, quick));
        await expect(store.append(refOf(slow), [counted(1)], 0, contextFor(slow, slowCommand))).rejects.toBeInstanceOf(ConflictError);
      });

      it('keeps a claim for ever whose command appended', async () => {
        const key = newId();
        const [mine, theirs] = [newId(), newId()];
        const command = newId();
        await store.claim(claimOf(key, mine, command));
        await handleCommand(store, counter(), contextFor(mine, command), { count: [1] });
        ahead += 10 * CLAIM_PATIENCE;
        expect(await store.claim(claimOf(key, theirs))).toEqual({ status: 'taken', by: refOf(mine) });
      });
    });
  });
};
