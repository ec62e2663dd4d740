import type { AggregateRef, ViewValue } from '@xanthus/proto';
import type { EventSchemas, Projection, Reactor } from '@xanthus/kernel';

type LogCall = (...args: [fields: object, text?: string] | [text: string]) => void;

/** pino's call form: `log.info({ server: id }, 'text')`. */
export interface Logger { readonly debug: LogCall; readonly info: LogCall; readonly warn: LogCall; readonly error: LogCall }

export interface Stoppable { stop(): Promise<void> }

export interface Alarm {
  readonly kind: 'parked';
  readonly service: string;
  /** Projection or reactor that could not take the event; `all` if it could not even be read. */
  readonly consumer: string;
  readonly aggregate: AggregateRef | undefined;
  readonly seq: number;
  readonly error: string;
}

export interface ProjectorOptions {
  readonly service: string;
  readonly projections: readonly Projection[];
  /** Lifts old shapes before they are folded. Without it events come as they were stored. */
  readonly schemas?: EventSchemas;
  readonly log: Logger;
  readonly onAlarm?: (alarm: Alarm) => void;
}

export interface Projector extends Stoppable {
  /** Resolves when the view holds all that was in the stream when this copy first looked, whichever copy folded it. */
  readonly ready: Promise<void>;
  /** Stream sequence that this copy has folded or seen folded. */
  position(): number;
  /** Events that the stream holds beyond `position()`, at least; 0 when caught up. */
  lag(): Promise<number>;
  /** Whether this copy is the one that folds. */
  active(): boolean;
}

export interface ReactorOptions { readonly service: string; /** Whose events, where they are another service's: its NATS user must be let. The consumer is named `<service>-<reactor>` there. */ readonly of?: string; readonly reactor: Reactor; readonly schemas?: EventSchemas; readonly log: Logger; readonly onAlarm?: (alarm: Alarm) => void }

export interface LockedOptions {
  readonly service: string;
  /** Name of the lock, `[a-z0-9-]+`. */
  readonly name: string;
  readonly log: Logger;
  /** Runs while this copy holds the lock; `signal` aborts when the lock is lost or the service stops. When it returns or throws it is run again after a pause. */
  run(signal: AbortSignal): Promise<void>;
}

export interface TimerRequest { readonly tenant: string; readonly name: string; readonly id: string; readonly at: Date; readonly data: unknown }
export interface FiredTimer { readonly tenant: string; readonly name: string; readonly id: string; readonly data: unknown; /** 1 for the first delivery. */ readonly delivery: number }
export type TimerHandler = (timer: FiredTimer) => Promise<void>;

export interface ViewEntry<T = unknown> { readonly id: string; readonly value: ViewValue<T> }

/** One change of a bucket's key, as `watchViewBucket` tells it. `value` is the stored JSON, or the bytes where it is none. */
export interface BucketEntry { readonly key: string; readonly revision: number; readonly time: string; readonly kind: 'put' | 'del' | 'purge'; readonly value?: unknown }

export interface WatchOptions {
  /** Patterns of keys, `>` for all. Keys starting with `_` come only if a filter names them. */
  readonly filters: readonly string[];
  onEntry(entry: BucketEntry): void;
  /** All that the bucket held has been told; `revision` is the newest one seen. Again after each reset. */
  onSync(revision: number): void;
  /** Forget everything; entries of the new incarnation follow. Not called for the first one. */
  onReset(reason: 'epoch_changed'): void;
  /** The watch is begun only when all was told for the first time, but so many ms later at the latest. Default: at once. */
  readonly syncWithin?: number;
}

export interface ViewBucket { /** Bucket that is live now, e.g. `vps-a`. */ readonly bucket: string; readonly epoch: string }
