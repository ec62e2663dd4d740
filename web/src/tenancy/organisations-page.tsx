import { useMutation, useQueryClient } from '@tanstack/react-query';
import { INSTALLATION } from '@xanthus/proto';
import { Building2, Plus } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { DirectoryEntry } from '../contracts.js';
import { formatDay } from '../lib/format.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { InvitationLink } from '../members/add-person.js';
import { toSlug } from '../session/setup-form.js';
import { rich, t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { EmptyState, PageBody, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ListRow, ListStates, Tag } from '../ui/row-list.js';
import { toast } from '../ui/toaster.js';
import { Switcher } from './switcher.js';
import { createTenant, inviteOwner, useDirectory } from './tenancy.data.js';

/** For operators of the installation: the organisations on it, by name. What is in them is not theirs to read. */
export const OrganisationsPage = (): ReactNode => {
  const client = useClient();
  const list = useDirectory();
  const may = useCan(maySend(INSTALLATION, createTenant));
  const [adding, setAdding] = useState(false);
  const [inviting, setInviting] = useState<DirectoryEntry>();
  const entries = [...list.rows.values()].sort((a, b) => a.name.localeCompare(b.name));
  const add = <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={may ? undefined : t('Only operators of this installation may.')} onClick={() => setAdding(true)}>{t('Create organisation')}</Button>;
  return (
    <Page title={t('Organisations')} actions={list.status === 'denied' ? undefined : add}>
      <PageBody>
        <div className="grid gap-4">
          <Switcher />
          {list.status !== 'denied' && (
            <ListStates of={list} what={t('the organisations of this installation')} right="auth.tenant.read" count={entries.length} empty={<EmptyState icon={<Building2 />} title={t('No organisations')} action={add}>{t('Each is apart from the others: its own people, servers, keys.')}</EmptyState>}>
              <Panel title={t('On this installation')} flush>
                <ul aria-label={t('Organisations')} className="divide-y divide-line">
                  {entries.map(e => <ListRow key={e.slug} icon={<Building2 />} title={<>{e.name}{e.slug === client.tenant && <Tag strong>{t('you are here')}</Tag>}</>} text={<>{rich('{slug} · since {day}', { slug: <span className="font-mono">{e.slug}</span>, day: formatDay(Date.parse(e.created_at)) })}</>}
                    actions={may && e.slug !== client.tenant && <Button size="sm" aria-label={t('Invite owner of {name}', { name: e.name })} onClick={() => setInviting(e)}>{t('Invite owner')}</Button>} />)}
                </ul>
              </Panel>
              <p className="mt-3 px-1 text-[13px] text-ink-3">{t('As an operator of the installation you make organisations and see their names, nothing of what is in them.')}</p>
            </ListStates>
          )}
        </div>
      </PageBody>
      <Dialog open={adding} onOpenChange={setAdding} title={t('Create an organisation')}>{adding && <CreateForm onDone={() => setAdding(false)} />}</Dialog>
      <Dialog open={inviting !== undefined} onOpenChange={o => { if (!o) setInviting(undefined); }} title={t('Invite the first owner of {name}', { name: inviting?.name ?? '' })} description={t('An earlier invitation of an owner ends.')}>{inviting && <InviteOwner entry={inviting} onDone={() => setInviting(undefined)} />}</Dialog>
    </Page>
  );
};

const CreateForm = ({ onDone }: { readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const [name, setName] = useState('');
  const [slug, setSlug] = useState<string>();
  const [email, setEmail] = useState('');
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: () => createTenant(client, { slug: slug ?? toSlug(name), name: name.trim(), ...(email.trim() ? { owner: { email: email.trim() } } : {}) }, { tenant: INSTALLATION }),
    onSuccess: ({ invitation }) => {
      if (invitation) return;
      void queries.invalidateQueries({ queryKey: ['my-tenants'] });
      toast(t('Organisation created'), t('You are the owner of {name}.', { name: name.trim() }));
      onDone();
    },
  });
  const problem = create.error ? toProblem(create.error) : undefined;
  const fields = fieldProblems(problem);
  const invitation = create.data?.invitation;
  if (invitation) return <InvitationLink email={email.trim()} token={invitation.token} expires_at={invitation.expires_at} onDone={onDone} />;
  const submit = (event: FormEvent): void => { event.preventDefault(); create.mutate(); };
  return (
    <form onSubmit={submit} className="grid gap-4">
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Field label={t('Name')} required maxLength={100} placeholder={t('Globex')} value={name} onChange={e => setName(e.target.value)} problem={fields['name']} />
      <Field label={t('Short name')} mono required pattern="[a-z][a-z0-9\-]{1,30}" title={t('2 to 31 small letters, digits and hyphens, beginning with a letter')} value={slug ?? toSlug(name)} onChange={e => setSlug(e.target.value)} hint={t('Stands in links and in the API. It can’t be changed later.')} problem={fields['slug']} />
      <Field label={t('Owner’s e-mail')} type="email" autoComplete="off" value={email} onChange={e => setEmail(e.target.value)} hint={t('You get a link for them. Leave it empty to be the owner yourself.')} problem={fields['owner.email']} />
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={create.isPending}>{t('Create organisation')}</Button></DialogActions>
    </form>
  );
};

const InviteOwner = ({ entry, onDone }: { readonly entry: DirectoryEntry; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const invite = useMutation({ mutationFn: (email: string) => inviteOwner(client, entry.slug, { email }, { tenant: INSTALLATION }) });
  const problem = invite.error ? toProblem(invite.error) : undefined;
  if (invite.data) return <InvitationLink email={invite.variables} token={invite.data.invitation.token} expires_at={invite.data.invitation.expires_at} onDone={onDone} />;
  const submit = (event: FormEvent<HTMLFormElement>): void => { event.preventDefault(); invite.mutate(String(new FormData(event.currentTarget).get('email')).trim()); };
  return (
    <form onSubmit={submit} className="grid gap-4">
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Field label={t('E-mail')} name="email" type="email" required autoComplete="off" problem={fieldProblems(problem)['email']} />
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={invite.isPending}>{t('Make invitation')}</Button></DialogActions>
    </form>
  );
};
