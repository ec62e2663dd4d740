import type { AggregateRef } from '@xanthus/proto';
import type { CommandContext, DomainEvent, RecordedEvent } from './event.js';

export interface Loaded { readonly events: readonly RecordedEvent[]; /** Sequence of the aggregate's last event; 0 for none. */ readonly last: number }

export interface Appended { readonly stream: string; /** Sequence of the last event stored. */ readonly seq: number; readonly events: readonly RecordedEvent[] }

export interface NewEvent { readonly event: DomainEvent; readonly schema: number }

/**
 * Port of the log. Adapters: `MemoryEventStore` (here) and `JetStreamEventStore` (`@xanthus/jetstream`); both pass
 * `event-store.features.ts`.
 */
export interface EventStore {
  /** Events of one aggregate with sequence > `after`, oldest first. `leader`: read past any stale replica, and reach `atLeast`. */
  load(ref: AggregateRef, options?: { after?: number; leader?: boolean; atLeast?: number }): Promise<Loaded>;
  /**
   * Append all or nothing, if the aggregate's last sequence is `expected`.
   * @throws ConflictError another writer was first. @throws UncertainError no answer; may or may not be stored.
   */
  append(ref: AggregateRef, events: readonly NewEvent[], expected: number, context: CommandContext): Promise<Appended>;
  /** Leader-routed sequence of the aggregate's last event; 0 for none. */
  lastSequence(ref: AggregateRef): Promise<number>;
  /** Claims a unique value for an aggregate before its first event is appended (see `MarkerClaim`). */
  claim(claim: MarkerClaim): Promise<ClaimResult>;
  /** Releases a claim that `aggregate` holds; harmless if it does not. */
  release(claim: Omit<MarkerClaim, 'command_id'>): Promise<void>;
}

/**
 * A unique value: one marker publish with expected sequence 0 (or that of its tombstone). `key` is base32 of an HMAC of the normalised value.
 * A claim older than 10 s whose aggregate has no event of the claim's command is voided by an event on that aggregate and taken over.
 */
export interface MarkerClaim { readonly tenant: string; readonly service: string; readonly kind: string; readonly key: string; readonly aggregate: AggregateRef; readonly command_id: string }

export type ClaimResult = { readonly status: 'claimed' } | { readonly status: 'taken'; readonly by: AggregateRef };

/** Ends a claim that its command never followed by an event: fences whatever of it is still on its way. Folds skip it; `handleCommand` refuses that command. */
export const CLAIM_VOIDED = 'ClaimVoided';
export type ClaimVoided = DomainEvent<typeof CLAIM_VOIDED, { readonly command_id: string; readonly kind: string; readonly key: string }>;
/** How long a claim waits for the event that it was made for, ms. */
export const CLAIM_PATIENCE = 10_000;

/** Where snapshots of aggregates lie; not the event store's business. */
export interface SnapshotStore {
  get(ref: AggregateRef): Promise<{ readonly seq: number; readonly schema: number; readonly state: unknown } | undefined>;
  put(ref: AggregateRef, snapshot: { readonly seq: number; readonly schema: number; readonly state: unknown }): Promise<void>;
}
