import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMutation } from '@tanstack/react-query';
import { ShieldOff } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { Role } from '../contracts.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_ALLOWED } from '../members/members-page.js';
import { useMembers } from '../members/members.data.js';
import { useServers } from '../servers/servers.data.js';
import { t } from '../texts/text.js';
import { Button, buttonClass } from '../ui/button.js';
import { Field, inputClass } from '../ui/field.js';
import { EmptyState, PageBody, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ListStates } from '../ui/row-list.js';
import { toast } from '../ui/toaster.js';
import { placeOf, toDraft, toGrants, type Draft } from './matrix.js';
import { PERMISSION_GROUPS, type Permission } from './permissions.js';
import { defineRole, useRoleRows } from './roles.data.js';

/** What an own role may grant. */
const GROUPS = PERMISSION_GROUPS.map(g => ({ ...g, permissions: g.permissions.filter(p => !p.ownerOnly) }));

const CRUMBS = [{ label: t('Roles'), to: '/roles' }] as const;

export const NewRolePage = (): ReactNode => <Page title={t('Define a role')} crumbs={CRUMBS}><PageBody narrow><RoleForm /></PageBody></Page>;

export const RolePage = (): ReactNode => {
  const { name } = useParams({ from: '/shell/roles/$name' });
  const list = useRoleRows();
  const role = list.rows.get(name);
  return (
    <Page title={name} crumbs={CRUMBS}>
      <PageBody narrow>
        <ListStates of={list} what={t('roles')} right="auth.role.read" count={role && !role.built_in ? 1 : 0} empty={<EmptyState icon={<ShieldOff />} title={role ? t('This role is built in') : t('There is no such role')} action={<Link to="/roles" className={buttonClass()}>{t('All roles')}</Link>}>{role ? t('Built-in roles can’t be changed. Define one of your own.') : t('It may have been removed.')}</EmptyState>}>
          {role && <RoleForm key={role.name} role={role} />}
        </ListStates>
      </PageBody>
    </Page>
  );
};

const RoleForm = ({ role }: { readonly role?: Role }): ReactNode => {
  const client = useClient();
  const navigate = useNavigate();
  const may = useCan(maySend(client.tenant, defineRole, role?.name ?? '*'));
  const holders = [...useMembers().rows.values()].filter(m => m.role === role?.name).length;
  const [from] = useState(() => toDraft(role?.grants ?? []));
  const [name, setName] = useState(role?.name ?? '');
  const [description, setDescription] = useState(role?.description ?? '');
  const [draft, setDraft] = useState<Draft>(from.draft);
  const define = useMutation({
    mutationFn: () => defineRole(client, name, { description: description.trim(), grants: [...toGrants(draft)] }),
    onSuccess: () => { toast(role ? t('Role changed') : t('Role defined'), role && holders > 0 ? t('{holders, plural, one {{name}: it holds at once for one member.} other {{name}: it holds at once for # members.}}', { holders, name }) : name); void navigate({ to: '/roles' }); },
  });
  const problem = define.error ? toProblem(define.error) : undefined;
  const fields = fieldProblems(problem);
  const set = (permission: string, resources: string | undefined): void => setDraft(before => {
    const { [permission]: _, ...rest } = before;
    return resources === undefined ? rest : { ...rest, [permission]: resources };
  });
  const count = Object.keys(draft).length;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (count > 0) define.mutate(); };
  return (
    <form onSubmit={submit} className="grid gap-4">
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      {!from.lossless && <ProblemNote tone="warn" problem={{ code: 'ROLE.FORM', message: t('This role grants something that this form can’t show.'), advice: t('Saving keeps only what is ticked here. Change it over the API to keep the rest.'), retryable: false }} />}
      <Panel>
        <div className="grid gap-4">
          {!role && <Field label={t('Name')} mono required autoFocus pattern="[a-z][a-z0-9\-]{1,30}" title={t('2 to 31 small letters, digits and hyphens, beginning with a letter')} placeholder={t('deployer')} value={name} onChange={e => setName(e.target.value)} hint={t('Small letters, digits and hyphens. It can’t be changed later.')} />}
          <Field label={t('Description')} maxLength={200} placeholder={t('What somebody with this role does')} value={description} onChange={e => setDescription(e.target.value)} problem={fields['description']} />
        </div>
      </Panel>
      {GROUPS.map(group => (
        <Panel key={group.all} title={group.label} flush aside={<GroupTick permissions={group.permissions} label={group.label} draft={draft} set={set} />}>
          <ul className="divide-y divide-line">{group.permissions.map(p => <PermissionRow key={p.name} permission={p} resources={draft[p.name]} onChange={resources => set(p.name, resources)} />)}</ul>
        </Panel>
      ))}
      <div className="sticky bottom-0 -mx-4 flex flex-wrap items-center justify-between gap-3 border-t border-line bg-canvas/95 px-4 py-3 backdrop-blur-md sm:-mx-6 sm:px-6">
        <p className="text-[13px] text-ink-2">{count === 0 ? t('Nothing is ticked yet.') : `${t('{count, plural, one {# permission} other {# permissions}}', { count })}${holders > 0 ? t('{holders, plural, one {, for one member at once} other {, for # members at once}}', { holders }) : ''}`}</p>
        <div className="ml-auto flex gap-2"><Link to="/roles" className={buttonClass()}>{t('Cancel')}</Link><Button kind="primary" type="submit" busy={define.isPending} blocked={!may ? NOT_ALLOWED : count === 0 ? t('Tick what the role may do.') : undefined}>{role ? t('Save role') : t('Define role')}</Button></div>
      </div>
    </form>
  );
};

