import { History } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { thingLink, thingWord, type Thing } from '../../lib/thing-link.js';
import { useThingNames } from '../../lib/things.data.js';
import { useClient } from '../../live/live-context.js';
import { useNames } from '../../members/use-names.js';
import { actorName, toHistoryRow, type HistoryRow } from '../../servers/history.js';
import { t } from '../../texts/text.js';
import { Ago } from '../../ui/ago.js';
import { Forbidden } from '../../ui/forbidden.js';
import { Dot } from '../../ui/status-pill.js';
import { ThingLink } from '../../ui/thing-link.js';
import { useLatest } from '../dashboard.data.js';
import { Nothing, Tile } from '../tile.js';
import { RowsSkeleton } from '../tile-rows.js';

const SHOWN = 8;

export const EventsTile = (): ReactNode => {
  const latest = useLatest();
  const rows = useMemo(() => latest.items.slice(0, SHOWN).flatMap(item => { const row = toHistoryRow(item); return row ? [{ key: `${item.service} ${item.seq}`, row }] : []; }), [latest.items]);
  return (
    <Tile of="events" title={t('Latest events')}>
      {latest.denied ? <Forbidden dense right="vps.server.read" title={t('You may not see {what}', { what: t('what happened') })} />
        : rows.length > 0 ? <ol aria-label={t('Latest events')} className="divide-y divide-line">{rows.map(({ key, row }) => <Row key={key} row={row} />)}</ol>
          : latest.ready ? <Nothing icon={<History aria-hidden />}>{t('Nothing happened in the last 24 hours.')}</Nothing> : <RowsSkeleton rows={4} label={t('Loading the latest events')} />}
    </Tile>
  );
};

const Row = ({ row }: { readonly row: HistoryRow }): ReactNode => {
  const { user } = useClient();
  const names = useNames();
  const things = useThingNames();
  const thing: Thing = { service: row.aggregate.service, aggregate: row.aggregate.name, id: row.aggregate.id };
  const to = thingLink(thing, things.within(thing));
  const name = things.name(thing) ?? thingWord(thing);
  return (
    <li className="flex items-start gap-3 px-4 py-2">
      <span className="mt-[7px] flex"><Dot tone={row.tone} /></span>
      <div className="min-w-0 flex-1 text-[13px]">
        <p className="truncate">{to ? <ThingLink to={to} className="font-medium hover:underline">{name}</ThingLink> : <span className="font-medium">{name}</span>} <span className="text-ink-2">{row.text}</span></p>
        <p className="truncate text-[12px] text-ink-3">{actorName(row.actor, user.id, names)}{row.detail ? ` · ${row.detail}` : ''}</p>
      </div>
      <span className="shrink-0 text-[12px] text-ink-3"><Ago at={row.at} /></span>
    </li>
  );
};
