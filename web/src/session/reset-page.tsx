import { Link, useLocation } from '@tanstack/react-router';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';
import { Button, buttonClass } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { EntryFrame } from './entry-frame.js';
import { resetPassword } from './session.data.js';
import { MIN_PASSWORD, passwordHint } from './setup-form.js';

/** A new password with a one-time link; without one, how to get it. */
export const ResetPage = (): ReactNode => {
  const token = useLocation({ select: l => l.hash.replace(/^#/, '') });
  const [password, setPassword] = useState('');
  const reset = useMutation({ mutationFn: () => resetPassword(token, password) });
  if (!token) {
    return (
      <EntryFrame title={t('I forgot my password')} text={t('A one-time link lets you set a new one.')}>
        <p className="text-ink-2">{t('Ask an owner or administrator of your organisation for a password link: they make it on your page under Members, and hand it to you. Xanthus sends no mail.')}</p>
        <p className="mt-4"><Link to="/login" className={buttonClass()}>{t('Back to the log-in')}</Link></p>
      </EntryFrame>
    );
  }
  if (reset.isSuccess) {
    return (
      <EntryFrame title={t('Your password is set')} text={t('All your sessions ended, wherever they were.')}>
        <Link to="/login" className={`${buttonClass('primary')} !h-9 w-full`}>{t('Log in')}</Link>
      </EntryFrame>
    );
  }
  const problem = reset.error ? toProblem(reset.error) : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (!reset.isPending) reset.mutate(); };
  return (
    <EntryFrame title={t('Set a new password')} text={t('The link works once. All your sessions end.')}>
      {problem && problem.code !== 'INVALID' && <ProblemNote className="mb-4" problem={problem} />}
      <form onSubmit={submit} className="grid gap-4" aria-busy={reset.isPending}>
        <Field label={t('New password')} type="password" autoComplete="new-password" required minLength={MIN_PASSWORD} autoFocus value={password} onChange={e => setPassword(e.target.value)} hint={passwordHint(password)} problem={fieldProblems(problem)['password']} />
        <Button type="submit" kind="primary" busy={reset.isPending} className="mt-1 h-9">{t('Set password')}</Button>
      </form>
    </EntryFrame>
  );
};
