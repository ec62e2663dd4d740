/** For specs only: the suite that every event store passes. */
export { contextFor, counter, eventStoreFeatures, type StoreUnderTest } from './event-store.features.js';
