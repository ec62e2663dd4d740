import { Link, useNavigate } from '@tanstack/react-router';
import { useMutation } from '@tanstack/react-query';
import { INSTALLATION } from '@xanthus/proto';
import { Plus, Users } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { inviteMember, type Member } from '../contracts.js';
import { formatDay, shortId } from '../lib/format.js';
import { useCan, useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { inputClass } from '../ui/field.js';
import { EmptyState, PageBody, Panel } from '../ui/panel.js';
import { ListStates, Tag } from '../ui/row-list.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { AddPerson } from './add-person.js';
import { Invitations } from './invitations.js';
import { assignRole, useMembers } from './members.data.js';
import { RolesPanel, useRoles } from './roles.js';
import { usePersons, type Person } from './use-names.js';
import { Why } from '../why/why.js';

export const NOT_ALLOWED = t('Your role doesn’t allow this (DENIED). Ask an owner or administrator.');

export const MembersPage = (): ReactNode => {
  const { tenant } = useClient();
  const list = useMembers();
  const persons = usePersons();
  const may = useCan(maySend(tenant, inviteMember));
  const [adding, setAdding] = useState(false);
  const members = [...list.rows].sort(([, a], [, b]) => a.joined_at.localeCompare(b.joined_at));
  const add = <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={may ? undefined : NOT_ALLOWED} onClick={() => setAdding(true)}>{tenant === INSTALLATION ? t('Add operator') : t('Add member')}</Button>;
  return (
    <Page title={tenant === INSTALLATION ? t('Operators') : t('Members')} actions={list.status === 'denied' ? undefined : add}>
      <PageBody>
        <ListStates of={list} what={t('the members')} right="auth.member.read" count={members.length} empty={<EmptyState icon={<Users />} title={t('No members yet')} action={add}>{t('Add the people you work with.')}</EmptyState>}>
          <div className="grid gap-4">
            <Panel flush>
              <ul aria-label={t('Members')} className="divide-y divide-line">{members.map(([id, member]) => <MemberRow key={id} id={id} member={member} person={persons.get(id)} />)}</ul>
            </Panel>
            <Invitations />
            {tenant !== INSTALLATION && <RolesPanel />}
          </div>
        </ListStates>
      </PageBody>
      <Dialog open={adding} onOpenChange={setAdding} title={tenant === INSTALLATION ? t('Add an operator') : t('Add a member')}>{adding && <AddPerson onDone={() => setAdding(false)} />}</Dialog>
    </Page>
  );
};

/** Another role holds at once; who may not give one reads it. */
export const RoleSelect = ({ id, role, name }: { readonly id: string; readonly role: string; readonly name: string }): ReactNode => {
  const client = useClient();
  const roles = useRoles();
  const may = useCan(maySend(client.tenant, assignRole, id));
  const assign = useMutation({ mutationFn: (next: string) => assignRole(client, id, { role: next }), onSuccess: (_, next) => toast(t('Role changed'), t('{name} is {next} now; it holds at once.', { name, next })), onError: toastProblem });
  if (!may || id === client.user.id) return <span className="w-32 truncate pl-2.5 text-[13px] text-ink-2">{client.tenant === INSTALLATION ? t('operator') : role}</span>;
  return (
    <select aria-label={t('Role of {name}', { name })} value={assign.isPending ? assign.variables : role} disabled={assign.isPending} onChange={e => assign.mutate(e.target.value)} className={`${inputClass} h-8 !w-32`}>
      {[...new Set([...roles.map(r => r.name), role])].map(r => <option key={r} value={r}>{r}</option>)}
    </select>
  );
};

const Initial = ({ name }: { readonly name: string }): ReactNode => <span aria-hidden className="grid size-8 shrink-0 place-items-center rounded-full bg-raised text-[12px] font-semibold text-ink-2">{name.slice(0, 1).toUpperCase()}</span>;

const MemberRow = ({ id, member, person }: { readonly id: string; readonly member: Member; readonly person: Person | undefined }): ReactNode => {
  const client = useClient();
  const navigate = useNavigate();
  const me = id === client.user.id;
  const name = person?.name ?? (me && client.user.name ? client.user.name : t('Person {id}', { id: shortId(id) }));
  // The whole row leads there; what is a control of its own stays one.
  const open = (event: { readonly target: EventTarget }): void => { if (!(event.target as Element).closest('select, a, button, [role=dialog]')) void navigate({ to: '/members/$id', params: { id } }); };
  return (
    <li className="group/fact flex min-h-14 cursor-pointer flex-wrap items-center gap-3 px-4 py-2 transition-colors hover:bg-raised/60" onClick={open}>
      <Initial name={name} />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-1 text-[13px] font-medium"><span className="truncate"><Link to="/members/$id" params={{ id }} className="hover:underline">{name}</Link>{me && <Tag strong>{t('you')}</Tag>}</span><Why service="auth" view="members" id={id} path="" name={name} /></p>
        <p className="truncate text-[12px] text-ink-3">{person?.email ?? t('joined {day}', { day: formatDay(Date.parse(member.joined_at)) })}</p>
      </div>
      <RoleSelect id={id} role={member.role} name={name} />
    </li>
  );
};
