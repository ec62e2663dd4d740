import { eventSubject, markerSubject, streamName, type AggregateRef } from '@xanthus/proto';
import { claimMarker, type StoredMarker } from './claims.js';
import { buildEnvelope, recordEvent } from './envelope.js';
import type { Appended, ClaimResult, EventStore, Loaded, MarkerClaim, NewEvent, SnapshotStore } from './event-store.js';
import type { CommandContext, RecordedEvent } from './event.js';
import { ConflictError } from './refusal.js';

/** The log in memory, for tests and for replaying: same answers as `JetStreamEventStore`. Sequences count events and markers of a service together. */
export class MemoryEventStore implements EventStore {
  readonly #sequence = new Map<string, number>();
  readonly #bySubject = new Map<string, RecordedEvent[]>();
  readonly #all: RecordedEvent[] = [];
  readonly #markers = new Map<string, StoredMarker>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Everything stored, in order. */
  all(): readonly RecordedEvent[] {
    return this.#all;
  }

  async load(ref: AggregateRef, { after = 0 }: { after?: number } = {}): Promise<Loaded> {
    const events = this.#bySubject.get(eventSubject(ref)) ?? [];
    return { events: events.filter((event) => event.seq > after), last: events.at(-1)?.seq ?? 0 };
  }

  async lastSequence(ref: AggregateRef): Promise<number> {
    return this.#bySubject.get(eventSubject(ref))?.at(-1)?.seq ?? 0;
  }

  async append(ref: AggregateRef, events: readonly NewEvent[], expected: number, context: CommandContext): Promise<Appended> {
    if (events.length === 0) throw new TypeError('nothing to append');
    const subject = eventSubject(ref);
    const current = this.#bySubject.get(subject)?.at(-1)?.seq ?? 0;
    if (current !== expected) throw new ConflictError(subject, expected, current);
    const stream = streamName(ref.service);
    const storedAt = new Date(this.now()).toISOString();
    // Through JSON, as a real log would have it: a value that does not survive must not survive here.
    const stored = events.map((event) => recordEvent(JSON.parse(JSON.stringify(buildEnvelope(ref, event, context))), stream, this.#next(ref.service), storedAt));
    this.#bySubject.set(subject, [...(this.#bySubject.get(subject) ?? []), ...stored]);
    this.#all.push(...stored);
    return { stream, seq: stored.at(-1)?.seq ?? 0, events: stored };
  }

  claim(claim: MarkerClaim): Promise<ClaimResult> {
    return claimMarker(this, this.#markerPort(claim), claim, this.now);
  }

  async release(claim: Omit<MarkerClaim, 'command_id'>): Promise<void> {
    const port = this.#markerPort(claim);
    const found = await port.read();
    if (found?.body && eventSubject(found.body.aggregate) === eventSubject(claim.aggregate)) await port.write(undefined, found.seq);
  }

  #markerPort({ tenant, service, kind, key }: Omit<MarkerClaim, 'command_id' | 'aggregate'>) {
    const subject = markerSubject(tenant, service, kind, key);
    return {
      read: async () => this.#markers.get(subject),
      write: async (body: StoredMarker['body'], expected: number) => {
        const current = this.#markers.get(subject)?.seq ?? 0;
        if (current !== expected) throw new ConflictError(subject, expected, current);
        this.#markers.set(subject, { body, seq: this.#next(service), time: this.now() });
      },
    };
  }

  #next(service: string): number {
    const seq = (this.#sequence.get(service) ?? 0) + 1;
    this.#sequence.set(service, seq);
    return seq;
  }
}

export class MemorySnapshotStore implements SnapshotStore {
  readonly #kept = new Map<string, string>();

  async get(ref: AggregateRef) {
    const text = this.#kept.get(eventSubject(ref));
    return text === undefined ? undefined : (JSON.parse(text) as { seq: number; schema: number; state: unknown });
  }

  async put(ref: AggregateRef, snapshot: { readonly seq: number; readonly schema: number; readonly state: unknown }): Promise<void> {
    this.#kept.set(eventSubject(ref), JSON.stringify(snapshot));
  }
}
