import { useState, type ReactNode } from 'react';
import type { DeliveriesRow } from '../contracts.js';
import { formatMoment } from '../lib/format.js';
import { t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { StatusPill, type Tone } from '../ui/status-pill.js';
import { useDeliveries } from './notifications.data.js';
import { Why } from '../why/why.js';

type Sent = DeliveriesRow['last'][number];
const STATES: Readonly<Record<Sent['state'], readonly [Tone, string]>> = { sending: ['info', t('Being sent')], retrying: ['warn', t('Tried again')], delivered: ['ok', t('Delivered')], 'given-up': ['bad', t('Given up')] };
const SHOWN = 3;

/** What was sent lately, and what waits. */
export const ChannelDeliveries = ({ channel }: { readonly channel: string }): ReactNode => {
  const { rows } = useDeliveries(channel);
  const [all, setAll] = useState(false);
  const row = rows.get(channel);
  if (!row || (row.last.length === 0 && row.waiting === 0)) return <p className="text-ink-3">{t('Nothing was sent yet.')}</p>;
  const shown = all ? row.last : row.last.slice(0, SHOWN);
  return (
    <>
      {row.waiting > 0 && <p>{row.next_at === null ? t('{waiting, plural, one {# notice waits} other {# notices wait}}', { waiting: row.waiting }) : t('{waiting, plural, one {# notice waits} other {# notices wait}} to be sent, next at {when}', { waiting: row.waiting, when: formatMoment(Date.parse(row.next_at)) })}</p>}
      {shown.length > 0 && (
        <ul aria-label={t('Last messages')} className="grid gap-1.5">
          {shown.map(d => (
            <li key={d.id} className="group/fact flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
              <StatusPill tone={STATES[d.state][0]}>{STATES[d.state][1]}</StatusPill>
              <span>{t('{notices, plural, one {# notice} other {# notices}}', { notices: d.notices })}</span>
              {d.attempts > 1 && <span className="text-ink-3">{t('{attempts} tries', { attempts: d.attempts })}</span>}
              <Ago at={d.begun_at} />
              <span className="min-w-0 break-words text-ink-3">{d.message}</span>
              <Why service="notifications" view="deliveries" id={channel} path="last" name={STATES[d.state][1]} />
            </li>
          ))}
        </ul>
      )}
      {row.last.length > SHOWN && <p><Button size="sm" kind="quiet" onClick={() => setAll(!all)}>{all ? t('Show fewer') : t('Show all {count}', { count: row.last.length })}</Button></p>}
    </>
  );
};
