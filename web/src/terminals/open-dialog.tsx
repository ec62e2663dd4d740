import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { TerminalSession } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { useServers } from '../servers/servers.data.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field, SelectField } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { RECORDING_WORDS } from './session-words.js';
import { openSession } from './terminals.data.js';

interface Props { readonly server: string | undefined; readonly size: () => { readonly cols: number; readonly rows: number }; readonly onClose: () => void; readonly onOpened: (session: string) => void }

export const OpenDialog = (props: Props & { readonly open: boolean }): ReactNode => (
  <Dialog open={props.open} onOpenChange={o => { if (!o) props.onClose(); }} title={t('Open a terminal')} description={t('A shell on a server. Its size follows this window.')}>
    <OpenForm {...props} />
  </Dialog>
);

type Recording = TerminalSession['recording'] | '';

const OpenForm = ({ server: wanted, size, onClose, onOpened }: Props): ReactNode => {
  const client = useClient();
  const servers = [...useServers().rows.values()].toSorted((a, b) => a.name.localeCompare(b.name));
  const [server, setServer] = useState(wanted ?? '');
  const [title, setTitle] = useState('');
  const [purpose, setPurpose] = useState('');
  const [durable, setDurable] = useState(false);
  const [moderated, setModerated] = useState(false);
  const [recording, setRecording] = useState<Recording>('');
  const chosen = servers.find(s => s.id === server) ?? (wanted === undefined && servers.length === 1 ? servers[0] : undefined);
  const open = useMutation({
    mutationFn: () => openSession(client, {
      server: chosen?.id ?? '', ...size(), durable, moderated, integration: true,
      ...(title.trim() ? { title: title.trim() } : {}), ...(purpose.trim() ? { purpose: purpose.trim() } : {}), ...(recording ? { recording } : {}),
    }),
    onSuccess: ({ id }) => { onClose(); onOpened(id); },
  });
  const submit = (event: FormEvent): void => { event.preventDefault(); if (chosen && !open.isPending) open.mutate(); };
  return (
    <form onSubmit={submit} className="grid gap-4">
      {open.error && <ProblemNote problem={toProblem(open.error)} />}
      <SelectField label={t('Server')} value={chosen?.id ?? ''} onChange={e => setServer(e.target.value)}>
        <option value="" disabled>{servers.length === 0 ? t('No servers yet') : t('Choose a server')}</option>
        {servers.map(s => <option key={s.id} value={s.id}>{s.name}{s.host ? ` (${s.host})` : ''}</option>)}
      </SelectField>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('Title')} placeholder={chosen?.name} maxLength={60} value={title} onChange={e => setTitle(e.target.value)} />
        <Field label={t('Purpose')} placeholder={t('For the history')} maxLength={200} value={purpose} onChange={e => setPurpose(e.target.value)} />
      </div>
      <Check checked={durable} onChange={setDurable} label={t('Durable')}>
        {durable
          ? t('tmux on the server holds the shell: it survives lost connections and restarts of Xanthus, not a reboot of the server. Needs tmux there.')
          : t('Survives this page, a lost network and a restart of the gateway. Ends when Xanthus’ terminal service or its SSH connection to the server does.')}
      </Check>
      <Check checked={moderated} onChange={setModerated} label={t('Moderated')}>{t('Nothing that is typed reaches the shell unless a moderator watches.')}</Check>
      <SelectField label={t('Recording')} value={recording} onChange={e => setRecording(e.target.value as Recording)} hint={recording ? `${RECORDING_WORDS[recording]}.` : t('As the operator of Xanthus has set it; the terminal says what is kept.')}>
        <option value="">{t('As set for everybody')}</option>
        <option value="off">{t('Nothing')}</option>
        <option value="output">{t('What the shell writes')}</option>
        <option value="all">{t('What the shell writes and what is typed')}</option>
      </SelectField>
      <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={open.isPending} blocked={chosen ? undefined : t('Choose a server first.')}>{t('Open')}</Button></DialogActions>
    </form>
  );
};

export const Check = ({ checked, onChange, label, children }: { readonly checked: boolean; readonly onChange: (on: boolean) => void; readonly label: string; readonly children?: ReactNode }): ReactNode => (
  <label className="flex cursor-pointer items-start gap-2.5">
    <input type="checkbox" checked={checked} onChange={e => onChange(e.target.checked)} className="mt-0.5 size-4 accent-(--accent)" />
    <span className="min-w-0"><span className="text-[13px] font-medium">{label}</span>{children && <span className="block text-[13px] text-ink-3">{children}</span>}</span>
  </label>
);
