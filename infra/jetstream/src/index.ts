export { BlobLost, dropBlob, openBlob, storeBlob } from './blobs.js';
export { chainStart, checkBlock, checkEvents, ChainLink, endOfBlock, parseStoredTime, signBlock, storedTime, type ChainBlock, type ChainEnd, type ChainMessage,
} from './chain.js';
export { BundleCheck, type BundleProblem, type BundleReport, type BundleStream } from './chain-bundle.js';
export { filterOf, mayHold } from './chain-filter.js';
export { followChain, type ChainFollowerOptions, type ChainKeeper, type ChainPosition, type SealedEnd } from './chain-follower.js';
export { auditKeyId, auditKeys, auditSigner, keysOfAudit, type AuditSigner, type PublicJwk } from './chain-keys.js';
export { fits, mayFit, wordsOf, type AuditSearch } from './chain-search.js';
export { connectNats, type ConnectOptions } from './connect.js';
export {
  attemptsBucket, blobStream, BUDGET_BUCKET, bucketStream, declarationsOf, eventStream, pastBucket, POINTER_BUCKET, recordingsStream, seriesStream, sharedDeclarations, slotBucket, stateBucket, VIEW_SLOTS, type BucketDeclaration,
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
export { PastViews } from './view-at.js';
export { startAhead } from './view-at-ahead.js';
export { kvCheckpoints } from './view-at-checkpoints.js';
export { pastLog } from './view-at-log.js';
export { type Moment, type PastMessage, type PastOptions, type PastState } from './view-at.types.js';
export { eventOf, historyOf, type RowHistory } from './view-history.js';
export type {
  Alarm, BucketEntry, FiredTimer, LockedOptions, Logger, Projector, ProjectorOptions, ReactorOptions, Stoppable, TimerHandler, TimerRequest, ViewBucket, ViewEntry, WatchOptions,
} from './types.js';
