import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { formatDay, formatTime } from '../lib/format.js';
import type { FeedState } from '../live/event-feed.js';
import { useClient } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Dot } from '../ui/status-pill.js';
import { EventMenu } from '../undo/event-menu.js';
import type { WindowRows } from '../ui/window-rows.js';
import { actorName, type HistoryRow } from './history.js';

interface Props {
  readonly rows: readonly HistoryRow[];
  readonly feed: FeedState & { older?(): void };
  readonly dense?: boolean;
  /** Which rows to draw of a long list; default all. */
  readonly drawn?: WindowRows<HTMLOListElement>;
}

/** What happened, who did it and when; newest first. The time is the event's, to the second. */
export const HistoryList = ({ rows, feed, dense, drawn }: Props): ReactNode => {
  const { user } = useClient();
  const names = useNames();
  return (
    <>
      <ol ref={drawn?.list} className={drawn && 'drawn-in-part'} aria-label={t('History')} aria-busy={feed.state === 'catching_up'} data-testid="history" style={drawn && { paddingTop: drawn.before, paddingBottom: drawn.after }}>
        {(drawn?.indices ?? [...rows.keys()]).map(i => {
          const row = rows[i];
          if (!row) return null;
          const at = Date.parse(row.at);
          const before = rows[i - 1];
          const newDay = !dense && (!before || formatDay(Date.parse(before.at)) !== formatDay(at));
          return (
            <li key={row.seq} ref={drawn?.measure} data-index={i} data-seq={row.seq} data-type={row.type} aria-setsize={rows.length} aria-posinset={i + 1}
              className={clsx(i > 0 && 'border-t border-line', feed.live_after !== undefined && row.seq > feed.live_after && 'animate-arrive')}>
              {newDay && <p className="eyebrow bg-sunken px-4 py-1">{formatDay(at)}</p>}
              <div className={clsx('flex items-start gap-3 px-4', dense ? 'py-2' : 'py-2.5')}>
                <span className="mt-[7px] flex"><Dot tone={row.tone} /></span>
                <div className="min-w-0 flex-1">
                  <p className="text-[13px] text-ink">{row.text}</p>
                  {row.detail && <p className={clsx('text-[12px] text-ink-3', dense ? 'truncate' : 'break-words')}>{row.detail}</p>}
                </div>
                <div className="shrink-0 text-right text-[12px] leading-[1.35rem]">
                  <p className="text-ink-2" title={row.actor.kind === 'service' ? t('By the service {id}', { id: row.actor.id }) : undefined}>{actorName(row.actor, user.id, names)}</p>
                  <p className="text-ink-3">{dense ? <Ago at={at} /> : <time dateTime={row.at} className="figure">{formatTime(at)}</time>}</p>
                </div>
                {!dense && <EventMenu event={row.event} text={row.text} />}
              </div>
            </li>
          );
        })}
      </ol>
      {feed.reset_at !== undefined && <p className="border-t border-line px-4 py-2 text-[12px] text-ink-3">{t('The log was replaced (a restored backup, for example); this is its history from event {reset_at} on.', { reset_at: feed.reset_at })}</p>}
      {feed.truncated && (
        <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-4 py-2.5 text-[12px] text-ink-3">
          <span>{t('The newest {rows, number} events. Older ones are in the log.', { rows: rows.length })}</span>
          {feed.older && <Button size="sm" busy={feed.paging === true} onClick={feed.older}>{t('Show older events')}</Button>}
        </div>
      )}
    </>
  );
};
