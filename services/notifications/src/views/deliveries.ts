import { keyedProjection, type Projection, type RecordedEvent } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { DELIVERIES_KEPT, deliveriesView } from '@xanthus/proto/notifications';
import type { DeliveryEvent } from '../delivery/delivery.js';

export type DeliveriesRow = DataOf<typeof deliveriesView>;
type Sent = DeliveriesRow['last'][number];

const change = (row: DeliveriesRow, id: string, to: Partial<Sent>): DeliveriesRow => ({ ...row, last: row.last.map(d => (d.id === id ? { ...d, ...to } : d)) });

const fold = (row: DeliveriesRow | undefined, event: RecordedEvent): DeliveriesRow | undefined => {
  if (event.type === 'ChannelRemoved') return undefined;
  const known = event as unknown as DeliveryEvent;
  const at = event.occurred_at;
  const before: DeliveriesRow = row ?? { id: event.aggregate.id, waiting: 0, next_at: null, last: [] };
  switch (known.type) {
    case 'NoticeQueued': return { ...before, waiting: before.waiting + 1, next_at: known.data.due };
    case 'DeliveryBegun': {
      const { delivery, attempt, notices } = known.data;
      if (before.last.some(d => d.id === delivery)) return change(before, delivery, { state: 'sending', attempts: attempt, retry_at: null });
      return { ...before, waiting: 0, next_at: null, last: [{ id: delivery, state: 'sending' as const, notices, attempts: attempt, begun_at: at, ended_at: null, message: '', retry_at: null }, ...before.last].slice(0, DELIVERIES_KEPT) };
    }
    case 'DeliverySucceeded': return change(before, known.data.delivery, { state: 'delivered', ended_at: at, message: known.data.detail, retry_at: null });
    case 'DeliveryFailed': return change(before, known.data.delivery, { state: 'retrying', message: known.data.message, retry_at: known.data.retry_at });
    case 'DeliveryGivenUp': return change(before, known.data.delivery, { state: 'given-up', ended_at: at, message: known.data.message, retry_at: null });
    case 'NoticesDropped': return { ...before, waiting: 0, next_at: null, last: before.last.map(d => (d.ended_at === null ? { ...d, state: 'given-up' as const, ended_at: at, message: 'Not sent any more.', retry_at: null } : d)) };
    default: return row;
  }
};

/** What was sent to a channel, and what waits? `<tenant>.deliveries.<channel>` */
export const deliveriesProjection: Projection = keyedProjection<DeliveriesRow>({
  name: 'deliveries', version: 1, schema: deliveriesView.schema,
  keys: event => (event.aggregate.name === 'delivery' || event.type === 'ChannelRemoved' ? [viewKey(event.tenant, 'deliveries', event.aggregate.id)] : []),
  evolve: fold,
});

/** Internal, never shown: channels that something waits for, `_outboxes.<tenant>.<channel>` */
export const OUTBOXES = '_outboxes';
export interface OutboxRef { readonly tenant: string; readonly id: string; /** When it began to hold something. */ readonly wish: number; readonly waiting: boolean; readonly sending: boolean }

export const outboxesProjection: Projection = keyedProjection<OutboxRef>({
  name: 'outboxes', version: 1, schema: 1,
  keys: event => (event.aggregate.name === 'delivery' ? [`${OUTBOXES}.${event.tenant}.${event.aggregate.id}`] : []),
  evolve(ref, event) {
    const before = ref ?? { tenant: event.tenant, id: event.aggregate.id, wish: event.seq, waiting: false, sending: false };
    switch ((event as unknown as DeliveryEvent).type) {
      case 'NoticeQueued': return before.waiting ? before : { ...before, waiting: true };
      case 'DeliveryBegun': return before.sending ? before : { ...before, waiting: false, sending: true };
      case 'DeliverySucceeded': case 'DeliveryGivenUp': return before.waiting ? { ...before, sending: false } : undefined;
      case 'NoticesDropped': return undefined;
      default: return ref;
    }
  },
});
