export { connectNats, type ConnectOptions } from './connect.js';
export {
  bucketStream, declarationsOf, eventStream, metricsStream, POINTER_BUCKET, sharedDeclarations, slotBucket, stateBucket, timersStream, VIEW_SLOTS, viewBucket, type BucketDeclaration,
  type Declarations, type StreamDeclaration, type ViewSlot,
} from './declarations.js';
export {
  epochOf, JetStreamEventStore, KvSnapshotStore, markerKey, provision, resolveViewBucket, startLocked, startProjector, startReactor, startTimers, Timers, verify, Views, watchViewBucket,
} from './stubs.js';
export type {
  Alarm, BucketEntry, FiredTimer, LockedOptions, Logger, Projector, ProjectorOptions, ReactorOptions, Stoppable, TimerHandler, TimerRequest, ViewBucket, ViewEntry, WatchOptions,
} from './types.js';
