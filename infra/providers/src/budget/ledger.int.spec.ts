import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { provision, sharedDeclarations } from '@xanthus/jetstream';
import { startNats, type TestNats } from '@xanthus/testing';
import { ledgerFeatures } from './ledger.features.js';
import { natsBudgetStore } from './store.js';

let nats: TestNats;
let nc: NatsConnection;
beforeAll(async () => {
  nats = await startNats();
  nc = await nats.connect();
  await provision(nc, [sharedDeclarations()], { replicas: 1 });
});
afterAll(() => nats.stop());

describe('budgets in NATS', () => {
  ledgerFeatures(() => natsBudgetStore(nc));

  it('expire by themselves', async () => {
    await natsBudgetStore(nc).write('t.p', { limit: 1, window_s: 1, starts: 0, window: 1, taken: 0 }, 0);
    const stored = await nc.request('$JS.API.STREAM.MSG.GET.KV_budgets', JSON.stringify({ last_by_subj: '$KV.budgets.t.p' }));
    const { message } = stored.json<{ message: { hdrs: string } }>();
    expect(Buffer.from(message.hdrs, 'base64').toString()).toContain('Nats-TTL: 7200s');
  });
});
