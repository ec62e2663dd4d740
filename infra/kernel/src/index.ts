export { AggregateCache } from './aggregate-cache.js';
export { earlierTry, eventsOf, handle, readState, readWithSeq, writtenBy, type Aggregates } from './aggregates.js';
export { claimMarker, type MarkerBody, type MarkerPort, type StoredMarker } from './claims.js';
export type { AggregateType, Decider, EventContext, Upcast } from './decider.js';
export { aggregateOf, buildEnvelope, recordEvent } from './envelope.js';
export type { AggregateRef, CommandContext, DomainEvent, Expected, RecordedEvent } from './event.js';
export {
  CLAIM_PATIENCE, CLAIM_VOIDED, type Appended, type ClaimResult, type ClaimVoided, type EventStore, type Loaded, type MarkerClaim, type NewEvent, type SnapshotStore,
} from './event-store.js';
export { given, TEST_CONTEXT, type Decision } from './given.js';
export { foldOf } from './fold.js';
export { commandChanged, handleCommand, type CommandOptions, type CommandResult } from './handle-command.js';
export { newId } from './ids.js';
export { MemoryEventStore, MemorySnapshotStore } from './memory-event-store.js';
export { processReactor, type ProcessOptions } from './process.js';
export { keyedProjection, type Change, type KeyedFold, type Projection, type ViewReader } from './projection.js';
export { GiveUp, type Process, type Reactor, type ReactorContext } from './reactor.js';
export { ConflictError, Refusal, UncertainError } from './refusal.js';
export { nextTry, timeLeft, tryError, type Limit, type TryError } from './tries.js';
export { mergeSchemas, upcastEvent, type EventSchemas } from './upcast.js';
