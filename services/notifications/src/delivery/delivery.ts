/** What waits to be sent to one channel, and what is being sent. Pure. */
import type { EventContext } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { deliveryEvents, QueuedNotice } from '@xanthus/proto/notifications';

export type DeliveryEvent = EventOf<typeof deliveryEvents>;

/** One message. `begun`: a try was written down and nothing of its end; null else. */
export interface Message { readonly delivery: string; readonly notices: readonly QueuedNotice[]; readonly more: number; readonly attempt: number; readonly first_at: string; readonly begun: boolean; readonly retry_at: string | null; readonly problem: { readonly code: string; readonly message: string } | null }
export interface DeliveryState {
  readonly queue: readonly QueuedNotice[];
  /** Of the queue, beyond what is kept in full. */
  readonly more: number;
  readonly due: string | null;
  /** Since when something waits that waits for nothing but others. */
  readonly urgent_since: string | null;
  readonly current: Message | null;
}

export const initialDelivery: DeliveryState = { queue: [], more: 0, due: null, urgent_since: null, current: null };
/** Kept in full; what comes beyond is counted. */
const KEPT = 200;

export const countOf = ({ queue, more }: Pick<DeliveryState, 'queue' | 'more'>): number => queue.length + more;
export const isIdle = (state: DeliveryState): boolean => state.current === null && countOf(state) === 0;

const EMPTY = { queue: [], more: 0, due: null, urgent_since: null } as const;

export const evolveDelivery = (state: DeliveryState, event: DeliveryEvent, { occurred_at }: EventContext): DeliveryState => {
  switch (event.type) {
    case 'NoticeQueued': {
      const { due, urgent, ...notice } = event.data;
      const full = state.queue.length >= KEPT;
      return { ...state, queue: full ? state.queue : [...state.queue, notice], more: state.more + (full ? 1 : 0), due, urgent_since: state.urgent_since ?? (urgent ? occurred_at : null) };
    }
    case 'DeliveryBegun': {
      const { delivery, attempt } = event.data;
      if (state.current !== null) return { ...state, current: { ...state.current, attempt, begun: true } };
      return { ...EMPTY, current: { delivery, notices: state.queue, more: state.more, attempt, first_at: occurred_at, begun: true, retry_at: null, problem: null } };
    }
    case 'DeliveryFailed': return state.current === null ? state : { ...state, current: { ...state.current, begun: false, retry_at: event.data.retry_at, problem: { code: event.data.code, message: event.data.message } } };
    case 'DeliverySucceeded': case 'DeliveryGivenUp': return { ...state, current: null };
    case 'NoticesDropped': return initialDelivery;
    default: return state;
  }
};
