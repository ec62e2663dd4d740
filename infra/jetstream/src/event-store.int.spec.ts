import { eventStoreFeatures, type StoreUnderTest } from '@xanthus/kernel/testing';
import { startNats, startNatsCluster } from '@xanthus/testing';
import { declarationsOf } from './declarations.js';
import { JetStreamEventStore } from './event-store.js';
import { provision } from './provision.js';
import { KvSnapshotStore } from './snapshot-store.js';

const over = async (server: { connect(): ReturnType<Awaited<ReturnType<typeof startNats>>['connect']>; stop(): Promise<void> }, replicas: 1 | 3, now: () => number): Promise<StoreUnderTest> => {
  const nc = await server.connect();
  await provision(nc, [declarationsOf('vps')], { replicas });
  return { store: new JetStreamEventStore(nc, 'vps', now), snapshots: new KvSnapshotStore(nc, 'vps'), stop: () => server.stop() };
};

eventStoreFeatures('JetStream, one server', async (now) => over(await startNats(), 1, now));
eventStoreFeatures('JetStream, three replicas', async (now) => over(await startNatsCluster(3), 3, now));
