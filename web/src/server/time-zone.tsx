import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import type { Server } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { setTimeZone, timeZones } from './server.data.js';
import { formatOffset } from './time-zones.js';
import { useActions } from './use-actions.js';

/** A name and a button; the list is asked for when somebody wants to choose. */
export const TimeZoneField = ({ server }: { readonly server: Server }): ReactNode => {
  const [open, setOpen] = useState(false);
  const { blocked } = useActions(server)('set-time-zone');
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <div className="min-w-0"><p className="text-[13px] font-medium">{t('Time zone')}</p><p className="text-[13px] text-ink-2">{server.time_zone ?? t('As the machine has it; it was not set from here.')}</p></div>
      <Button blocked={blocked} onClick={() => setOpen(true)}>{t('Change…')}</Button>
      <TimeZoneDialog server={server} open={open} onClose={() => setOpen(false)} />
    </div>
  );
};

interface Props { readonly server: Server; readonly open: boolean; readonly onClose: () => void }

export const TimeZoneDialog = ({ server, open, onClose }: Props): ReactNode => (
  <Dialog open={open} onOpenChange={o => { if (!o) onClose(); }} title={t('Time zone of {name}', { name: server.name })} description={t('Of its clock, its logs and what it does at a time of day. What runs already may have to be restarted to see it.')}>
    <Form server={server} onClose={onClose} />
  </Dialog>
);

const Form = ({ server, onClose }: Omit<Props, 'open'>): ReactNode => {
  const client = useClient();
  const list = useId();
  const [zone, setZone] = useState(server.time_zone ?? '');
  const { data } = useQuery({ queryKey: ['time-zones'], queryFn: () => timeZones(client, {}) });
  const found = data?.items.find(z => z.name.toLowerCase() === zone.trim().toLowerCase());
  const save = useMutation({ mutationFn: (name: string) => setTimeZone(client, server.id, { time_zone: name }), onSuccess: (_, name) => { onClose(); toast(t('Time zone set'), `${server.name}: ${name}`); } });
  const blocked = !found ? t('Choose one of the list.') : found.name === server.time_zone ? t('It is the same.') : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (found && !blocked && !save.isPending) save.mutate(found.name); };
  return (
    <form onSubmit={submit}>
      {save.error && <ProblemNote className="mb-3" problem={toProblem(save.error)} />}
      <Field label={t('Time zone')} list={list} autoComplete="off" value={zone} placeholder="Europe/Berlin" onChange={e => setZone(e.target.value)} hint={found ? t('{name} is {offset_minutes} now.', { name: found.name, offset_minutes: formatOffset(found.offset_minutes) }) : t('Type a part of its name.')} />
      <datalist id={list}>{data?.items.map(z => <option key={z.name} value={z.name}>{formatOffset(z.offset_minutes)}</option>)}</datalist>
      <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={save.isPending} blocked={blocked}>{t('Set')}</Button></DialogActions>
    </form>
  );
};
