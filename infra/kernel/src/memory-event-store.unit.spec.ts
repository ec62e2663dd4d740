import { eventStoreFeatures } from './event-store.features.js';
import { MemoryEventStore, MemorySnapshotStore } from './memory-event-store.js';

eventStoreFeatures('memory', async (now) => ({ store: new MemoryEventStore(now), snapshots: new MemorySnapshotStore(), stop: async () => undefined }));
