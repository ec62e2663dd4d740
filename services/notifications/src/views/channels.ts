import { keyedProjection, type Projection, type RecordedEvent } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { channelsView } from '@xanthus/proto/notifications';
import type { ChannelEvent, ChannelSettings } from '../channel/channel.js';
import type { DeliveryEvent } from '../delivery/delivery.js';

export type ChannelRow = DataOf<typeof channelsView>;

const shown = ({ name, kind, label, filter, quiet, digest }: ChannelSettings): Pick<ChannelRow, 'name' | 'kind' | 'label' | 'filter' | 'quiet' | 'digest'> => ({ name, kind, label, filter, quiet, digest });

const foldDelivery = (row: ChannelRow, event: DeliveryEvent, at: string): ChannelRow => {
  switch (event.type) {
    case 'DeliverySucceeded': return { ...row, failing: null, delivered_at: at };
    case 'DeliveryFailed': case 'DeliveryGivenUp': return { ...row, failing: { since: row.failing?.since ?? at, message: event.data.message } };
    default: return row;
  }
};

const foldChannel = (row: ChannelRow | undefined, event: RecordedEvent): ChannelRow | undefined => {
  const known = event as unknown as ChannelEvent;
  const at = event.occurred_at;
  if (known.type === 'ChannelDefined') return { id: event.aggregate.id, ...shown(known.data), state: 'active', tested: null, failing: null, delivered_at: null, defined_at: at, defined_by: event.actor, changed_at: at };
  if (!row) return undefined;
  switch (known.type) {
    case 'ChannelChanged': return { ...row, ...shown(known.data), changed_at: at };
    case 'ChannelPaused': return { ...row, state: 'paused', changed_at: at };
    case 'ChannelResumed': return { ...row, state: 'active', changed_at: at };
    case 'ChannelTested': return { ...row, tested: { at, ok: known.data.ok, message: known.data.message }, ...(known.data.ok ? { failing: null } : {}) };
    case 'ChannelRemoved': return undefined;
    default: return row;
  }
};

/** Where are notices sent, and do they get there? `<tenant>.channels.<id>` */
export const channelsProjection: Projection = keyedProjection<ChannelRow>({
  name: 'channels', version: 1, schema: channelsView.schema,
  keys: event => (event.aggregate.name === 'notice' ? [] : [viewKey(event.tenant, 'channels', event.aggregate.id)]),
  evolve: (row, event) => (event.aggregate.name === 'channel' ? foldChannel(row, event) : row && foldDelivery(row, event as unknown as DeliveryEvent, event.occurred_at)),
});
