import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { Application } from '../contracts.js';
import { formatMoment } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { Facts, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { readAccess, setPassword } from './applications.data.js';

/** How to get in. Shown when asked for, and recorded. */
export const AccessTab = ({ application: a }: { readonly application: Application }): ReactNode => {
  const client = useClient();
  const mayRead = useCan(maySend(client.tenant, readAccess, a.id));
  const mayChange = useCan(maySend(client.tenant, setPassword, a.id));
  const [changing, setChanging] = useState(false);
  const read = useMutation({ mutationFn: () => readAccess(client, a.id, {}), gcTime: 0 });
  const shown = read.data;
  return (
    <Panel title={t('How to get in')} aside={<Button size="sm" blocked={!mayChange ? NOT_YOURS : a.next.includes('set-password') ? undefined : t('Not possible now.')} onClick={() => setChanging(true)}>{t('Change the password…')}</Button>}>
      {read.error && <ProblemNote className="mb-3" problem={toProblem(read.error)} />}
      {!shown ? <><p className="mb-3 text-[13px] text-ink-2">{t('The password or token is shown only to who may see it, and that it was shown is recorded.')}</p><Button kind="primary" busy={read.isPending} blocked={mayRead ? undefined : NOT_YOURS} onClick={() => read.mutate()}>{t('Show')}</Button></> : (
        <>
          <Facts rows={[
            ...(shown.username === '' ? [] : [[t('Name'), <Code key="u" text={shown.username} label={t('Copy the name')} />] as const]),
            ...(shown.secret === null ? [] : [[shown.kind === 'token' ? t('Token') : t('Password'), <Code key="p" text={shown.secret} label={shown.kind === 'token' ? t('Copy the token') : t('Copy the password')} />] as const]),
            ...(shown.expires_at === null ? [] : [[t('Until'), formatMoment(Date.parse(shown.expires_at))] as const]),
          ]} />
          {shown.initial && shown.secret !== null && shown.kind !== 'token' && <p className="mt-3 text-[12px] text-ink-3">{t('It is the first one. If it was changed inside the application, it counts no more.')}</p>}
          {shown.hint !== '' && <p className="mt-3 text-[13px] text-ink-2">{shown.hint}</p>}
          <Button size="sm" className="mt-3" onClick={() => read.reset()}>{t('Hide')}</Button>
        </>
      )}
      {changing && <ChangePassword application={a} onClose={() => { setChanging(false); read.reset(); }} />}
    </Panel>
  );
};

const ChangePassword = ({ application: a, onClose }: { readonly application: Application; readonly onClose: () => void }): ReactNode => {
  const client = useClient();
  const [password, setText] = useState('');
  const change = useMutation({ mutationFn: () => setPassword(client, a.id, password === '' ? {} : { password }), onSuccess: () => { toast(t('Password is being changed'), a.name); onClose(); } });
  const submit = (event: FormEvent): void => { event.preventDefault(); change.mutate(); };
  return (
    <Dialog open onOpenChange={o => { if (!o) onClose(); }} title={t('Another password for {name}', { name: a.name })} description={t('It is changed for real: in the cluster, and where the application needs it, with a restart.')}>
      <form onSubmit={submit}>
        {change.error && <ProblemNote className="mb-3" problem={toProblem(change.error)} />}
        <Field label={t('New password')} type="password" autoComplete="new-password" minLength={8} value={password} onChange={e => setText(e.target.value)} hint={t('At least 8 characters. Left empty, one is made; read it here afterwards.')} />
        <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={change.isPending} blocked={password === '' || password.length >= 8 ? undefined : t('At least 8 characters.')}>{t('Change')}</Button></DialogActions>
      </form>
    </Dialog>
  );
};
