/** What is known of one kind of notice about one thing. Pure. */
import type { EventContext } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { noticeEvents, NoticeSeverity } from '@xanthus/proto/notifications';

export type NoticeEvent = EventOf<typeof noticeEvents>;
export type Raised = Extract<NoticeEvent, { type: 'NoticeRaised' }>['data'];

/** `past`: over, or a moment that was. */
export type NoticeState =
  | { readonly status: 'none' }
  | { readonly status: 'open' | 'past'; readonly notice: string; readonly severity: NoticeSeverity; readonly times: number; readonly last_at: string; readonly items: readonly string[] };

export const initialNotice: NoticeState = { status: 'none' };

const union = (a: readonly string[], b: readonly string[] = []): readonly string[] => [...new Set([...a, ...b])];

export const evolveNotice = (state: NoticeState, event: NoticeEvent, { occurred_at }: EventContext): NoticeState => {
  if (event.type === 'NoticeRaised') {
    const { notice, severity, lasting, items = [] } = event.data;
    return { status: lasting ? 'open' : 'past', notice, severity, times: 1, last_at: occurred_at, items };
  }
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'NoticeRepeated': return { ...state, severity: event.data.severity, times: event.data.times, last_at: occurred_at, items: union(state.items, event.data.items) };
    case 'NoticeEased': return { ...state, items: state.items.filter(i => !event.data.items.includes(i)) };
    case 'NoticeResolved': return { ...state, status: 'past', items: [] };
    default: return state;
  }
};
