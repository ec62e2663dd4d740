import { useQuery } from '@tanstack/react-query';
import { Clock, Download } from 'lucide-react';
import { useMemo, useState, type FormEvent, type ReactNode } from 'react';
import type { Zone } from '../contracts.js';
import { formatMoment } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { DiffList } from './diff-list.js';
import { useRecords, zoneAt } from './dns.data.js';
import { changesBack, fromField, toField } from './history-model.js';
import { PlanProblem } from './plan-problem.js';
import { useExport } from './use-export.js';
import { useMakePlan } from './use-zone.js';

/** The zone as it was at a time: seen, exported, gone back to. */
export const TimePanel = ({ zone }: { readonly zone: Zone }): ReactNode => {
  const now = useNow(60_000);
  const [text, setText] = useState(() => toField(Date.now()));
  const [shown, setShown] = useState<string>();
  const at = fromField(text, now + 60_000);
  const problem = text === '' || at !== undefined ? undefined : t('A time that is over, please.');
  const show = (event: FormEvent): void => { event.preventDefault(); setShown(at); };
  return (
    <Panel title={t('As it was')}>
      <form onSubmit={show} className="grid gap-3">
        <Field label={t('Date and time')} type="datetime-local" step={1} min={toField(Date.parse(zone.managed_at))} max={toField(now + 60_000)} value={text} problem={problem} hint={t('Since {time}', { time: formatMoment(Date.parse(zone.managed_at)) })} onChange={e => setText(e.target.value)} />
        <div><Button type="submit" icon={<Clock aria-hidden className="size-4" />} blocked={at === undefined ? t('Choose a time first.') : undefined}>{t('Show the zone then')}</Button></div>
      </form>
      <Dialog open={shown !== undefined} onOpenChange={o => { if (!o) setShown(undefined); }} wide title={`${zone.name} ${shown ? formatMoment(Date.parse(shown)) : ''}`} description={t('What would have to change for the zone to be so again. A plan back leaves records of others alone.')}>
        {shown && <Then zone={zone} at={shown} onClose={() => setShown(undefined)} />}
      </Dialog>
    </Panel>
  );
};

const Then = ({ zone, at, onClose }: { readonly zone: Zone; readonly at: string; readonly onClose: () => void }): ReactNode => {
  const client = useClient();
  const { rows } = useRecords(zone.id);
  const { may, make } = useMakePlan(zone.id, onClose);
  const exporting = useExport(zone);
  const asked = useQuery({ queryKey: ['dns-zone-at', client.tenant, zone.id, at], queryFn: async () => {
    let page = await zoneAt(client, { at }, zone.id);
    const records = [...page.records];
    while (page.next_offset !== null) records.push(...(page = await zoneAt(client, { at, offset: page.next_offset }, zone.id)).records);
    return { records };
  } });
  const changes = useMemo(() => (asked.data ? changesBack(asked.data.records, rows.values()) : undefined), [asked.data, rows]);
  const back = (): void => make.mutate({ source: { from: 'time', at }, reason: t('Back to {time}', { time: formatMoment(Date.parse(at)) }) });
  if (asked.error) return <ProblemNote problem={toProblem(asked.error)} onRetry={() => void asked.refetch()} />;
  if (!changes || !asked.data) return <SkeletonRows label={t('Loading the zone as it was')} />;
  return (
    <>
      <PlanProblem zone={zone} error={make.error} again={back} />
      <p role="status" className="text-[13px] text-ink-2">{t('{records, plural, one {# record then;} other {# records then;}}', { records: asked.data.records.length })}{' '}{changes.length === 0 ? t('they are the same now.') : t('{changes, plural, one {one difference from now.} other {# differences from now.}}', { changes: changes.length })}</p>
      {changes.length > 0 && <div className="mt-3 rounded-lg border border-line"><DiffList changes={changes.slice(0, 100)} label={t('Differences from now')} />{changes.length > 100 && <p className="border-t border-line px-4 py-2 text-[12px] text-ink-3">{t('and {changes, number} more; the plan shows all.', { changes: changes.length - 100 })}</p>}</div>}
      <DialogActions>
        <Button icon={<Download aria-hidden className="size-4" />} busy={exporting.isPending} onClick={() => exporting.mutate(at)}>{t('Export it')}</Button>
        <Button kind="primary" busy={make.isPending} blocked={!may ? NOT_YOURS : changes.length === 0 ? t('It is like that already.') : undefined} onClick={back}>{t('Plan back to it')}</Button>
      </DialogActions>
    </>
  );
};
