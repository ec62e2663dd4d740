import { createHmac } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import { eventSubject, HEADERS, markerSubject, streamName, type AggregateRef, type EventEnvelope } from '@xanthus/proto';
import {
  buildEnvelope, claimMarker, ConflictError, recordEvent, type Appended, type ClaimResult, type CommandContext, type EventStore, type Loaded, type MarkerBody, type MarkerClaim, type MarkerPort,
  type NewEvent, type RecordedEvent,
} from '@xanthus/kernel';
import { publish, publishAll, readByLeader, readSubject, type StoredMessage } from './wire.js';

const TYPE_HEADER = 'Xanthus-Type';

/** The log of one service in its stream; see `EventStore`. One literal subject per aggregate carries the expectation. */
export class JetStreamEventStore implements EventStore {
  readonly #stream: string;

  /** `now`: ms since 1970, compared with the server's time of a claim. */
  constructor(private readonly nc: NatsConnection, service: string, private readonly now: () => number = Date.now) {
    this.#stream = streamName(service);
  }

  async load(ref: AggregateRef, { after = 0, leader = false, atLeast = 0 }: { after?: number; leader?: boolean; atLeast?: number } = {}): Promise<Loaded> {
    const subject = eventSubject(ref);
    const wanted = leader ? Math.max(atLeast, await this.lastSequence(ref)) : atLeast;
    const messages = await readSubject(this.nc, this.#stream, subject, after + 1);
    // The replica that answered may lag: the rest comes one by one from the leader.
    for (let last = messages.at(-1)?.seq ?? after; last < wanted;) {
      const next = await readByLeader(this.nc, this.#stream, { seq: last + 1, next_by_subj: subject });
      if (!next) break;
      messages.push(next);
      last = next.seq;
    }
    const events = messages.map((message) => readEvent(this.#stream, message));
    return { events, last: events.at(-1)?.seq ?? after };
  }

  async lastSequence(ref: AggregateRef): Promise<number> {
    return (await readByLeader(this.nc, this.#stream, { last_by_subj: eventSubject(ref) }))?.seq ?? 0;
  }

  async append(ref: AggregateRef, events: readonly NewEvent[], expected: number, context: CommandContext): Promise<Appended> {
    if (events.length === 0) throw new TypeError('nothing to append');
    const subject = eventSubject(ref);
    const envelopes = events.map((event) => buildEnvelope(ref, event, context));
    const texts = envelopes.map((envelope) => JSON.stringify(envelope));
    const last = await publishAll(this.nc, envelopes.map((envelope, i) => ({
      subject, body: texts[i] ?? '', headers: { [TYPE_HEADER]: envelope.type, ...(envelope.traceparent ? { [HEADERS.TRACEPARENT]: envelope.traceparent } : {}) }, ...(i === 0 ? { expected } : {}),
    })));
    const storedAt = new Date().toISOString();
    const first = last - envelopes.length + 1;
    return { stream: this.#stream, seq: last, events: texts.map((text, i) => recordEvent(JSON.parse(text) as EventEnvelope, this.#stream, first + i, storedAt)) };
  }

  claim(claim: MarkerClaim): Promise<ClaimResult> {
    return claimMarker(this, this.#markerPort(claim), claim, this.now);
  }

  async release(claim: Omit<MarkerClaim, 'command_id'>): Promise<void> {
    const port = this.#markerPort(claim);
    const found = await port.read();
    if (!found?.body || eventSubject(found.body.aggregate) !== eventSubject(claim.aggregate)) return;
    await port.write(undefined, found.seq).catch((error: unknown) => {
      if (!(error instanceof ConflictError)) throw error;
    });
  }

  #markerPort({ tenant, service, kind, key }: Omit<MarkerClaim, 'command_id' | 'aggregate'>): MarkerPort {
    const subject = markerSubject(tenant, service, kind, key);
    return {
      read: async () => {
        const message = await readByLeader(this.nc, this.#stream, { last_by_subj: subject });
        return message && { body: (JSON.parse(textOf(message)) as { held?: MarkerBody }).held, seq: message.seq, time: Date.parse(message.time) };
      },
      write: async (held: MarkerBody | undefined, expected: number) => {
        await publish(this.nc, { subject, body: JSON.stringify(held ? { held } : {}), expected });
      },
    };
  }
}

const UTF8 = new TextDecoder();
const textOf = (message: Pick<StoredMessage, 'data'>): string => UTF8.decode(message.data);

/** @throws Error if what is stored is no event envelope. */
export const readEvent = (stream: string, message: Pick<StoredMessage, 'data' | 'seq' | 'time' | 'subject'>): RecordedEvent => {
  const envelope = JSON.parse(textOf(message)) as Partial<EventEnvelope> | null;
  if (typeof envelope !== 'object' || envelope === null || typeof envelope.type !== 'string' || typeof envelope.schema !== 'number' || typeof envelope.aggregate?.id !== 'string') {
    throw new Error(`${stream}/${message.seq} (${message.subject}) is no event`);
  }
  return recordEvent(envelope as EventEnvelope, stream, message.seq, message.time);
};

/** The `<key>` of a marker: HMAC-SHA-256 of the normalised value (NFKC, trimmed, lower case) in lower-case base32, so that no name or address is in a subject. */
export const markerKey = (hmacKey: Uint8Array, value: string): string => base32(createHmac('sha256', hmacKey).update(value.normalize('NFKC').trim().toLowerCase(), 'utf8').digest());

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const base32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
};
