import { useQuery } from '@tanstack/react-query';
import { Clock, Download } from 'lucide-react';
import { useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { zoneAt, type Zone } from '../contracts.js';
import { formatMoment } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { useNow } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { DiffList } from './diff-list.js';
import { changesBack, fromField, toField } from './history-model.js';
import { PlanProblem } from './plan-problem.js';
import { useExport } from './use-export.js';
import { useMakePlan, useRecords } from './use-zone.js';

/** The zone as it was at a time: seen, exported, gone back to. */
export const TimePanel = ({ zone }: { readonly zone: Zone }): ReactNode => {
  const now = useNow(60_000);
  const [text, setText] = useState(() => toField(Date.now()));
  const [shown, setShown] = useState<string>();
  const at = fromField(text, now + 60_000);
  const problem = text === '' || at !== undefined ? undefined : 'A time that is over, please.';
  const show = (event: FormEvent): void => { event.preventDefault(); setShown(at); };
  return (
    <Panel title="As it was">
      <form onSubmit={show} className="grid gap-3">
        <Field label="Date and time" type="datetime-local" step={1} min={toField(Date.parse(zone.managed_at))} max={toField(now + 60_000)} value={text} problem={problem} hint={`Since ${formatMoment(Date.parse(zone.managed_at))}`} onChange={e => setText(e.target.value)} />
        <div><Button type="submit" icon={<Clock aria-hidden className="size-4" />} blocked={at === undefined ? 'Choose a time first.' : undefined}>Show the zone then</Button></div>
      </form>
      <Dialog open={shown !== undefined} onOpenChange={o => { if (!o) setShown(undefined); }} wide title={`${zone.name} ${shown ? formatMoment(Date.parse(shown)) : ''}`} description="What would have to change for the zone to be so again. A plan back leaves records of others alone.">
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
    let page = await client.query(zoneAt, { at }, { id: zone.id });
    const records = [...page.records];
    while (page.next_offset !== null) records.push(...(page = await client.query(zoneAt, { at, offset: page.next_offset }, { id: zone.id })).records);
    return { records };
  } });
  const changes = useMemo(() => (asked.data ? changesBack(asked.data.records, rows.values()) : undefined), [asked.data, rows]);
  const back = (): void => make.mutate({ source: { from: 'time', at }, reason: `Back to ${formatMoment(Date.parse(at))}` });
  if (asked.error) return <ProblemNote problem={toProblem(asked.error)} onRetry={() => void asked.refetch()} />;
  if (!changes || !asked.data) return <SkeletonRows label="Loading the zone as it was" />;
  return (
    <>
      <PlanProblem zone={zone} error={make.error} again={back} />
      <p role="status" className="text-[13px] text-ink-2">{asked.data.records.length.toLocaleString('en-GB')} {asked.data.records.length === 1 ? 'record' : 'records'} then; {changes.length === 0 ? 'they are the same now.' : changes.length === 1 ? 'one difference from now.' : `${changes.length.toLocaleString('en-GB')} differences from now.`}</p>
      {changes.length > 0 && <div className="mt-3 rounded-lg border border-line"><DiffList changes={changes.slice(0, 100)} label="Differences from now" />{changes.length > 100 && <p className="border-t border-line px-4 py-2 text-[12px] text-ink-3">and {(changes.length - 100).toLocaleString('en-GB')} more; the plan shows all.</p>}</div>}
      <DialogActions>
        <Button icon={<Download aria-hidden className="size-4" />} busy={exporting.isPending} onClick={() => exporting.mutate(at)}>Export it</Button>
        <Button kind="primary" busy={make.isPending} blocked={!may ? NOT_YOURS : changes.length === 0 ? 'It is like that already.' : undefined} onClick={back}>Plan back to it</Button>
      </DialogActions>
    </>
  );
};
