import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { fieldProblems, returnedProblem, toProblem, type ShownProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { CodeForm } from './code-form.js';
import { EntryFrame } from './entry-frame.js';
import { OtherWays } from './other-ways.js';
import { useSession, useSessionState } from './session-context.js';
import { isSetUp } from './session.data.js';
import type { PasswordLogin } from './session.js';
import { SETUP_LINK } from './setup-form.js';

export const LoginPage = (): ReactNode => {
  const session = useSession();
  const state = useSessionState();
  const navigate = useNavigate();
  const { next, tenant: asked, error: returned } = useSearch({ from: '/login' });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  /** Password accepted; the second factor is missing. */
  const [half, setHalf] = useState<PasswordLogin>();
  const setUp = useQuery({ queryKey: ['set-up'], queryFn: isSetUp });

  const send = (input: PasswordLogin, form?: HTMLFormElement): void => {
    setBusy(true);
    setProblem(undefined);
    session.login(input)
      .then(() => navigate({ to: next ?? '/', replace: true }))
      .catch((error: unknown) => {
        const shown = toProblem(error);
        setBusy(false);
        if (shown.code === 'LOGIN.SECOND_FACTOR_NEEDED') return setHalf(input);
        setProblem(shown);
        // Most often it is the password: typing goes on there.
        form?.querySelector<HTMLInputElement>('[name=password]')?.select();
        return undefined;
      });
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const tenant = String(data.get('tenant') ?? asked ?? '').trim();
    send({ email: String(data.get('email')).trim(), password: String(data.get('password')), ...(tenant ? { tenant } : {}) }, event.currentTarget);
  };

  if (setUp.data === false) return <NotSetUp />;
  if (half) {
    return (
      <EntryFrame title={t('One more step')} text={t('Confirm that you are {email}.', { email: half.email })}>
        {problem && <ProblemNote className="mb-4" problem={problem} />}
        <CodeForm busy={busy} action={t('Log in')} onCode={code => send({ ...half, code })} onBack={() => { setHalf(undefined); setProblem(undefined); }} />
      </EntryFrame>
    );
  }
  const ended = state.status === 'anonymous' ? state.ended : undefined;
  const shown = problem ?? (returned ? returnedProblem(returned) : undefined);
  const fields = fieldProblems(problem);
  return (
    <EntryFrame title={t('Log in')} text={t('Welcome back. Your servers are where you left them.')}>
      {ended && !shown && <ProblemNote tone="warn" className="mb-4" problem={{ ...ended, message: t('Your session ended. Log in again to go on.'), advice: ended.message }} />}
      {shown && <ProblemNote className="mb-4" problem={shown} />}
      <form onSubmit={submit} className="grid gap-4" aria-busy={busy}>
        <Field label={t('E-mail')} name="email" type="email" autoComplete="username" required autoFocus problem={fields['email']} />
        <Field label={t('Password')} name="password" type="password" autoComplete="current-password" required problem={fields['password']} />
        {(problem?.code === 'LOGIN.NOT_A_MEMBER' || problem?.code === 'LOGIN.TENANT_NEEDED') && <Field label={t('Organisation')} name="tenant" defaultValue={asked} hint={t('The short name of the organisation, as in its addresses.')} mono />}
        <Button type="submit" kind="primary" busy={busy} className="mt-1 h-9">{t('Log in')}</Button>
      </form>
      <OtherWays tenant={asked} next={next} />
      <p className="mt-5 text-center text-[13px]"><Link to="/reset" className="text-ink-2 underline underline-offset-2 hover:text-ink">{t('I forgot my password')}</Link></p>
    </EntryFrame>
  );
};

const NotSetUp = (): ReactNode => (
  <EntryFrame title={t('Nobody has set this up yet')} text={t('The first owner comes in by a one-time link.')}>
    <p className="text-ink-2">{t('Open the set-up link that Xanthus printed when it started. It is valid for an hour; a fresh one is made with:')}</p>
    <code className="mt-3 block rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-[13px]">{SETUP_LINK}</code>
  </EntryFrame>
);
