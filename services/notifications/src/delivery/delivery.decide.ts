import type { AggregateType, Decider } from '@xanthus/kernel';
import type { ChannelDigest, QueuedNotice, QuietHours } from '@xanthus/proto/notifications';
import { countOf, evolveDelivery, initialDelivery, isIdle, type DeliveryEvent, type DeliveryState } from './delivery.js';
import { heldUntil, type Gather } from './when.js';
import { GIVE_UP_AFTER, retryAfter } from './policy.js';

export type DeliveryCommand =
  | { readonly type: 'Queue'; readonly notice: QueuedNotice; readonly settings: { readonly quiet: QuietHours | null; readonly digest: ChannelDigest }; readonly gather: Gather }
  /** A try is about to be made: `attempt` is the one after the last. Nothing if somebody else has begun it. */
  | { readonly type: 'Begin'; readonly delivery: string; readonly attempt: number }
  | { readonly type: 'Succeed'; readonly delivery: string; readonly detail: string; readonly duration_ms: number }
  /** `final`: refused for good. `first_pause`: ms. */
  | { readonly type: 'Fail'; readonly delivery: string; readonly code: string; readonly message: string; readonly final: boolean; readonly first_pause: number }
  | { readonly type: 'Drop'; readonly because: 'paused' | 'removed' | 'late' };

const isQueued = (state: DeliveryState, { notice, what }: QueuedNotice): boolean => [...state.queue, ...(state.current?.notices ?? [])].some(n => n.notice === notice && n.what === what);

const queue = (state: DeliveryState, { notice, settings, gather }: Extract<DeliveryCommand, { type: 'Queue' }>, now: number): DeliveryEvent[] => {
  if (isQueued(state, notice)) return [];
  const held = heldUntil(settings, notice.severity, now);
  const since = state.urgent_since === null ? now : Date.parse(state.urgent_since);
  const waits = state.due === null ? held ?? now : Math.min(Date.parse(state.due), held ?? now);
  const due = held === null ? Math.min(since + gather.most, now + gather.settle) : waits;
  return [{ type: 'NoticeQueued', data: { ...notice, due: new Date(due).toISOString(), urgent: held === null } }];
};

export const deliveryDecider: Decider<DeliveryState, DeliveryCommand, DeliveryEvent> = {
  initialState: initialDelivery,
  evolve: evolveDelivery,
  decide(state, command, { now }) {
    const { current } = state;
    switch (command.type) {
      case 'Queue': return queue(state, command, Date.parse(now));
      case 'Begin': {
        if (command.attempt !== (current?.attempt ?? 0) + 1 || (current !== null && current.delivery !== command.delivery)) return [];
        const notices = current === null ? countOf(state) : current.notices.length + current.more;
        return notices === 0 ? [] : [{ type: 'DeliveryBegun', data: { delivery: command.delivery, attempt: command.attempt, notices } }];
      }
      case 'Succeed': return current?.delivery === command.delivery ? [{ type: 'DeliverySucceeded', data: { delivery: command.delivery, detail: command.detail, duration_ms: command.duration_ms } }] : [];
      case 'Fail': {
        if (current?.delivery !== command.delivery) return [];
        const { delivery, code, message, final } = command;
        const retry = Date.parse(now) + retryAfter(current.attempt, command.first_pause);
        const late = retry - Date.parse(current.first_at) > GIVE_UP_AFTER;
        if (!final && !late) return [{ type: 'DeliveryFailed', data: { delivery, attempt: current.attempt, code, message, retry_at: new Date(retry).toISOString() } }];
        return [{ type: 'DeliveryGivenUp', data: { delivery, attempt: current.attempt, code, message, because: final ? 'refused' : 'late', notices: current.notices.length + current.more } }];
      }
      case 'Drop': return isIdle(state) ? [] : [{ type: 'NoticesDropped', data: { because: command.because, notices: countOf(state) + (current === null ? 0 : current.notices.length + current.more) } }];
    }
  },
};

export const deliveryType: AggregateType<DeliveryState, DeliveryCommand, DeliveryEvent> = {
  service: 'notifications', name: 'delivery', decider: deliveryDecider, snapshot: { schema: 1, every: 100 },
  schemas: { NoticeQueued: 1, DeliveryBegun: 1, DeliverySucceeded: 1, DeliveryFailed: 1, DeliveryGivenUp: 1, NoticesDropped: 1 },
};
