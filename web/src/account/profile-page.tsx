import { useMutation } from '@tanstack/react-query';
import { INSTALLATION } from '@xanthus/proto';
import { useSearch } from '@tanstack/react-router';
import { LogOut } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Page } from '../app/page.js';
import type { Profile } from '../contracts.js';
import { formatDay } from '../lib/format.js';
import { fieldProblems, returnedProblem, toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { useLogout, useSession, useSessionState } from '../session/session-context.js';
import { MIN_PASSWORD, passwordHint } from '../session/setup-form.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { Field } from '../ui/field.js';
import { Facts, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { changePassword, renamePerson, useProfile } from './account.data.js';
import { Identities } from './identities.js';
import { SecondFactor } from './second-factor.js';
import { Why } from '../why/why.js';

/** Oneself: name, password, second factor, and how else one is known. */
export const ProfilePage = (): ReactNode => {
  const logout = useLogout();
  const { error } = useSearch({ from: '/shell/profile' });
  const state = useSessionState();
  const client = useClient();
  const { rows, status, problem } = useProfile();
  const profile = rows.get(client.user.id);
  if (state.status !== 'signed_in') return null;
  const { user, tenant } = state.identity;
  return (
    <Page title={t('Profile')} actions={<Button icon={<LogOut aria-hidden className="size-4" />} onClick={logout}>{t('Log out')}</Button>}>
      <PageBody narrow>
        <div className="grid gap-4">
          {error && <ProblemNote problem={returnedProblem(error)} />}
          <Panel title={t('You')}>
            <div className="grid gap-5">
              <Name key={user.name} name={user.name} />
              <Facts rows={[[t('E-mail'), user.email], [t('Organisation'), tenant.name], [t('Id'), <Code key="id" text={user.id} label={t('Copy id')} />]]} />
            </div>
          </Panel>
          {problem && <ProblemNote problem={problem} />}
          {status === 'loading' && <Panel flush><SkeletonRows rows={2} label={t('Loading how you log in')} /></Panel>}
          {profile && <><Password profile={profile} /><SecondFactor profile={profile} /></>}
          <Identities />
        </div>
      </PageBody>
    </Page>
  );
};

const Name = ({ name }: { readonly name: string }): ReactNode => {
  const client = useClient();
  const session = useSession();
  const [text, setText] = useState(name);
  const rename = useMutation({
    mutationFn: (wanted: string) => renamePerson(client, { name: wanted }),
    onSuccess: (_, wanted) => { session.renamed(wanted); toast(t('Name changed'), t('You are {wanted} now.', { wanted })); },
  });
  const problem = rename.error ? toProblem(rename.error) : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (text.trim() !== name) rename.mutate(text.trim()); };
  return (
    <form onSubmit={submit} className="grid gap-3">
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1"><Field label={t('Name')} required maxLength={100} autoComplete="name" value={text} onChange={e => setText(e.target.value)} hint={t('What others see beside what you do.')} problem={fieldProblems(problem)['name']} /></div>
        <Button type="submit" className="mt-[26px]" busy={rename.isPending} blocked={text.trim() === name ? t('The name is the same.') : undefined}>{t('Save name')}</Button>
      </div>
    </form>
  );
};

const Password = ({ profile }: { readonly profile: Profile }): ReactNode => {
  const [open, setOpen] = useState(false);
  if (!profile.has_password) return <Panel title={t('Password')}><p className="text-[13px] text-ink-2">{t('You log in without a password here. An administrator can make you a link to set one.')}</p></Panel>;
  const changed = profile.password_changed_at;
  return (
    <Panel title={t('Password')}>
      {open ? <ChangePassword onDone={() => setOpen(false)} /> : (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="group/fact text-[13px] text-ink-2">{changed ? t('Changed on {day}.', { day: formatDay(Date.parse(changed)) }) : t('The same since {day}.', { day: formatDay(Date.parse(profile.registered_at)) })} <Why service="auth" view="profiles" tenant={INSTALLATION} id={profile.person} path="password_changed_at" name={t('Password')} /></p>
          <Button onClick={() => setOpen(true)}>{t('Change password')}</Button>
        </div>
      )}
    </Panel>
  );
};

const ChangePassword = ({ onDone }: { readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const [next, setNext] = useState('');
  const change = useMutation({
    mutationFn: (input: { current: string; new: string }) => changePassword(client, input),
    onSuccess: () => { toast(t('Password changed'), t('Your other sessions ended.')); onDone(); },
  });
  const problem = change.error ? toProblem(change.error) : undefined;
  const submit = (event: FormEvent<HTMLFormElement>): void => { event.preventDefault(); change.mutate({ current: String(new FormData(event.currentTarget).get('current')), new: next }); };
  return (
    <form onSubmit={submit} className="grid gap-4">
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Field label={t('Present password')} name="current" type="password" autoComplete="current-password" required autoFocus />
      <Field label={t('New password')} type="password" autoComplete="new-password" required minLength={MIN_PASSWORD} value={next} onChange={e => setNext(e.target.value)} hint={passwordHint(next)} problem={fieldProblems(problem)['new']} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-[13px] text-ink-3">{t('All your other sessions end.')}</p>
        <div className="ml-auto flex gap-2"><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={change.isPending}>{t('Change password')}</Button></div>
      </div>
    </form>
  );
};
