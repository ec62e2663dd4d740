import { upcastEvent, type RecordedEvent } from '@xanthus/kernel';
import { noticeType } from '../notice/notice.decide.js';
import type { NoticeEvent, Raised } from '../notice/notice.js';
import type { NotificationsContext } from '../notifications.context.js';

/** What a notice was raised with; undefined: it was not. */
export const eventOfNotice = async (on: Pick<NotificationsContext, 'store'>, { tenant, aggregate: { id }, seq, data }: RecordedEvent): Promise<Raised | undefined> => {
  const { events } = await on.store.load({ tenant, service: 'notifications', aggregate: 'notice', id }, { leader: true, atLeast: seq });
  const raised = events.map(e => upcastEvent(noticeType, e) as unknown as NoticeEvent).findLast(e => e.type === 'NoticeRaised' && e.data.notice === (data as { notice: string }).notice);
  return raised?.type === 'NoticeRaised' ? raised.data : undefined;
};
