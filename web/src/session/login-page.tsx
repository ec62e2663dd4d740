import { useNavigate, useSearch } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { fieldProblems, toProblem, type ShownProblem } from '../lib/problem.js';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { EntryFrame } from './entry-frame.js';
import { isSetUp } from './session.js';
import { useSession, useSessionState } from './session-context.js';

export const LoginPage = (): ReactNode => {
  const session = useSession();
  const state = useSessionState();
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/login' });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const setUp = useQuery({ queryKey: ['set-up'], queryFn: isSetUp });

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const tenant = String(data.get('tenant') ?? '').trim();
    setBusy(true);
    setProblem(undefined);
    session.login({ email: String(data.get('email')).trim(), password: String(data.get('password')), ...(tenant ? { tenant } : {}) })
      .then(() => navigate({ to: next ?? '/', replace: true }))
      .catch((error: unknown) => {
        setProblem(toProblem(error));
        setBusy(false);
        // Most often it is the password: typing goes on there.
        form.querySelector<HTMLInputElement>('[name=password]')?.select();
      });
  };

  if (setUp.data === false) return <NotSetUp />;
  const ended = state.status === 'anonymous' ? state.ended : undefined;
  const fields = fieldProblems(problem);
  return (
    <EntryFrame title="Log in" text="Welcome back. Your servers are where you left them.">
      {ended && !problem && <ProblemNote tone="warn" className="mb-4" problem={{ ...ended, message: 'Your session ended. Log in again to go on.', advice: ended.message }} />}
      {problem && <ProblemNote className="mb-4" problem={problem} />}
      <form onSubmit={submit} className="grid gap-4" aria-busy={busy}>
        <Field label="E-mail" name="email" type="email" autoComplete="username" required autoFocus problem={fields['email']} />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required problem={fields['password']} />
        {(problem?.code === 'LOGIN.NOT_A_MEMBER' || problem?.code === 'LOGIN.TENANT_NEEDED') && <Field label="Organisation" name="tenant" hint="The short name of the organisation, as in its addresses." mono />}
        <Button type="submit" kind="primary" busy={busy} className="mt-1 h-9">Log in</Button>
      </form>
    </EntryFrame>
  );
};

const NotSetUp = (): ReactNode => (
  <EntryFrame title="Nobody has set this up yet" text="The first owner comes in by a one-time link.">
    <p className="text-ink-2">Open the set-up link that Xanthus printed when it started. It is valid for an hour; a fresh one is made with:</p>
    <code className="mt-3 block rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-[13px]">npm start -- setup-link</code>
  </EntryFrame>
);
