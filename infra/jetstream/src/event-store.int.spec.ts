import { eventStoreFeatures, type StoreUnderTest } from '@xanthus/kernel/testing';
import { startNats, startNatsCluster } from '@xanthus/testing';
import { declarationsOf } from './declarations.js';
import { JetStreamEventStore } from './event-store.js';
import { provision } from './provision.js';
import { KvSnapshotStore } from './snapshot-store.js';

const over = async (server: { connect(): ReturnType<Awaited<ReturnType<typeof startNats>>['connect']>; stop(): Promise<void> }, replicas: 1 | 3): Promise<StoreUnderTest> => {
  const nc = await server.connect();
  await provision(nc, [declarationsOf('vps')], { replicas });
  return { store: new JetStreamEventStore(nc, 'vps'), snapshots: new KvSnapshotStore(nc, 'vps'), stop: () => server.stop() };
};

eventStoreFeatures('JetStream, one server', async () => over(await startNats(), 1));
eventStoreFeatures('JetStream, three replicas', async () => over(await startNatsCluster(3), 3));
