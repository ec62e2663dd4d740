import { describe, expect, it } from '@jest/globals';
import type { AggregateRef } from '@xanthus/proto';
import { contextFor, counter, eventStoreFeatures } from './event-store.features.js';
import { CLAIM_PATIENCE, CLAIM_VOIDED } from './event-store.js';
import { handleCommand } from './handle-command.js';
import { MemoryEventStore, MemorySnapshotStore } from './memory-event-store.js';

eventStoreFeatures('memory', async () => ({ store: new MemoryEventStore(), snapshots: new MemorySnapshotStore(), stop: async () => undefined }));

describe('a claim whose command never appended', () => {
  const ref = (id: string): AggregateRef => ({ tenant: 'acme', service: 'vps', aggregate: 'counter', id });
  const claim = (id: string, command_id: string) => ({ tenant: 'acme', service: 'vps', kind: 'name', key: 'k', aggregate: ref(id), command_id });

  it('is voided after ten seconds, taken over, and its command refused when it comes late', async () => {
    let now = 1_000_000;
    const store = new MemoryEventStore(() => now);
    await store.claim(claim('slow', 'command-slow'));
    now += CLAIM_PATIENCE - 1;
    expect(await store.claim(claim('quick', 'command-quick'))).toEqual({ status: 'taken', by: ref('slow') });
    now += 1;
    expect(await store.claim(claim('quick', 'command-quick'))).toEqual({ status: 'claimed' });
    expect((await store.load(ref('slow'))).events.map((event) => event.type)).toEqual([CLAIM_VOIDED]);
    await expect(handleCommand(store, counter(), contextFor('slow', 'command-slow'), { count: [1] })).rejects.toMatchObject({ code: 'COMMAND.CLAIM_LOST', retryable: true });
    await expect(handleCommand(store, counter(), contextFor('slow'), { count: [1] })).resolves.toMatchObject({ state: { total: 1 } });
  });

  it('is kept for ever once the command appended', async () => {
    let now = 1_000_000;
    const store = new MemoryEventStore(() => now);
    await store.claim(claim('slow', 'command-slow'));
    await handleCommand(store, counter(), contextFor('slow', 'command-slow'), { count: [1] });
    now += 10 * CLAIM_PATIENCE;
    expect(await store.claim(claim('quick', 'command-quick'))).toEqual({ status: 'taken', by: ref('slow') });
  });
});
