import { Link } from '@tanstack/react-router';
import { History } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { thingOf } from '../../audit/filter.js';
import type { AuditEvent } from '../../audit/timeline.js';
import { useSentences, type Sentences } from '../../audit/use-sentences.js';
import { thingLink } from '../../lib/thing-link.js';
import { t } from '../../texts/text.js';
import { Ago } from '../../ui/ago.js';
import { Forbidden } from '../../ui/forbidden.js';
import { ThingLink } from '../../ui/thing-link.js';
import { useLatest } from '../dashboard.data.js';
import { moreClass, Nothing, Tile } from '../tile.js';
import { RowsSkeleton } from '../tile-rows.js';

const SHOWN = 8;

export const EventsTile = (): ReactNode => {
  const latest = useLatest();
  const sentences = useSentences();
  const events = useMemo(() => latest.items.slice(0, SHOWN).map(({ stream, seq, time, payload }): AuditEvent => ({ stream, seq, at: Date.parse(time), payload })), [latest.items]);
  return (
    <Tile of="events" title={t('Latest events')} aside={<Link to="/audit" className={moreClass}>{t('All events')}</Link>}>
      {latest.denied ? <Forbidden dense right="vps.server.read" title={t('You may not see {what}', { what: t('what happened') })} />
        : events.length > 0 ? <ol aria-label={t('Latest events')} className="divide-y divide-line">{events.map(event => <Row key={`${event.stream}.${event.seq}`} event={event} sentences={sentences} />)}</ol>
          : latest.ready ? <Nothing icon={<History aria-hidden />}>{t('Nothing happened in the last 24 hours.')}</Nothing> : <RowsSkeleton rows={4} label={t('Loading the latest events')} />}
    </Tile>
  );
};

const Row = ({ event, sentences }: { readonly event: AuditEvent; readonly sentences: Sentences }): ReactNode => {
  const { pieces, who, thing: name, envelope } = sentences.of(event);
  const thing = envelope && thingOf(envelope);
  const to = thing && thingLink(thing, sentences.names.within(thing));
  return (
    <li className="flex items-baseline gap-3 px-4 py-2 text-[13px]">
      <p className="min-w-0 flex-1 break-words text-ink-2 first-letter:uppercase">
        {pieces.map((p, i) => ('text' in p ? p.text : p.part === 'thing' && to ? <ThingLink key={i} to={to} className="font-medium text-ink hover:underline">{name}</ThingLink> : <strong key={i} className="font-medium text-ink">{p.part === 'who' ? who : name}</strong>))}
      </p>
      <span className="shrink-0 text-[12px] text-ink-3"><Ago at={event.at} /></span>
    </li>
  );
};
