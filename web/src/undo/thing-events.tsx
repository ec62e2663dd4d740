/** Everything that happened to a thing, in words, each event with what can be done about it. */
import { useMemo, type ReactNode } from 'react';
import type { AuditEvent } from '../audit/timeline.js';
import { useSentences } from '../audit/use-sentences.js';
import { toLogged } from '../causes/logged.js';
import { formatDay, formatTime } from '../lib/format.js';
import type { Thing } from '../lib/thing-link.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Panel, SkeletonRows } from '../ui/panel.js';
import { feedStatus, ListStates } from '../ui/row-list.js';
import { HistoryLink } from '../why/history-link.js';
import { EventMenu } from './event-menu.js';
import { useThingEvents } from './undo.data.js';

/** `right`: what it takes to read its events, as roles name it. `what`: whose, for sentences: "the history of applications". */
export const ThingEvents = ({ thing, what, right }: { readonly thing: Thing; readonly what: string; readonly right: string }): ReactNode => {
  const { feed, stream } = useThingEvents(thing);
  const sentences = useSentences();
  const rows = useMemo(() => feed.items.toReversed().flatMap(item => {
    const logged = toLogged(stream, item);
    const event: AuditEvent = { stream, seq: item.seq, at: Date.parse(item.time), payload: item.payload };
    return logged ? [{ logged, event }] : [];
  }), [feed.items, stream]);
  return (
    <ListStates of={feedStatus(feed)} what={what} right={right} count={rows.length} skeleton={<Panel flush title={t('Everything that happened')}><SkeletonRows rows={4} /></Panel>}
      empty={<Panel title={t('Everything that happened')}><p className="text-[13px] text-ink-3">{t('Nothing yet.')}</p></Panel>}>
      <Panel flush title={t('Everything that happened')} aside={<HistoryLink {...thing} />}>
        <ol aria-label={t('Everything that happened')} data-testid="thing-events" className="divide-y divide-line">
          {rows.map(({ logged, event }) => {
            const { text } = sentences.of(event);
            const at = Date.parse(logged.at);
            return (
              <li key={logged.id} data-type={logged.type} className="flex items-start gap-3 px-4 py-2 text-[13px]">
                <p className="min-w-0 flex-1 break-words">{text}</p>
                <time dateTime={logged.at} className="figure shrink-0 text-[12px] leading-5 text-ink-3">{formatDay(at)}, {formatTime(at)}</time>
                <EventMenu event={logged} text={text} />
              </li>
            );
          })}
        </ol>
        {feed.truncated && <div className="border-t border-line px-4 py-2"><Button size="sm" busy={feed.paging === true} onClick={feed.older}>{t('Show older events')}</Button></div>}
      </Panel>
    </ListStates>
  );
};
