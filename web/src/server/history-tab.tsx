import { useMemo, useState, type ReactNode } from 'react';
import { HistoryList } from '../servers/history-list.js';
import { toHistory } from '../servers/history.js';
import { t } from '../texts/text.js';
import { Panel, SkeletonRows } from '../ui/panel.js';
import { feedStatus, ListStates } from '../ui/row-list.js';
import { useWindowRows } from '../ui/window-rows.js';
import { withoutSteps } from './history-steps.js';
import { type useServerFeed, useWholeFeed } from './server.data.js';

/** All of a history, however long. */
export const LongHistory = ({ feed, steps = true }: { readonly feed: ReturnType<typeof useServerFeed>; readonly steps?: boolean }): ReactNode => {
  const rows = useMemo(() => { const all = toHistory(feed.items); return steps ? all : withoutSteps(all); }, [feed.items, steps]);
  const drawn = useWindowRows<HTMLOListElement>(rows.length, 57, i => rows[i]?.seq ?? i);
  return <HistoryList rows={rows} feed={feed} drawn={drawn} />;
};

export const HistoryTab = ({ id }: { readonly id: string }): ReactNode => {
  const feed = useWholeFeed(id);
  const [steps, setSteps] = useState(false);
  const { status, problem } = feedStatus(feed);
  return (
    <ListStates of={{ status: status === 'loading' ? 'ready' : status, ...(problem ? { problem } : {}) }} what={t('the history of servers')} right="vps.server.read" count={1} empty={null}>
      <Panel title={t('History')} flush aside={feed.state === 'live' ? <label className="flex items-center gap-1.5 text-[12px] text-ink-2"><input type="checkbox" className="size-3.5 accent-(--accent)" checked={steps} onChange={e => setSteps(e.target.checked)} />{t('Every step')}</label> : <span className="text-[12px] text-ink-3">{t('Catching up…')}</span>}>
        {feed.items.length === 0 ? <SkeletonRows label={t('Loading the history')} rows={6} /> : <LongHistory feed={feed} steps={steps} />}
      </Panel>
    </ListStates>
  );
};
