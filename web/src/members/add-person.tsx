import { useMutation } from '@tanstack/react-query';
import { INSTALLATION } from '@xanthus/proto';
import { useState, type FormEvent, type ReactNode } from 'react';
import { formatDay } from '../lib/format.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { MIN_PASSWORD, passwordHint } from '../session/setup-form.js';
import { rich, t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ShownOnce } from '../ui/shown-once.js';
import { toast } from '../ui/toaster.js';
import { addMember, inviteMember } from './members.data.js';
import { RoleField } from './roles.js';

/** The token stands behind `#`, so that it is in no server log and no Referer. */
const invitationUrl = (token: string): string => `${location.origin}/invitation#${token}`;

const WAYS = [['invite', t('By invitation'), t('They choose their own password.')], ['password', t('With a password'), t('You hand it to them.')]] as const;

export const AddPerson = ({ onDone }: { readonly onDone: () => void }): ReactNode => {
  const [way, setWay] = useState<'invite' | 'password'>('invite');
  const [sent, setSent] = useState(false);
  const { tenant } = useClient();
  return (
    <div className="grid gap-4">
      {!sent && tenant !== INSTALLATION && (
        <fieldset className="grid gap-2 sm:grid-cols-2">
          <legend className="sr-only">{t('How')}</legend>
          {WAYS.map(([key, label, text]) => (
            <label key={key} className="flex cursor-pointer gap-2.5 rounded-lg border border-line p-3 has-checked:border-accent has-checked:bg-accent-wash">
              <input type="radio" name="way" value={key} checked={way === key} onChange={() => setWay(key)} className="mt-0.5 size-4 shrink-0 accent-(--accent)" />
              <span className="min-w-0 text-[13px] leading-snug"><span className="block font-medium text-ink">{label}</span><span className="text-ink-2">{text}</span></span>
            </label>
          ))}
        </fieldset>
      )}
      {way === 'invite' ? <Invite onSent={() => setSent(true)} onDone={onDone} /> : <WithPassword onDone={onDone} />}
    </div>
  );
};

const Invite = ({ onSent, onDone }: { readonly onSent: () => void; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  // Operators of the installation are its owners; there is nothing else to be there.
  const installation = client.tenant === INSTALLATION;
  const [role, setRole] = useState(installation ? 'owner' : 'viewer');
  const invite = useMutation({ mutationFn: (email: string) => inviteMember(client, { email, role }), onSuccess: onSent });
  const problem = invite.error ? toProblem(invite.error) : undefined;
  const fields = fieldProblems(problem);
  if (invite.data) return <InvitationLink email={invite.variables} token={invite.data.token} expires_at={invite.data.expires_at} onDone={onDone} />;
  const submit = (event: FormEvent<HTMLFormElement>): void => { event.preventDefault(); invite.mutate(String(new FormData(event.currentTarget).get('email')).trim()); };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Field label={t('E-mail')} name="email" type="email" required autoComplete="off" hint={t('Only who has this address can use the invitation.')} problem={fields['email']} />
      {!installation && <RoleField value={role} onChange={setRole} problem={fields['role']} />}
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={invite.isPending}>{t('Make invitation')}</Button></DialogActions>
    </form>
  );
};

export const InvitationLink = ({ email, token, expires_at, onDone }: { readonly email: string; readonly token: string; readonly expires_at: string; readonly onDone: () => void }): ReactNode => (
  <ShownOnce secret={invitationUrl(token)} copyLabel={t('Copy invitation link')} done={t('Done')} onDone={onDone}>
    {rich('Send this link to {email} yourself: Xanthus sends no mail. It works once, until {day}, and is shown only now.', { email: <strong className="font-medium text-ink">{email}</strong>, day: formatDay(Date.parse(expires_at)) })}
  </ShownOnce>
);

const WithPassword = ({ onDone }: { readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const [role, setRole] = useState('viewer');
  const [password, setPassword] = useState('');
  const add = useMutation({
    mutationFn: (input: { email: string; name: string; role: string; password?: string }) => addMember(client, input),
    onSuccess: (_, input) => { toast(t('Member added'), t('{name} can log in now.', { name: input.name })); onDone(); },
  });
  const problem = add.error ? toProblem(add.error) : undefined;
  const fields = fieldProblems(problem);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    add.mutate({ email: String(data.get('email')).trim(), name: String(data.get('name')).trim(), role, ...(password ? { password } : {}) });
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Field label={t('Name')} name="name" required maxLength={100} autoComplete="off" problem={fields['name']} />
      <Field label={t('E-mail')} name="email" type="email" required autoComplete="off" problem={fields['email']} />
      <RoleField value={role} onChange={setRole} problem={fields['role']} />
      <Field label={t('First password')} type="password" autoComplete="new-password" minLength={MIN_PASSWORD} value={password} onChange={e => setPassword(e.target.value)} hint={password ? passwordHint(password) : t('To hand over. Who has an account already is invited instead.')} problem={fields['password']} />
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={add.isPending}>{t('Add member')}</Button></DialogActions>
    </form>
  );
};
