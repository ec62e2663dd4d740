import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { LogIn } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { formatMoment } from '../lib/format.js';
import { fieldProblems, toProblem, type ShownProblem } from '../lib/problem.js';
import { rich, t } from '../texts/text.js';
import { Button, buttonClass } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { Skeleton } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { CodeForm } from './code-form.js';
import { EntryFrame } from './entry-frame.js';
import { useLogout, useSession, useSessionState } from './session-context.js';
import { showInvitation, signInOptions, signInUrl } from './session.data.js';
import type { Invited, InvitationAnswer } from './session.js';
import { MIN_PASSWORD, passwordHint } from './setup-form.js';

/** The token stands behind `#`, so that it is in no server log and no Referer. */
export const InvitationPage = (): ReactNode => {
  const state = useSessionState();
  const token = useLocation({ select: l => l.hash.replace(/^#/, '') });
  const { data: invited, error, isPending } = useQuery({ queryKey: ['invitation', token], queryFn: () => showInvitation(token), enabled: token !== '' });
  if (!token) return <EntryFrame title={t('The link is incomplete')} text={t('An invitation ends with a one-time token.')}><p className="text-ink-2">{t('Open the whole link that you were sent, or ask for another one.')}</p></EntryFrame>;
  if (error) {
    return (
      <EntryFrame title={t('This invitation opens nothing')} text={t('It may have been used, withdrawn, or be too old.')}>
        <ProblemNote problem={toProblem(error)} />
        <p className="mt-4 text-ink-2">{t('Ask whoever invited you for a new link.')}</p>
        <p className="mt-4"><Link to="/login" className={buttonClass()}>{t('I have an account')}</Link></p>
      </EntryFrame>
    );
  }
  if (isPending) return <EntryFrame title={t('Your invitation')} text={t('One moment…')}><div role="status" aria-label={t('Loading the invitation')} className="grid gap-3"><Skeleton className="h-4 w-2/3" /><Skeleton className="h-8" /><Skeleton className="h-8" /></div></EntryFrame>;
  return (
    <EntryFrame title={t('Join {name}', { name: invited.tenant.name })} text={t('You are invited as {role}. The invitation is good until {time}.', { role: invited.role, time: formatMoment(Date.parse(invited.expires_at)) })}>
      {state.status === 'signed_in' ? <Join token={token} invited={invited} as={state.identity.user.email} /> : <Accept token={token} invited={invited} />}
    </EntryFrame>
  );
};

interface Props { readonly token: string; readonly invited: Invited }

/** Somebody who is logged in goes on in the other organisation. */
const Join = ({ token, invited, as }: Props & { readonly as: string }): ReactNode => {
  const session = useSession();
  const logout = useLogout();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const join = (): void => {
    setBusy(true);
    setProblem(undefined);
    session.join(token, invited.tenant.id).then(() => navigate({ to: '/', replace: true })).catch((error: unknown) => { setProblem(toProblem(error)); setBusy(false); });
  };
  return (
    <div className="grid gap-4">
      {problem && <ProblemNote problem={problem} />}
      <p className="text-ink-2">{as.toLowerCase() === invited.email.toLowerCase()
        ? rich('You are logged in as {email}.', { email: <strong className="font-medium text-ink">{as}</strong> })
        : rich('You are logged in as {email}, but the invitation is for {invited}. Log out to accept it as that person.', { email: <strong className="font-medium text-ink">{as}</strong>, invited: <strong className="font-medium text-ink">{invited.email}</strong> })}</p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={logout}>{t('Log out')}</Button>
        <Button kind="primary" busy={busy} blocked={as.toLowerCase() === invited.email.toLowerCase() ? undefined : t('The invitation is for another address.')} onClick={join}>{t('Join {name}', { name: invited.tenant.name })}</Button>
      </div>
    </div>
  );
};

const Accept = ({ token, invited }: Props): ReactNode => {
  const session = useSession();
  const navigate = useNavigate();
  const { data: options = [] } = useQuery({ queryKey: ['sign-in-options', invited.tenant.id], queryFn: () => signInOptions(invited.tenant.id) });
  const [password, setPassword] = useState('');
  const [half, setHalf] = useState<InvitationAnswer>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const send = (answer: InvitationAnswer): void => {
    setBusy(true);
    setProblem(undefined);
    session.accept(answer).then(() => navigate({ to: '/', replace: true })).catch((error: unknown) => {
      const shown = toProblem(error);
      setBusy(false);
      if (shown.code === 'LOGIN.SECOND_FACTOR_NEEDED') setHalf(answer);
      else setProblem(shown);
    });
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    send({ token, ...(name ? { name } : {}), password });
  };
  const fields = fieldProblems(problem);
  return (
    <>
      {problem && problem.code !== 'INVALID' && <ProblemNote className="mb-4" problem={problem} />}
      {half ? <CodeForm busy={busy} action={t('Join')} onCode={code => send({ ...half, code })} onBack={() => setHalf(undefined)} /> : (
        <form onSubmit={submit} className="grid gap-4" aria-busy={busy}>
          <Field label={t('E-mail')} type="email" autoComplete="username" readOnly value={invited.email} hint={invited.has_account ? t('You have an account with this address: use its password.') : undefined} />
          {!invited.has_account && <Field label={t('Your name')} name="name" autoComplete="name" required maxLength={100} autoFocus problem={fields['name']} />}
          {invited.has_account
            ? <Field label={t('Password')} type="password" autoComplete="current-password" required autoFocus value={password} onChange={e => setPassword(e.target.value)} problem={fields['password']} />
            : <Field label={t('Password')} type="password" autoComplete="new-password" required minLength={MIN_PASSWORD} value={password} onChange={e => setPassword(e.target.value)} hint={passwordHint(password)} problem={fields['password']} />}
          <Button type="submit" kind="primary" busy={busy} className="mt-1 h-9">{t('Join {name}', { name: invited.tenant.name })}</Button>
        </form>
      )}
      {options.length > 0 && !half && (
        <div className="mt-5 grid gap-2 border-t border-line pt-5">{options.map(o => <a key={o.id} href={signInUrl(o.id, { invitation: token })} className={`${buttonClass()} !h-9`}><LogIn aria-hidden className="size-4" />{t('Join with {label}', { label: o.label })}</a>)}</div>
      )}
    </>
  );
};
