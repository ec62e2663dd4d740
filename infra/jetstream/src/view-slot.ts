/** The slots of a view: where it is written, which one is live, and what lies in it beside the values. */
import { streamName } from '@xanthus/proto';
import type { NatsConnection } from '@nats-io/transport-node';
import { newId, type Projection } from '@xanthus/kernel';
import { bucketStream, POINTER_BUCKET, slotBucket, VIEW_SLOTS, type ViewSlot } from './declarations.js';
import { streamInfo } from './follow.js';
import { kvGet, kvPut, kvSubject } from './kv.js';
import { epochOf } from './provision.js';
import { api, readByLeader } from './wire.js';

/** Key of the position, written in the same batch as the values, or right after the only one. The gateway may read it: its time is the projector's heartbeat. */
export const POSITION_KEY = '_pos';
/**
 * Header of a value that was written alone: the position that it counts for. A batch of two costs one server ten times as much as two messages, so a change of
 * one key is written where the position is still the one before, and the position after it. If the writer dies in between, `openSlot` finds the header.
 */
export const POSITION_HEADER = 'Xanthus-Position';
export const PARKED_PREFIX = '_parked.';

/** `versions` of the projections whose values a slot holds, by name. */
export type Versions = Readonly<Record<string, number>>;

export interface Position {
  /** Stream sequence of the last event folded. */
  readonly seq: number;
  /** When it was written, ISO: every 2 s even if no event comes. */
  readonly time: string;
  readonly versions: Versions;
  /** The incarnation of the slot's content: another one after each rebuild. */
  readonly epoch: string;
  /** Epoch of the stream that was folded. */
  readonly source: string;
  /** Values are being written that are newer than `seq`. Only while a slot is built that nobody reads yet; found at a start, the slot is built anew. */
  readonly building?: true;
  /** Revision after which there may be a value that was written alone and is newer than `seq`. */
  readonly unsettled?: number;
}

/** Value of the key `<service>` in the bucket `views`. */
export interface ViewPointer { readonly slot: ViewSlot; readonly versions: Versions; readonly epoch: string; readonly since: string }

export interface Parked { readonly projection: string; readonly type: string | undefined; readonly seq: number; readonly error: string }

export const versionsOf = (projections: readonly Projection[]): Versions => Object.fromEntries(projections.map(({ name, version }) => [name, version] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
export const sameVersions = (a: Versions, b: Versions): boolean => JSON.stringify(a) === JSON.stringify(b);
export const otherSlot = (slot: ViewSlot): ViewSlot => (slot === 'a' ? 'b' : 'a');

export const readPointer = (nc: NatsConnection, service: string) => kvGet<ViewPointer>(nc, POINTER_BUCKET, service);
export const writePointer = (nc: NatsConnection, service: string, pointer: ViewPointer, expected: number): Promise<number> => kvPut(nc, POINTER_BUCKET, service, pointer, expected);

/** The live bucket; before a service has ever run, its first slot. */
export const liveBucket = (service: string, pointer: ViewPointer | undefined): string => slotBucket(service, pointer?.slot ?? VIEW_SLOTS[0]);

export interface OpenSlot {
  readonly bucket: string;
  position: Position;
  /** Revision of `_pos`. */
  revision: number;
  /** Just emptied: nothing to read from it. */
  readonly fresh: boolean;
}

/** Where to go on in a slot. Content of other versions, or of a stream that is no more, is purged first. */
export const openSlot = async (nc: NatsConnection, service: string, slot: ViewSlot, versions: Versions): Promise<OpenSlot> => {
  const bucket = slotBucket(service, slot);
  const found = await kvGet<Position>(nc, bucket, POSITION_KEY);
  const usable = found?.value && !found.value.building && sameVersions(found.value.versions, versions);
  const settled = usable ? await settle(nc, bucket, found.value as Position, found.revision) : undefined;
  const source = await streamInfo(nc, streamName(service));
  if (settled && settled.position.source === epochOf(source) && settled.position.seq <= source.state.last_seq) return { bucket, ...settled, fresh: false };
  await api(nc, `STREAM.PURGE.${bucketStream(bucket)}`);
  const start: Position = { seq: 0, time: new Date().toISOString(), versions, epoch: newId(), source: epochOf(source) };
  return { bucket, position: start, revision: await kvPut(nc, bucket, POSITION_KEY, start, 0), fresh: true };
};

/** How far the values really go. The position is written first: whoever wrote the one before, and still believes that it may, writes no value after that. */
const settle = async (nc: NatsConnection, bucket: string, stored: Position, revision: number): Promise<Pick<OpenSlot, 'position' | 'revision'>> => {
  const { unsettled = revision, ...position } = stored;
  const fence = await kvPut(nc, bucket, POSITION_KEY, { ...position, unsettled } satisfies Position, revision);
  let { seq } = position;
  for (let from = unsettled + 1; from < fence;) {
    const message = await readByLeader(nc, bucketStream(bucket), { seq: from, next_by_subj: kvSubject(bucket, '>') });
    if (!message) break;
    if (message.seq < fence) seq = Math.max(seq, Number(message.headers?.get(POSITION_HEADER) || 0));
    from = message.seq + 1;
  }
  return { position: { ...position, seq }, revision: fence };
};
