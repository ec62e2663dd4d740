/** What folding the past needs from outside, and what it comes to. */
import type { EventSchemas, Projection } from '@xanthus/kernel';
import type { Logger } from './types.js';

/** A stored event, its `time` as the stream has it, to the nanosecond. */
export interface PastMessage { readonly subject: string; readonly seq: number; readonly time: string; readonly data: Uint8Array }

export type Moment = { readonly time: string } | { readonly seq: number };

/** How far to read: every event up to `upTo`, which is as far as one can go without meeting another one. `known`: what the leader has of each filter, so that a replica that lags is found out. */
export interface Bound { readonly upTo: number; readonly known: readonly number[] }

/** The log of one service, as far as it is a tenant's. */
export interface PastLog {
  /** Another one: everything that was folded is of another stream. */
  epoch(): Promise<string>;
  /** @throws Refusal PAST.IN_FUTURE */
  bound(filters: readonly string[], moment: Moment): Promise<Bound>;
  /** Events after a sequence, oldest first, in pages. */
  read(filters: readonly string[], after: number, bound: Bound): AsyncIterable<readonly PastMessage[]>;
  /** How many events are stored after a sequence, about. */
  left(filters: readonly string[], after: number): Promise<number>;
  /** How many events the service has of each tenant, about. Cheap, but not free: the server counts by subject, and there is one for each aggregate. */
  tenants(): Promise<ReadonlyMap<string, number>>;
}

/** All that a tenant's events come to up to a sequence: keys of the view, internal ones too, with their stored JSON. Never changed. */
export interface PastState {
  /** Of the last event in it; 0: none. */
  readonly seq: number;
  /** The next event lies behind this. */
  readonly upTo: number;
  readonly time: string | null;
  /** How many there are. */
  readonly events: number;
  readonly texts: ReadonlyMap<string, string>;
  readonly characters: number;
}
export const NOTHING: PastState = { seq: 0, upTo: 0, time: null, events: 0, texts: new Map(), characters: 0 };

export interface Checkpoint { readonly seq: number; readonly events: number; readonly time: string | null; readonly parts: number; readonly bytes: number }

/** Where states are kept between questions. What is not there any more is folded again. */
export interface Checkpoints {
  /** Oldest first, those of this version only. */
  list(tenant: string, version: string): Promise<readonly Checkpoint[]>;
  load(tenant: string, version: string, checkpoint: Checkpoint): Promise<ReadonlyMap<string, string> | undefined>;
  /** Throws away what is of another version. */
  save(tenant: string, version: string, state: PastState): Promise<void>;
  drop(tenant: string): Promise<void>;
}

export interface PastOptions {
  readonly service: string;
  readonly projections: readonly Projection[];
  readonly schemas?: EventSchemas | undefined;
  readonly past: PastLog;
  readonly checkpoints: Checkpoints;
  readonly log: Logger;
  /** Subjects beside `evt.<tenant>.<service>.>` whose events are folded into a tenant's views: few, of few messages. */
  readonly also?: (tenant: string) => readonly string[];
  /** Events between two checkpoints; 10,000. */
  readonly every?: number | undefined;
}
