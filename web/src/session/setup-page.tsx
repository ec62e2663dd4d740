import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent, type ReactNode } from 'react';
import { fieldProblems, toProblem, type ShownProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';
import { Button, buttonClass } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { EntryFrame } from './entry-frame.js';
import { useSession } from './session-context.js';
import { MIN_PASSWORD, passwordHint, toSlug } from './setup-form.js';
import { SETUP_LINK } from './setup-form.js';

/** The token stands behind `#`, so that it is in no server log and no Referer. */
export const SetupPage = (): ReactNode => {
  const session = useSession();
  const navigate = useNavigate();
  const token = useLocation({ select: l => l.hash.replace(/^#/, '') });
  const [organisation, setOrganisation] = useState('');
  const [slug, setSlug] = useState<string>();
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(undefined);
    session.setUp({
      token, email: String(data.get('email')).trim(), password, name: String(data.get('name')).trim(),
      tenant: { name: organisation.trim(), slug: slug ?? toSlug(organisation) },
    }).then(() => navigate({ to: '/', replace: true }))
      .catch((error: unknown) => { setProblem(toProblem(error)); setBusy(false); });
  };

  if (!token) {
    return (
      <EntryFrame title={t('The link is incomplete')} text={t('A set-up link ends with a one-time token.')}>
        <p className="text-ink-2">{t('Open the whole link that Xanthus printed when it started, or make a fresh one:')}</p>
        <code className="mt-3 block rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-[13px]">{SETUP_LINK}</code>
        <p className="mt-4"><Link to="/login" className={buttonClass()}>{t('I have an account')}</Link></p>
      </EntryFrame>
    );
  }
  const fields = fieldProblems(problem);
  const hint = passwordHint(password);
  return (
    <EntryFrame wide title={t('Set up Xanthus')} text={t('Make the first organisation and its owner. It takes a minute, and happens once.')}>
      {problem && <ProblemNote className="mb-4" problem={problem} />}
      {problem?.code === 'SETUP.ALREADY_DONE' && <Link to="/login" className={`${buttonClass()} mb-4`}>{t('Go to the log-in')}</Link>}
      <form onSubmit={submit} className="grid gap-4 sm:grid-cols-2" aria-busy={busy}>
        <Field label={t('Your name')} name="name" autoComplete="name" required maxLength={100} autoFocus problem={fields['name']} />
        <Field label={t('E-mail')} name="email" type="email" autoComplete="username" required problem={fields['email']} />
        <div className="sm:col-span-2">
          <Field label={t('Password')} name="password" type="password" autoComplete="new-password" required minLength={MIN_PASSWORD} value={password} onChange={e => setPassword(e.target.value)} hint={hint} problem={fields['password']} />
        </div>
        <div className="my-1 h-px bg-line sm:col-span-2" />
        <Field label={t('Organisation')} name="organisation" required maxLength={100} value={organisation} onChange={e => setOrganisation(e.target.value)} placeholder={t('Acme Ltd')} problem={fields['tenant.name']} />
        <Field label={t('Short name')} name="slug" mono required pattern="[a-z][a-z0-9\-]{1,30}" title={t('2 to 31 small letters, digits and hyphens, beginning with a letter')} value={slug ?? toSlug(organisation)} onChange={e => setSlug(e.target.value)} hint={t('Stands in links and in the API. It can’t be changed later.')} problem={fields['tenant.slug']} />
        <div className="mt-1 flex justify-end sm:col-span-2"><Button type="submit" kind="primary" busy={busy} className="h-9 px-4">{t('Create organisation')}</Button></div>
      </form>
    </EntryFrame>
  );
};
