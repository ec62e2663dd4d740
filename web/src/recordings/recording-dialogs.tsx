import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Recording } from '../contracts.js';
import { formatDay } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { deleteRecording, keepRecording } from './recordings.data.js';

interface Props { readonly recording: Recording; readonly open: boolean; readonly onClose: () => void }

/** Says what goes and what stays; the title is typed first. */
export const DeleteRecordingDialog = ({ recording: r, open, onClose, onDone }: Props & { readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const act = useMutation({ mutationFn: () => deleteRecording(client, r.id, { reason: reason.trim() }), onSuccess: () => { onClose(); toast(t('Deleted'), r.title); onDone(); } });
  const blocked = typed !== r.title ? t('Type {title} first.', { title: r.title }) : reason.trim() === '' ? t('Say why first.') : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (blocked === undefined && !act.isPending) act.mutate(); };
  return (
    <Dialog open={open} onOpenChange={o => { if (!o) onClose(); }} title={t('Delete this recording?')} description={t('What was recorded is gone at once, for everybody and for good. That there was a recording, who looked at it, and your reason stay in the log.')}>
      <form onSubmit={submit} className="grid gap-3">
        {act.error && <ProblemNote problem={toProblem(act.error)} />}
        <Field label={t('Why')} maxLength={200} autoComplete="off" value={reason} onChange={e => setReason(e.target.value)} />
        <Field label={t('Type {title} to confirm', { title: r.title })} mono autoComplete="off" value={typed} onChange={e => setTyped(e.target.value)} />
        <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="danger" type="submit" busy={act.isPending} blocked={blocked}>{t('Delete')}</Button></DialogActions>
      </form>
    </Dialog>
  );
};

export const KeepRecordingDialog = ({ recording: r, open, onClose }: Props): ReactNode => {
  const client = useClient();
  const [day, setDay] = useState(r.kept_until?.slice(0, 10) ?? '');
  const act = useMutation({ mutationFn: (until: string | null) => keepRecording(client, r.id, { until }), onSuccess: () => { onClose(); toast(t('Saved'), t('How long it is kept')); } });
  const submit = (event: FormEvent): void => { event.preventDefault(); if (day !== '' && !act.isPending) act.mutate(`${day}T23:59:59.000Z`); };
  return (
    <Dialog open={open} onOpenChange={o => { if (!o) onClose(); }} title={t('How long to keep it')} description={r.expires_at === null ? t('This installation keeps recordings for ever.') : t('Without your word it goes on {day}. It never goes earlier by this.', { day: formatDay(Date.parse(r.expires_at)) })}>
      <form onSubmit={submit} className="grid gap-3">
        {act.error && <ProblemNote problem={toProblem(act.error)} />}
        <Field label={t('Keep it until')} type="date" value={day} onChange={e => setDay(e.target.value)} />
        <DialogActions>
          {r.kept_until !== null && <Button busy={act.isPending} onClick={() => act.mutate(null)}>{t('As the operator has set')}</Button>}
          <Button onClick={onClose}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={act.isPending} blocked={day === '' ? t('Choose a day first.') : undefined}>{t('Keep')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
};
