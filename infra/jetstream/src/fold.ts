/** Folding events into a slot of a view: in memory until the next commit. */
import { eventSubject, parseEventSubject, type AggregateRef, type ViewValue } from '@xanthus/proto';
import { aggregateOf, upcastEvent, type Change, type EventSchemas, type Projection, type RecordedEvent, type ViewReader } from '@xanthus/kernel';
import { readEvent } from './event-store.js';
import { PARKED_PREFIX, type Parked } from './view-slot.js';
import type { StoredMessage } from './wire.js';

/** Headers are not read here, and so not decoded. */
type Message = Omit<StoredMessage, 'headers'>;

/** Keys kept in memory after a commit. Beyond, the oldest go and are read again when needed. */
const MAX_CACHED = 100_000;
/** Larger values than the default `max_payload` of NATS, less some room for headers, can't be stored. */
const MAX_VALUE = 1_000_000;
/** Changes by one event, all projections together: with those waiting they must fit into one batch. */
const MAX_CHANGES = 200;

export interface FoldOptions {
  readonly stream: string;
  readonly projections: readonly Projection[];
  readonly schemas: EventSchemas | undefined;
  /** The bucket was empty when folding began: what is not in memory is not there at all. */
  readonly fresh: boolean;
  /** Reads a key from the bucket. */
  read(key: string): Promise<ViewValue | undefined>;
  onParked(parked: { readonly projection: string; readonly aggregate: AggregateRef | undefined; readonly seq: number; readonly error: string }): void;
}

/** A key to write; `text` undefined deletes it. */
export interface Dirty { readonly key: string; readonly text: string | undefined }

export class Fold {
  readonly #cache = new Map<string, unknown>();
  readonly #dirty = new Map<string, string | undefined>();
  readonly #frozen: Set<string>;
  #complete: boolean;
  #characters = 0;

  constructor(private readonly options: FoldOptions, frozen: Iterable<string> = []) {
    this.#complete = options.fresh;
    this.#frozen = new Set(frozen);
  }

  /** How many keys wait to be written. */
  get size(): number {
    return this.#dirty.size;
  }

  /** About how many characters wait to be written. */
  get characters(): number {
    return this.#characters;
  }

  /** The keys to write, and forgets that they are dirty: if writing fails, this fold must be thrown away. */
  take(): Dirty[] {
    const taken = [...this.#dirty].map(([key, text]) => ({ key, text }));
    this.#dirty.clear();
    this.#characters = 0;
    return taken;
  }

  /** What was taken is stored: memory that is too large is given back, for it can be read again. */
  stored(): void {
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= MAX_CACHED) return;
      this.#cache.delete(oldest);
      this.#complete = false;
    }
  }

  /** Folds one message into every projection. An event that one of them cannot take is parked there; later ones of its aggregate are skipped there. */
  async apply(message: Message): Promise<void> {
    let event: RecordedEvent;
    try {
      event = readEvent(this.options.stream, message);
      if (this.options.schemas) event = upcastEvent(this.options.schemas, event);
    } catch (error) {
      const aggregate = parseEventSubject(message.subject);
      for (const projection of this.options.projections) {
        if (!aggregate || !this.#frozen.has(frozenKey(projection.name, aggregate))) await this.#park(projection, aggregate, message, undefined, error);
      }
      return;
    }
    let room = MAX_CHANGES;
    for (const projection of this.options.projections) {
      if (this.#frozen.size > 0 && this.#frozen.has(frozenKey(projection.name, aggregateOf(event)))) continue;
      try {
        const projected = projection.project(event, this.#reader);
        const changes = projected instanceof Promise ? await projected : projected;
        if (changes.length > room) throw new RangeError(`more than ${MAX_CHANGES} changes by one event`);
        room -= changes.length;
        this.#change(projection, changes, event.seq, event.stored_at);
      } catch (error) {
        if (error instanceof ReadFailed) throw error.cause;
        await this.#park(projection, aggregateOf(event), message, event.type, error);
      }
    }
  }

  readonly #reader: ViewReader = {
    get: <T>(key: string): T | undefined | Promise<T | undefined> => {
      if (this.#complete || this.#cache.has(key)) return this.#cache.get(key) as T | undefined;
      return this.options.read(key).then(
        (found) => {
          this.#cache.set(key, found?.data);
          return found?.data as T | undefined;
        },
        (error: unknown) => {
          throw new ReadFailed(error);
        },
      );
    },
  };

  #change(projection: Projection, changes: readonly Change[], seq: number, time: string): void {
    // First all texts, so that a value that cannot be written leaves nothing half done.
    const texts = changes.map((change) => {
      if ('deleted' in change) return undefined;
      const text = JSON.stringify({ schema: projection.schema, seq, time, data: change.value } satisfies ViewValue);
      if (text.length > MAX_VALUE) throw new RangeError(`the value of ${change.key} has ${text.length} characters`);
      return text;
    });
    for (const [i, change] of changes.entries()) {
      this.#characters += (texts[i]?.length ?? 0) - (this.#dirty.get(change.key)?.length ?? 0);
      this.#dirty.set(change.key, texts[i]);
      this.#cache.set(change.key, 'deleted' in change ? undefined : change.value);
    }
  }

  async #park(projection: Projection, aggregate: AggregateRef | undefined, message: Message, type: string | undefined, cause: unknown): Promise<void> {
    const error = cause instanceof Error ? cause.message : String(cause);
    const parked: Parked = { projection: projection.name, type, seq: message.seq, error: error.slice(0, 1_000) };
    const where = aggregate ? `${aggregate.tenant}.${aggregate.aggregate}.${aggregate.id}` : `seq-${message.seq}`;
    this.#dirty.set(`${PARKED_PREFIX}${projection.name}.${where}`, JSON.stringify({ schema: 1, seq: message.seq, time: message.time, data: parked } satisfies ViewValue<Parked>));
    this.options.onParked({ projection: projection.name, aggregate, seq: message.seq, error });
    if (!aggregate) return;
    this.#frozen.add(frozenKey(projection.name, aggregate));
    if (!projection.onParked) return;
    try {
      this.#change(projection, await projection.onParked(aggregate, this.#reader), message.seq, message.time);
    } catch (failure) {
      if (failure instanceof ReadFailed) throw failure.cause;
      this.options.onParked({ projection: projection.name, aggregate, seq: message.seq, error: `onParked: ${String(failure)}` });
    }
  }
}

/** The bucket could not be read: a fault of the moment, not of the event. */
class ReadFailed extends Error {
  constructor(override readonly cause: unknown) {
    super('the view could not be read');
  }
}

const frozenKey = (projection: string, ref: AggregateRef): string => `${projection} ${eventSubject(ref)}`;

/** From a key `_parked.<projection>.<tenant>.<aggregate>.<id>` to what `Fold` takes as frozen. */
export const frozenOfParkedKey = (key: string, service: string): string | undefined => {
  const [, projection, tenant, aggregate, id] = key.split('.');
  return projection && tenant && aggregate && id ? frozenKey(projection, { tenant, service, aggregate, id }) : undefined;
};
