export { BlobLost, dropBlob, openBlob, storeBlob } from './blobs.js';
export { connectNats, type ConnectOptions } from './connect.js';
export {
  attemptsBucket, blobStream, BUDGET_BUCKET, bucketStream, declarationsOf, eventStream, metricsStream, POINTER_BUCKET, recordingsStream, seriesStream, sharedDeclarations, slotBucket, stateBucket, timersStream, VIEW_SLOTS, viewBucket, type BucketDeclaration,
  type Declarations, type StreamDeclaration, type ViewSlot,
} from './declarations.js';
export { JetStreamEventStore, markerKey, readEvent } from './event-store.js';
export { kvGet, kvPut, type KvEntry } from './kv.js';
export { listValues } from './list-values.js';
export { epochOf, provision, verify } from './provision.js';
export { KvSnapshotStore } from './snapshot-store.js';
export { follow, isDoubtful, type FollowOptions } from './follow.js';
export { startLocked } from './locked.js';
export { startProjector } from './projector.js';
export { ConnectionLost, Requests, requestsOf, type RequestOptions } from './requests.js';
export { appendExpecting, lastPerSubject, lastSequence, purgeSubjects, readSubjectSince, sequenceAt, storeMessage } from './series.js';
export { readByLeader, readPage, type StoredMessage } from './wire.js';
export { startReactor, type ParkedReaction } from './reactor.js';
export { startTimers, Timers } from './timers.js';
export { resolveViewBucket, watchViewBucket } from './view-bucket.js';
export { PARKED_PREFIX, POSITION_KEY, type Parked, type Position, type ViewPointer } from './view-slot.js';
export { Views } from './views.js';
export type {
  Alarm, BucketEntry, FiredTimer, LockedOptions, Logger, Projector, ProjectorOptions, ReactorOptions, Stoppable, TimerHandler, TimerRequest, ViewBucket, ViewEntry, WatchOptions,
} from './types.js';
