import { useMutation } from '@tanstack/react-query';
import { Plus, UserMinus, Users } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { addMember, assignRole, removeMember, type Member } from '../contracts.js';
import { formatDay, shortId } from '../lib/format.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useCan, useClient, useRows } from '../live/live-context.js';
import { useTenantName } from '../session/session-context.js';
import { MIN_PASSWORD, passwordHint } from '../session/setup-form.js';
import { Button, IconButton } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field, inputClass } from '../ui/field.js';
import { EmptyState, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { RoleField, RolesPanel, useRoles } from './roles.js';
import { usePersons, type Person } from './use-names.js';

export const MembersPage = (): ReactNode => {
  const { tenant } = useClient();
  const name = useTenantName();
  const { status, rows, problem } = useRows<Member>('auth', tenant, 'members');
  const persons = usePersons();
  const may = useCan(maySend(tenant, addMember));
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string>();
  const members = [...rows].sort(([, a], [, b]) => a.joined_at.localeCompare(b.joined_at));
  const add = <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={may ? undefined : 'Your role doesn’t allow this (DENIED). Ask an owner or administrator.'} onClick={() => setAdding(true)}>Add member</Button>;
  return (
    <Page title="Members" actions={status === 'denied' ? undefined : add}>
      <PageBody>
        {status === 'denied' && <Denied what="the members" tenant={name} />}
        {status === 'failed' && problem && <ProblemNote problem={problem} />}
        {status === 'loading' && <Panel flush><SkeletonRows label="Loading members" /></Panel>}
        {status === 'ready' && members.length === 0 && <EmptyState icon={<Users />} title="No members yet" action={add}>Add the people you work with.</EmptyState>}
        {members.length > 0 && (
          <div className="grid gap-4">
            <Panel flush>
              <ul aria-label="Members" className="divide-y divide-line">{members.map(([id, member]) => <MemberRow key={id} id={id} member={member} person={persons.get(id)} onRemove={() => setRemoving(id)} />)}</ul>
            </Panel>
            <RolesPanel />
          </div>
        )}
      </PageBody>
      <Dialog open={adding} onOpenChange={setAdding} title="Add a member" description="A new person gets a first password from you; one who has an account keeps theirs."><AddMember onDone={() => setAdding(false)} /></Dialog>
      <Dialog open={removing !== undefined} onOpenChange={o => { if (!o) setRemoving(undefined); }} title={`Remove ${persons.get(removing ?? '')?.name ?? 'this member'}?`} description={`They lose every right in ${name} at once and their open pages close. You can add them again.`}>
        {removing && <RemoveMember id={removing} onDone={() => setRemoving(undefined)} />}
      </Dialog>
    </Page>
  );
};

const MemberRow = ({ id, member, person, onRemove }: { readonly id: string; readonly member: Member; readonly person: Person | undefined; readonly onRemove: () => void }): ReactNode => {
  const client = useClient();
  const roles = useRoles();
  const mayAssign = useCan(maySend(client.tenant, assignRole, id));
  const mayRemove = useCan(maySend(client.tenant, removeMember, id));
  const assign = useMutation({ mutationFn: (role: string) => client.command(assignRole, { role }, { id }), onSuccess: (_, role) => toast('Role changed', `${person?.name ?? 'The member'} is ${role} now; it holds at once.`), onError: toastProblem });
  const name = person?.name ?? (id === client.user.id && client.user.name ? client.user.name : `Person ${shortId(id)}`);
  return (
    <li className="flex min-h-14 flex-wrap items-center gap-3 px-4 py-2">
      <span aria-hidden className="grid size-8 shrink-0 place-items-center rounded-full bg-raised text-[12px] font-semibold text-ink-2">{name.slice(0, 1).toUpperCase()}</span>
      <div className="min-w-0 flex-1">
        <p className="truncate text-[13px] font-medium">{name}{id === client.user.id && <span className="ml-1.5 font-normal text-ink-3">you</span>}</p>
        <p className="truncate text-[12px] text-ink-3">{person?.email ?? `joined ${formatDay(Date.parse(member.joined_at))}`}</p>
      </div>
      {mayAssign && id !== client.user.id
        ? <select aria-label={`Role of ${name}`} value={assign.isPending ? assign.variables : member.role} disabled={assign.isPending} onChange={e => assign.mutate(e.target.value)} className={`${inputClass} h-8 !w-32`}>{[...new Set([...roles.map(r => r.name), member.role])].map(r => <option key={r} value={r}>{r}</option>)}</select>
        : <span className="w-32 pl-2.5 text-[13px] text-ink-2">{member.role}</span>}
      {mayRemove && id !== client.user.id ? <IconButton label={`Remove ${name}`} onClick={onRemove}><UserMinus aria-hidden className="size-4" /></IconButton> : <span className="size-8" />}
    </li>
  );
};

const AddMember = ({ onDone }: { readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const [role, setRole] = useState('viewer');
  const [password, setPassword] = useState('');
  const add = useMutation({
    mutationFn: (input: { email: string; name: string; role: string; password?: string }) => client.command(addMember, input),
    onSuccess: (_, input) => { toast('Member added', `${input.name} can log in now.`); onDone(); },
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
      <Field label="Name" name="name" required maxLength={100} autoComplete="off" problem={fields['name']} />
      <Field label="E-mail" name="email" type="email" required autoComplete="off" problem={fields['email']} />
      <RoleField value={role} onChange={setRole} problem={fields['role']} />
      <Field label="First password" type="password" autoComplete="new-password" minLength={MIN_PASSWORD} value={password} onChange={e => setPassword(e.target.value)} hint={passwordHint(password)} problem={fields['password']} />
      <DialogActions><Button onClick={onDone}>Cancel</Button><Button kind="primary" type="submit" busy={add.isPending}>Add member</Button></DialogActions>
    </form>
  );
};

const RemoveMember = ({ id, onDone }: { readonly id: string; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const remove = useMutation({ mutationFn: () => client.command(removeMember, {}, { id }), onSuccess: () => { toast('Member removed'); onDone(); } });
  return (
    <>
      {remove.error && <ProblemNote problem={toProblem(remove.error)} />}
      <DialogActions><Button onClick={onDone}>Cancel</Button><Button kind="danger" busy={remove.isPending} onClick={() => remove.mutate()}>Remove member</Button></DialogActions>
    </>
  );
};
