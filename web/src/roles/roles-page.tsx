import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Check, Minus, Plus } from 'lucide-react';
import { Fragment, useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { defineRole, type Role } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_ALLOWED } from '../members/members-page.js';
import { byRank } from '../members/roles.js';
import { buttonClass, Button } from '../ui/button.js';
import { Hint } from '../ui/hint.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { PageBody, Panel } from '../ui/panel.js';
import { ListRow, ListStates, Tag } from '../ui/row-list.js';
import { toast } from '../ui/toaster.js';
import { ShieldCheck } from 'lucide-react';
import { cellOf } from './matrix.js';
import { PERMISSION_GROUPS } from './permissions.js';
import { removeRole, useRoleRows } from './roles.data.js';
import { useMembers } from '../members/members.data.js';
import { t } from '../texts/text.js';

/** What each role may do: the organisation's own and those that are built in. */
export const RolesPage = (): ReactNode => {
  const client = useClient();
  const list = useRoleRows();
  const members = useMembers();
  const may = useCan(maySend(client.tenant, defineRole, '*'));
  const [removing, setRemoving] = useState<Role>();
  const roles = byRank([...list.rows.values()]);
  const own = roles.filter(r => !r.built_in);
  const holders = (role: string): number => [...members.rows.values()].filter(m => m.role === role).length;
  const add = may ? <Link to="/roles/new" className={buttonClass('primary')}><Plus aria-hidden className="size-4" />{t('Define role')}</Link> : <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={NOT_ALLOWED}>{t('Define role')}</Button>;
  return (
    <Page title={t('Roles')} actions={list.status === 'denied' ? undefined : add}>
      <PageBody>
        <ListStates of={list} what={t('roles')} right="auth.role.read" count={roles.length} empty={<Panel><p className="py-6 text-center text-ink-3">{t('There are no roles.')}</p></Panel>}>
          <div className="grid gap-4">
            <Panel title={t('Your own roles')} flush>
              {own.length === 0 && <p className="p-4 text-[13px] text-ink-2">{t('None yet. The built-in ones below are enough for most; define your own to let somebody do just a few things, or only with what has a certain tag.')}</p>}
              <ul aria-label={t('Own roles')} className="divide-y divide-line">
                {own.map(r => (
                  <ListRow key={r.name} icon={<ShieldCheck />} {...(r.built_in ? {} : { why: { service: 'auth', view: 'roles', id: r.name, name: r.name } })} title={<Link to="/roles/$name" params={{ name: r.name }} className="hover:underline">{r.name}</Link>} text={r.description || t('No description.')}
                    aside={t('{holders, plural, one {# member} other {# members}}', { holders: holders(r.name) })}
                    actions={may && <><Link to="/roles/$name" params={{ name: r.name }} aria-label={t('Edit {name}', { name: r.name })} className={buttonClass('secondary', 'sm')}>{t('Edit')}</Link><Button size="sm" kind="danger" aria-label={t('Remove {name}', { name: r.name })} blocked={holders(r.name) > 0 ? t('Give its members another role first.') : undefined} onClick={() => setRemoving(r)}>{t('Remove')}</Button></>} />
                ))}
              </ul>
            </Panel>
            <Matrix roles={roles} />
          </div>
        </ListStates>
      </PageBody>
      <ConfirmDialog open={removing !== undefined} onClose={() => setRemoving(undefined)} title={t('Remove the role {name}?', { name: removing?.name ?? '' })} action={t('Remove role')} effect={t('Nobody can be given it any more. It is refused while a member, an invitation or a key has it, so nobody loses a right by this.')}
        run={() => removeRole(client, removing?.name ?? '', {})} onDone={() => toast(t('Role removed'), removing?.name)} />
    </Page>
  );
};

const Cell = ({ role, permission }: { readonly role: Role; readonly permission: string }): ReactNode => {
  const cell = cellOf(role, permission);
  if (cell.kind === 'no') return <><Minus aria-hidden className="mx-auto size-3.5 text-line-strong" /><span className="sr-only">{t('no')}</span></>;
  if (cell.kind === 'all') return <><Check aria-hidden className="mx-auto size-4 text-ok" /><span className="sr-only">{t('yes')}</span></>;
  return <Hint text={t('Only {resources}', { resources: cell.resources.join(', ') })}><button type="button" className="mx-auto block min-h-7 max-w-24 truncate rounded bg-warn-wash px-1.5 font-mono text-[11px] text-ink-2">{cell.resources.join(', ')}</button></Hint>;
};

const Matrix = ({ roles }: { readonly roles: readonly Role[] }): ReactNode => (
  <Panel title={t('Who may do what')} flush className="overflow-hidden">
    <div className="relative max-h-[70vh] overflow-auto" tabIndex={0} role="group" aria-label={t('Table of permissions and roles')}>
      <table className="w-full border-separate border-spacing-0 text-[13px]">
        <thead>
          <tr>
            <th scope="col" className="sticky left-0 top-0 z-20 min-w-44 border-b border-line bg-surface px-4 py-2 text-left text-[12px] font-medium text-ink-3">{t('Permission')}</th>
            {roles.map(r => <th key={r.name} scope="col" className="sticky top-0 z-10 min-w-24 border-b border-line bg-surface px-2 py-2 text-[12px] font-medium text-ink-2">{r.name}{!r.built_in && <Tag>{t('own')}</Tag>}</th>)}
          </tr>
        </thead>
        <tbody>
          {PERMISSION_GROUPS.map(group => (
            <Fragment key={group.all}>
              <tr><th scope="rowgroup" colSpan={roles.length + 1} className="eyebrow bg-sunken px-4 py-1 text-left"><span className="sticky left-4">{group.label}</span></th></tr>
              {group.permissions.map(p => (
                <tr key={p.name} className="group">
                  <th scope="row" className="sticky left-0 z-10 bg-surface px-4 py-1.5 text-left font-normal text-ink group-hover:bg-raised">{p.label}</th>
                  {roles.map(r => <td key={r.name} className={clsx('px-2 py-1.5 text-center group-hover:bg-raised/60')}><Cell role={r} permission={p.name} /></td>)}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  </Panel>
);
