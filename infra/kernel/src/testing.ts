/** For specs only: the suites that every event store and every service's events pass. */
export { contextFor, counter, eventStoreFeatures, type StoreUnderTest } from './event-store.features.js';
export { goldenFeatures, type GoldensUnderTest } from './goldens.features.js';
