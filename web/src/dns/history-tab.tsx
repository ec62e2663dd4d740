import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { History, Undo2 } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { mayAsk } from '../app/nav.js';
import { eventAt } from '../causes/logged.js';
import type { RecordHistoryEntry, Zone } from '../contracts.js';
import { formatDay, formatTime } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { NOT_YOURS } from '../server/actions.js';
import { actorName, midActor } from '../servers/history.js';
import { rich, t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { EmptyState, Panel, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { EventMenu } from '../undo/event-menu.js';
import { useWindowRows } from '../ui/window-rows.js';
import { HistoryLink } from '../why/history-link.js';
import { ChangeWords } from './diff-list.js';
import { recordHistory, usePlans, useRecords } from './dns.data.js';
import { entryRecord, takenBack, whoChanged } from './history-model.js';
import { PlanProblem } from './plan-problem.js';
import { TimePanel } from './time-panel.js';
import { useDelayed } from './use-delayed.js';
import { useMakePlan } from './use-zone.js';

/** As many as are asked for at once; older ones are in the log. */
const MOST = 500;

/** Who changed what, when and why; and the zone as it was. */
export const HistoryTab = ({ zone }: { readonly zone: Zone }): ReactNode => {
  const client = useClient();
  const { record } = useSearch({ from: '/shell/domains/$id' });
  const current = useRecords(zone.id).rows.get(record ?? '');
  const may = useCan(mayAsk(client.tenant, recordHistory, zone.id));
  const [name, setName] = useState('');
  const wanted = useDelayed(name.trim().toLowerCase(), 300);
  const full = wanted && (wanted === '@' ? zone.name : wanted === zone.name || wanted.endsWith(`.${zone.name}`) ? wanted : `${wanted}.${zone.name}`);
  const asked = useQuery({
    // Anything that changes the zone changes its view: then there is more to tell.
    queryKey: ['dns-history', client.tenant, zone.id, record ?? '', full, zone.changed_at, zone.records, zone.drift], enabled: may, placeholderData: previous => previous,
    queryFn: () => recordHistory(client, { limit: MOST, ...(record ? { record } : {}), ...(full ? { name: full } : {}) }, zone.id),
  });
  const entries = asked.data?.entries;
  if (!may) return <Denied what={t('the history of records')} right="dns.zone.read" />;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid min-w-0 gap-3 max-lg:order-2">
        {record ? <p className="text-[13px] text-ink-2">{rich('Only {record}. <link>All of {name}</link>', { record: current ? <span className="font-mono">{current.data.type} {current.name}</span> : t('one record'), link: <Link to="/domains/$id" params={{ id: zone.id }} search={{ tab: 'history' }} className="text-accent-ink underline underline-offset-2" />, name: zone.name })}</p>
          : <div className="max-w-64"><Field label={t('Of one name')} mono placeholder={t('www, or @')} value={name} onChange={e => setName(e.target.value)} /></div>}
        {asked.error ? <ProblemNote problem={toProblem(asked.error)} onRetry={() => void asked.refetch()} />
          : !entries ? <Panel flush><SkeletonRows label={t('Loading the history')} rows={6} /></Panel>
            : entries.length === 0 ? <EmptyState icon={<History />} title={t('Nothing was changed yet')}>{full ? t('Nothing called {full} was changed since Xanthus keeps this zone.', { full }) : t('Each change of a record shows here: who made it, when, why, and what it was before.')}</EmptyState>
              : <Entries zone={zone} entries={entries} />}
      </div>
      <TimePanel zone={zone} />
    </div>
  );
};

const Entries = ({ zone, entries }: { readonly zone: Zone; readonly entries: readonly RecordHistoryEntry[] }): ReactNode => {
  const client = useClient();
  const { user } = client;
  const names = useNames();
  const plans = usePlans().rows;
  const { may, make } = useMakePlan(zone.id);
  const [undoing, setUndoing] = useState<RecordHistoryEntry>();
  const undo = (entry: RecordHistoryEntry): void => {
    setUndoing(entry);
    make.mutate({ source: { from: 'wishes', wishes: takenBack(entry) }, reason: t('Undo: {reason}', { reason: entry.reason || entryRecord(entry).name }).slice(0, 500) });
  };
  const keys = useMemo(() => entries.map((e, i) => `${e.seq} ${i}`), [entries]);
  const { list, indices, before, after, measure } = useWindowRows<HTMLOListElement>(entries.length, 84, i => keys[i] ?? i);
  return (
    <>
      <PlanProblem zone={zone} error={make.error} again={() => undoing && undo(undoing)} />
      <Panel title={t('History')} flush aside={<HistoryLink service="dns" aggregate="zone" id={zone.id} />}>
        <ol ref={list} aria-label={t('History')} data-testid="history" className="drawn-in-part" style={{ paddingTop: before, paddingBottom: after }}>
          {indices.map(i => {
            const entry = entries[i];
            if (!entry) return null;
            const at = Date.parse(entry.at);
            const who = actorName(whoChanged(entry, plans), user.id, names);
            return (
              <li key={keys[i]} ref={measure} data-index={i} data-testid="entry" data-op={entry.change.op} className={`px-4 py-3 ${i > 0 ? 'border-t border-line' : ''}`}>
                <p className="flex flex-wrap items-baseline gap-x-2 text-[12px] text-ink-3">
                  <span className="text-ink-2">{entry.outside ? t('Outside, accepted by {who}', { who: midActor(who) }) : who}</span>
                  <time dateTime={entry.at} className="figure">{formatDay(at)}, {formatTime(at)}</time>
                  {entry.plan && <Link to="/domains/$id" params={{ id: zone.id }} search={{ tab: 'plans', plan: entry.plan }} className="text-accent-ink underline underline-offset-2">{entry.reason || t('the plan')}</Link>}
                </p>
                <div className="mt-1 flex flex-wrap items-start gap-2">
                  <ChangeWords change={entry.change} />
                  <span className="order-last -my-1"><EventMenu event={eventAt('DNS', { tenant: client.tenant, seq: entry.seq, at: entry.at, actor: entry.by, aggregate: { service: 'dns', name: 'zone', id: zone.id } })} text={`${entryRecord(entry).data.type} ${entryRecord(entry).name}`} /></span>
                  <Button size="sm" kind="quiet" busy={make.isPending && undoing === entry} blocked={may ? undefined : NOT_YOURS} icon={<Undo2 aria-hidden className="size-3.5" />} aria-label={t('Undo this change of {name}', { name: entryRecord(entry).name })} onClick={() => undo(entry)}>{t('Undo')}</Button>
                </div>
              </li>
            );
          })}
        </ol>
        {entries.length >= MOST && <p className="border-t border-line px-4 py-2 text-[12px] text-ink-3">{t('The newest {most}. Search by name for older ones.', { most: MOST })}</p>}
      </Panel>
    </>
  );
};
