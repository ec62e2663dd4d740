import { useMemo, type ReactNode } from 'react';
import { HistoryList } from '../servers/history-list.js';
import { toHistory } from '../servers/history.js';
import { useTenantName } from '../session/session-context.js';
import { Panel, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { useWindowRows } from '../ui/window-rows.js';
import { useWholeFeed, type useServerFeed } from './use-server-feed.js';

/** All of a history, however long. */
export const LongHistory = ({ feed }: { readonly feed: ReturnType<typeof useServerFeed> }): ReactNode => {
  const rows = useMemo(() => toHistory(feed.items), [feed.items]);
  const drawn = useWindowRows<HTMLOListElement>(rows.length, 57, i => rows[i]?.seq ?? i);
  return <HistoryList rows={rows} feed={feed} drawn={drawn} />;
};

export const HistoryTab = ({ id }: { readonly id: string }): ReactNode => {
  const feed = useWholeFeed(id);
  const name = useTenantName();
  if (feed.problem) return feed.problem.code === 'DENIED' || feed.problem.code === 'REVOKED' ? <Denied what="the history of servers" tenant={name} /> : <ProblemNote problem={feed.problem} />;
  return (
    <Panel title="History" flush aside={<span className="text-[12px] text-ink-3">{feed.state === 'live' ? 'Every event, as it is stored' : 'Catching up…'}</span>}>
      {feed.items.length === 0 ? <SkeletonRows label="Loading the history" rows={6} /> : <LongHistory feed={feed} />}
    </Panel>
  );
};
