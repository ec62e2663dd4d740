/** What is different now from the moment that is looked at: of all views that the page shows, field by field. */
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { formatMoment } from '../lib/format.js';
import { historyLink, thingLink, thingWord } from '../lib/thing-link.js';
import { useThingNames } from '../lib/things.data.js';
import { useLive, usePresentRows } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Dialog } from '../ui/dialog.js';
import { Skeleton } from '../ui/panel.js';
import { Tag } from '../ui/row-list.js';
import { ThingLink } from '../ui/thing-link.js';
import { rowName, rowThing } from '../why/row-things.js';
import { differences, spellPath, spellValue, type RowDifference } from './changes.js';
import type { PastView } from './past-desk.js';

/** So many rows of a view are listed; a page has few. */
const MOST = 200;
const KINDS: Readonly<Record<RowDifference['kind'], string>> = { added: t('added since'), removed: t('removed since'), changed: t('changed') };

export const ChangesDialog = ({ time, onClose }: { readonly time: string; readonly onClose: () => void }): ReactNode => {
  const { past } = useLive();
  // What the page showed when it was asked: links in here lead to other pages.
  const [shown] = useState(() => past.shown());
  const [counts, setCounts] = useState<Readonly<Record<string, number>>>({});
  const known = shown.every(of => counts[keyOf(of)] !== undefined);
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return (
    <Dialog open wide onOpenChange={open => { if (!open) onClose(); }} title={t('What changed between then and now')} description={t('From {moment} to now, of what this page shows.', { moment: formatMoment(Date.parse(time)) })}>
      <p role="status" className="sr-only">{known ? t('{total, plural, =0 {Nothing changed} one {# difference} other {# differences}}', { total }) : ''}</p>
      {known && total === 0 && <p className="text-ink-2">{t('Nothing that this page shows is different now.')}</p>}
      <div className="space-y-4">{shown.map(of => <OfView key={keyOf(of)} of={of} time={time} onCount={n => setCounts(all => (all[keyOf(of)] === n ? all : { ...all, [keyOf(of)]: n }))} />)}</div>
    </Dialog>
  );
};

const keyOf = ({ service, view, id }: PastView): string => `${service}.${view}.${id}`;

const OfView = ({ of, time, onCount }: { readonly of: PastView; readonly time: string; readonly onCount: (count: number) => void }): ReactNode => {
  const now = usePresentRows<unknown>(of.service, of.tenant, of.view, of.id === 'all' ? '*' : of.id);
  const then = useThen(of, time);
  const list = useMemo(() => (then === 'unknown' ? [] : then && now.status !== 'loading' ? differences(then, now.rows) : undefined), [then, now]);
  useEffect(() => { if (list) onCount(list.length); }, [list, onCount]);
  if (!list) return <Skeleton className="h-8" />;
  return list.length === 0 ? null : (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {list.slice(0, MOST).map(difference => <OneRow key={difference.id} of={of} difference={difference} />)}
      {list.length > MOST && <li className="px-3 py-2 text-[12px] text-ink-3">{t('{more, number} more', { more: list.length - MOST })}</li>}
    </ul>
  );
};

/** The rows of then, which the page has mostly asked already; what has no past can't be compared. */
const useThen = (of: PastView, time: string): ReadonlyMap<string, unknown> | 'unknown' | undefined => {
  const { past } = useLive();
  const [then, setThen] = useState<ReadonlyMap<string, unknown> | 'unknown'>();
  useEffect(() => {
    const prefix = `${of.tenant}.${of.view}.`;
    let gone = false;
    past.picture(of, time).then(({ entries }) => (gone ? undefined : setThen(new Map([...entries].map(([key, { data }]) => [key.slice(prefix.length), data]))))).catch(() => { if (!gone) setThen('unknown'); });
    return () => { gone = true; };
  }, [past, of, time]);
  return then;
};

const OneRow = ({ of, difference: { id, kind, fields, row } }: { readonly of: PastView; readonly difference: RowDifference }): ReactNode => {
  const { within, name: nameOf } = useThingNames();
  const thing = rowThing(of.service, of.view, id);
  const own = rowName(row, id);
  const name = own === id ? (thing && nameOf(thing)) ?? own : own;
  return (
    <li className="px-3 py-2 text-[13px]">
      <p className="flex flex-wrap items-center gap-x-2">
        <span className="text-ink-3">{thing ? thingWord(thing) : of.view}</span>
        <ThingLink to={thing && kind !== 'removed' ? thingLink(thing, within(thing)) : undefined} className="min-w-0 break-words font-medium text-ink hover:underline">{name}</ThingLink>
        <Tag strong={kind !== 'changed'}>{KINDS[kind]}</Tag>
        {thing && <ThingLink to={historyLink(thing)} className="ml-auto text-[12px] text-accent-ink hover:underline">{t('History')}</ThingLink>}
      </p>
      {fields.length > 0 && (
        <dl className="mt-1 grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-[12px]">
          {fields.map(field => (
            <div key={field.path.join('.')} className="contents">
              <dt className="text-ink-3">{spellPath(field.path)}</dt>
              <dd className="min-w-0 break-words"><del className="text-ink-3 no-underline">{spellValue(field.before)}</del> <span aria-label={t('became')}>→</span> <ins className="text-ink no-underline">{spellValue(field.after)}</ins></dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
};
