/** Events of a tenant out of several streams, oldest first, no further than they are asked for. */
import type { NatsConnection } from '@nats-io/transport-node';
import { fits, parseStoredTime, readByLeader, readPage, type AuditSearch } from '@xanthus/jetstream';
import type { EventEnvelope } from '@xanthus/proto';

const PAGE = 500;
const PAGE_BYTES = 1024 * 1024;

export interface AuditMessage {
  readonly stream: string;
  readonly seq: number;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly subject: string;
  readonly data: Uint8Array;
  /** Undefined if it is no JSON object. */
  readonly event: Partial<EventEnvelope> | undefined;
}
/** Both ends are in. */
export interface SequenceRange { readonly from: number; readonly to: number }
export interface AuditSource {
  readonly stream: string;
  /** Pattern of subjects, of one tenant. */
  readonly filter: string;
  /** Oldest first. */
  readonly ranges: readonly SequenceRange[];
  may(subject: string): boolean;
}

const parsed = (data: Uint8Array): Partial<EventEnvelope> | undefined => {
  try {
    const value = JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8')) as unknown;
    return typeof value === 'object' && value !== null ? value as Partial<EventEnvelope> : undefined;
  } catch {
    return undefined;
  }
};

/** Messages of a range. `check` is asked before each page and throws when it may not go on. */
export async function* readRange(nc: NatsConnection, stream: string, filter: string, { from, to }: SequenceRange, check: () => void): AsyncGenerator<Omit<AuditMessage, 'event'>> {
  for (let seq = from; seq <= to;) {
    check();
    const { messages } = await readPage(nc, stream, { seq, next_by_subj: filter, batch: PAGE, max_bytes: PAGE_BYTES });
    // a replica that lags knows nothing of the newest ones: the leader has the next one, or knows that there is none
    const next = messages.length > 0 ? messages : [await readByLeader(nc, stream, { seq, next_by_subj: filter })];
    for (const message of next) {
      if (message === undefined || message.seq > to) return;
      yield { stream, seq: message.seq, time: parseStoredTime(message.time), subject: message.subject, data: message.data };
      seq = message.seq + 1;
    }
  }
}

async function* found(nc: NatsConnection, source: AuditSource, search: AuditSearch, check: () => void): AsyncGenerator<AuditMessage> {
  for (const range of source.ranges) {
    for await (const message of readRange(nc, source.stream, source.filter, range, check)) {
      if (!source.may(message.subject)) continue;
      const event = parsed(message.data);
      if (fits(search, { subject: message.subject, time: Number(message.time / 1_000_000n), event })) yield { ...message, event };
    }
  }
}

/** What fits exactly, of all sources, in the order of the time at which it was stored. */
export async function* searchStreams(nc: NatsConnection, sources: readonly AuditSource[], search: AuditSearch, check: () => void): AsyncGenerator<AuditMessage> {
  const heads = await Promise.all(sources.map(async (source) => {
    const messages = found(nc, source, search, check);
    return { messages, next: await messages.next() };
  }));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) if (head.next.done !== true && (first === undefined || first.next.done === true || head.next.value.time < first.next.value.time)) first = head;
    if (first === undefined || first.next.done === true) return;
    yield first.next.value;
    first.next = await first.messages.next();
  }
}
