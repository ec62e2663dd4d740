import type { AggregateType, Decider } from '@xanthus/kernel';
import { evolveNotice, initialNotice, type NoticeEvent, type NoticeState, type Raised } from './notice.js';

/** A moment that comes again within this time is counted, not told anew, ms. */
const SAME_MOMENT = 60 * 60_000;
/** What of an open notice can be over one by one; beyond, it is over only as a whole. */
const MOST_ITEMS = 500;

export type NoticeCommand =
  | { readonly type: 'Raise'; readonly data: Raised }
  /** `items`: of them only; without, all of it. */
  | { readonly type: 'Resolve'; readonly text: string; readonly event: Raised['event']; readonly items?: readonly string[] | undefined };

export const noticeDecider: Decider<NoticeState, NoticeCommand, NoticeEvent> = {
  initialState: initialNotice,
  evolve: evolveNotice,
  decide(state, command, { now }) {
    if (command.type === 'Raise') {
      const { data } = command;
      const again = state.status === 'open' || (state.status === 'past' && !data.lasting && Date.parse(now) - Date.parse(state.last_at) < SAME_MOMENT);
      if (!again) return [{ type: 'NoticeRaised', data }];
      const room = MOST_ITEMS - state.items.length;
      const items = data.items?.filter(i => !state.items.includes(i)).slice(0, room);
      return [{ type: 'NoticeRepeated', data: { notice: state.notice, severity: data.severity, text: data.text, times: state.times + 1, event: data.event, ...(items === undefined ? {} : { items }) } }];
    }
    if (state.status !== 'open') return [];
    const over = command.items?.filter(i => state.items.includes(i));
    if (over === undefined || over.length === state.items.length) return [{ type: 'NoticeResolved', data: { notice: state.notice, text: command.text, event: command.event } }];
    return over.length === 0 ? [] : [{ type: 'NoticeEased', data: { notice: state.notice, items: [...over] } }];
  },
};

export const noticeType: AggregateType<NoticeState, NoticeCommand, NoticeEvent> = {
  service: 'notifications', name: 'notice', decider: noticeDecider, schemas: { NoticeRaised: 1, NoticeRepeated: 1, NoticeEased: 1, NoticeResolved: 1 }, snapshot: { schema: 1, every: 100 },
};