const GroupTick = ({ permissions, label, draft, set }: { readonly permissions: readonly Permission[]; readonly label: string; readonly draft: Draft; readonly set: (permission: string, resources: string | undefined) => void }): ReactNode => {
  if (permissions.length < 2) return null;
  const all = permissions.every(p => draft[p.name] !== undefined);
  return <button type="button" aria-label={all ? t('{group}: none', { group: label }) : t('{group}: all', { group: label })} className="min-h-7 min-w-7 rounded px-1 text-[12px] text-ink-2 underline underline-offset-2 hover:text-ink" onClick={() => { for (const p of permissions) set(p.name, all ? undefined : draft[p.name] ?? 'all'); }}>{all ? t('None') : t('All')}</button>;
};

/** A list shows everything or nothing, so what shows something is given for all. */
const mayNarrow = (permission: Permission): boolean => permission.narrowable && permission.name.startsWith('vps.') && !permission.name.endsWith('.read');

const PermissionRow = ({ permission, resources, onChange }: { readonly permission: Permission; readonly resources: string | undefined; readonly onChange: (resources: string | undefined) => void }): ReactNode => (
  <li className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1.5 px-4 py-1.5">
    <label className="flex min-w-0 flex-1 basis-52 items-center gap-2.5 text-[13px]">
      <input type="checkbox" checked={resources !== undefined} onChange={e => onChange(e.target.checked ? 'all' : undefined)} className="size-4 shrink-0 accent-(--accent)" />
      <span className="min-w-0">{permission.label}<span className="block font-mono text-[11px] text-ink-3">{permission.name}</span></span>
    </label>
    {resources !== undefined && (mayNarrow(permission) || resources !== 'all') && <Place label={permission.label} servers={permission.name.startsWith('vps.server.')} resources={resources} onChange={onChange} />}
  </li>
);

const small = `${inputClass} h-8 !w-auto min-w-0 text-[13px]`;

/** Everywhere, with what carries a tag, or with one thing. */
const Place = ({ label, servers, resources, onChange }: { readonly label: string; readonly servers: boolean; readonly resources: string; readonly onChange: (resources: string) => void }): ReactNode => {
  const { rows } = useServers();
  const { kind, value } = placeOf(resources);
  return (
    <span className="flex min-w-0 gap-1.5">
      <select aria-label={t('{label}: where', { label })} value={kind} onChange={e => onChange(e.target.value === 'all' ? 'all' : `${e.target.value}:`)} className={small}>
        <option value="all">{t('all of them')}</option><option value="tag">{t('with the tag')}</option><option value="id">{t('only one')}</option>
      </select>
      {kind === 'tag' && <input aria-label={t('{label}: tag', { label })} required placeholder={t('staging')} pattern="[a-z0-9][a-z0-9\-]{0,31}" title={t('Small letters, digits and hyphens')} value={value} onChange={e => onChange(`tag:${e.target.value}`)} className={`${small} max-w-32 font-mono`} />}
      {kind === 'id' && (servers
        ? <select aria-label={t('{label}: server', { label })} required value={value} onChange={e => onChange(`id:${e.target.value}`)} className={`${small} max-w-40`}><option value="">{t('choose…')}</option>{[...rows.values()].map(s => <option key={s.id} value={s.id}>{s.name}</option>)}</select>
        : <input aria-label={t('{label}: id', { label })} required placeholder={t('id')} pattern="[a-z0-9\-]{1,64}" value={value} onChange={e => onChange(`id:${e.target.value}`)} className={`${small} max-w-40 font-mono`} />)}
    </span>
  );
};
