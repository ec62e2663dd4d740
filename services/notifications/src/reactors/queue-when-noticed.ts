import { readState, type Reactor } from '@xanthus/kernel';
import { handleAsService } from '@xanthus/processes';
import { NOTICE_KINDS, type ChannelFilter, type NoticeKind, type QueuedNotice } from '@xanthus/proto/notifications';
import { channelType } from '../channel/channel.decide.js';
import { deliveryType } from '../delivery/delivery.decide.js';
import type { NoticeEvent } from '../notice/notice.js';
import type { NotificationsContext } from '../notifications.context.js';
import type { ChannelRow } from '../views/channels.js';
import { eventOfNotice } from '../use-cases/notices.js';

/** Whether a channel wants it. Of its own failures it is told nothing: nothing gets through. */
export const isWanted = (channel: string, { severities, kinds, services, resolved }: ChannelFilter, { kind, severity, what, thing }: Pick<QueuedNotice, 'kind' | 'severity' | 'what' | 'thing'>): boolean => {
  if (kind === 'delivery-failed' && thing?.id === channel) return false;
  const service = Object.hasOwn(NOTICE_KINDS, kind) ? NOTICE_KINDS[kind as NoticeKind].service : thing?.service ?? '';
  return (severities.length === 0 || severities.includes(severity)) && (kinds.length === 0 || kinds.includes(kind)) && (services.length === 0 || services.includes(service)) && (what === 'raised' || resolved);
};

/** Every channel that wants a notice gets it into its queue. Harmless when repeated: a delivery knows what it holds, and by which command. */
export const queueWhenNoticed = (on: NotificationsContext): Reactor => ({
  name: 'queue-when-noticed',
  types: ['NoticeRaised', 'NoticeResolved'],
  async react(event) {
    const known = event as unknown as NoticeEvent;
    const raised = known.type === 'NoticeRaised' ? known.data : await eventOfNotice(on, event);
    // What is a person's alone is in their centre only.
    if (raised === undefined || raised.person !== undefined || on.forgotten.has(event.tenant)) return;
    const what = known.type === 'NoticeRaised' ? 'raised' : 'resolved';
    const notice: QueuedNotice = { notice: raised.notice, what, kind: raised.kind, severity: raised.severity, text: known.type === 'NoticeResolved' ? known.data.text : raised.text, thing: raised.thing, at: event.occurred_at };
    for (const { id, value: { data: row } } of await on.views.list<ChannelRow>(event.tenant, 'channels')) {
      if (row.state !== 'active' || row.defined_at > event.occurred_at || !isWanted(id, row.filter, notice)) continue;
      const channel = await readState(on, channelType, event.tenant, id);
      if (channel.status !== 'active') continue;
      await handleAsService(on, deliveryType, event.tenant, id, { type: 'Queue', notice, settings: channel.settings, gather: on.gather }, { command_id: `queue-${event.id}`, correlation_id: event.correlation_id });
    }
  },
});
