/** Streams of measurements: many subjects, each with few messages that are read by time. */
import { DeliverPolicy, jetstream } from '@nats-io/jetstream';
import type { MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import { api, publish, readByLeader, readPage, type StoredMessage } from './wire.js';

/** Stores a message if the last one of its subject is `expected` (0: none), and answers its sequence. @throws ConflictError @throws UncertainError */
export const appendExpecting = (nc: NatsConnection, write: { readonly subject: string; readonly body: string | Uint8Array; readonly expected: number; readonly headers?: Readonly<Record<string, string>> }): Promise<number> => publish(nc, write);

/** Stores a message, whatever was there. */
export const storeMessage = (nc: NatsConnection, write: { readonly subject: string; readonly body: string | Uint8Array; readonly headers?: Readonly<Record<string, string>> }): Promise<number> => publish(nc, write);

/** Removes what was stored under subjects that fit. */
export const purgeSubjects = async (nc: NatsConnection, stream: string, filter: string): Promise<void> => {
  await api(nc, `STREAM.PURGE.${stream}`, { filter });
};

const PAGE = 1_000;

/** The messages of a subject that were stored at or after `since`, oldest first, from any replica. */
export const readSubjectSince = async (nc: NatsConnection, stream: string, subject: string, since: Date): Promise<StoredMessage[]> => {
  const found: StoredMessage[] = [];
  for (let from: { start_time: string } | { seq: number } = { start_time: since.toISOString() }; ;) {
    const page = await readPage(nc, stream, { ...from, next_by_subj: subject, batch: PAGE });
    found.push(...page.messages);
    const last = page.messages.at(-1);
    if (last === undefined || page.pending === 0) return found;
    from = { seq: last.seq + 1 };
  }
};

/** Sequence of the first message of `filter` that was stored at or after `since`; undefined: there is none. */
export const sequenceAt = async (nc: NatsConnection, stream: string, filter: string, since: Date): Promise<number | undefined> =>
  (await readPage(nc, stream, { start_time: since.toISOString(), next_by_subj: filter, batch: 1 })).messages[0]?.seq;

/** Sequence of the last message that fits; 0: there is none. */
export const lastSequence = async (nc: NatsConnection, stream: string, filter: string): Promise<number> => (await readByLeader(nc, stream, { last_by_subj: filter }))?.seq ?? 0;

/** Of each subject that fits: the sequence and headers of its last message. Bodies are not read. */
export const lastPerSubject = async (nc: NatsConnection, stream: string, filter: string): Promise<ReadonlyMap<string, { readonly seq: number; readonly headers: MsgHdrs | undefined }>> => {
  const found = new Map<string, { seq: number; headers: MsgHdrs | undefined }>();
  const consumer = await jetstream(nc).consumers.get(stream, { filter_subjects: [filter], deliver_policy: DeliverPolicy.LastPerSubject, headers_only: true, inactive_threshold: 30_000 });
  const { num_pending } = await consumer.info(true);
  if (num_pending > 0) {
    for await (const message of await consumer.consume({ max_messages: 1_000 })) {
      found.set(message.subject, { seq: message.seq, headers: message.headers });
      if (message.info.pending === 0) break;
    }
  }
  await consumer.delete().catch(() => false);
  return found;
};
