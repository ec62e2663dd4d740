/** Everything that notices and channels ask of Xanthus and have done there. */
import { INSTALLATION } from '@xanthus/proto';
import { useMemo } from 'react';
import * as contracts from '../contracts.js';
import type { ChannelRow, DeliveriesRow, NoticeRow } from '../contracts.js';
import { asking, onNew, onThing } from '../lib/act.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';
import { usePreference, usePreferenceDesk } from '../preferences/use-preference.js';
import { isUnread, markAllRead, markRead, markUnread, NOTHING_READ, toUnread, type Unread } from './unread.js';

export interface Notice extends NoticeRow { /** Mine alone. */ readonly own: boolean }
export interface Notices extends Pick<Rows<unknown>, 'status' | 'problem' | 'partial'> {
  /** Newest first. */
  readonly all: readonly Notice[];
  readonly unread: number;
  isUnread(notice: Notice): boolean;
  read(notice: Notice): void;
  unreadAgain(notice: Notice): void;
  readAll(): void;
}

/** Those of the organisation, as far as one may see them, and one's own; and which of them one has read, the same in every window. */
export const useNotices = (): Notices => {
  const { tenant, user } = useClient();
  const shared = useRows<NoticeRow>('notifications', tenant, 'notices');
  const own = useRows<NoticeRow>('notifications', INSTALLATION, 'own-notices', `${user.id}.*`);
  const kept = `notices.${tenant}`;
  const [stored] = usePreference<unknown>(kept, NOTHING_READ);
  const desk = usePreferenceDesk();
  const all = useMemo(() => [...[...shared.rows.values()].map(n => ({ ...n, own: false })), ...[...own.rows.values()].map(n => ({ ...n, own: true }))].sort((a, b) => (a.last_at < b.last_at ? 1 : -1)), [shared.rows, own.rows]);
  return useMemo(() => {
    const state = toUnread(stored);
    const change = (next: (state: Unread) => Unread): void => desk.change(kept, value => next(toUnread(value)));
    // Who may see nothing of the organisation still has what is their own.
    const { status, problem, partial } = shared.status === 'denied' && own.status === 'ready' && all.length > 0 ? own : shared;
    return {
      status, ...(problem === undefined ? {} : { problem }), ...(partial === undefined ? {} : { partial }), all, unread: all.filter(n => isUnread(state, n)).length,
      isUnread: n => isUnread(state, n), read: n => change(now => markRead(now, n, all)), unreadAgain: n => change(now => markUnread(now, n)), readAll: () => change(now => markAllRead(now, all)),
    };
  }, [stored, desk, kept, all, shared, own]);
};

export const useChannels = (): Rows<ChannelRow> => useRows<ChannelRow>('notifications', useClient().tenant, 'channels');
export const useDeliveries = (channel: string): Rows<DeliveriesRow> => useRows<DeliveriesRow>('notifications', useClient().tenant, 'deliveries', channel);

export const defineChannel = onNew(contracts.defineChannel);
export const changeChannel = onThing(contracts.changeChannel);
export const pauseChannel = onThing(contracts.pauseChannel);
export const resumeChannel = onThing(contracts.resumeChannel);
export const testChannel = onThing(contracts.testChannel);
export const removeChannel = onThing(contracts.removeChannel);
export const channelSettings = asking(contracts.channelSettings);
export const channelOptions = asking(contracts.channelOptions);
