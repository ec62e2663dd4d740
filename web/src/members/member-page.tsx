import { useNavigate, useParams } from '@tanstack/react-router';
import { useMutation } from '@tanstack/react-query';
import { Ellipsis, KeyRound, UserMinus, UserX } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { Member } from '../contracts.js';
import { formatDay, formatTime, shortId } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { useApiKeys } from '../security/security.data.js';
import { useTenantName } from '../session/session-context.js';
import { t } from '../texts/text.js';
import { Button, IconButton } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Code } from '../ui/copy-button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Menu, MenuItem, MenuLine } from '../ui/menu.js';
import { EmptyState, Facts, PageBody, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ListStates } from '../ui/row-list.js';
import { ShownOnce } from '../ui/shown-once.js';
import { toast } from '../ui/toaster.js';
import { Explain } from './explain.js';
import { NOT_ALLOWED, RoleSelect } from './members-page.js';
import { issueResetLink, leaveTenant, removeMember, useMembers } from './members.data.js';
import { useRoles } from './roles.js';
import { useNames, usePersons } from './use-names.js';

const CRUMBS = [{ label: t('Members'), to: '/members' }] as const;

export const MemberPage = (): ReactNode => {
  const { id } = useParams({ from: '/shell/members/$id' });
  const list = useMembers();
  const member = list.rows.get(id);
  if (member) return <Known key={id} id={id} member={member} />;
  return (
    <Page title={t('Member')} crumbs={CRUMBS}>
      <PageBody>
        <ListStates of={list} what={t('the members')} right="auth.member.read" count={0} empty={<EmptyState icon={<UserX />} title={t('Not a member')}>{t('Nobody of this organisation has this id; they may have been removed.')}</EmptyState>}>{null}</ListStates>
      </PageBody>
    </Page>
  );
};

const Known = ({ id, member }: { readonly id: string; readonly member: Member }): ReactNode => {
  const client = useClient();
  const navigate = useNavigate();
  const organisation = useTenantName();
  const person = usePersons().get(id);
  const names = useNames();
  const me = id === client.user.id;
  const name = person?.name ?? (me ? client.user.name : t('Person {id}', { id: shortId(id) }));
  const mayRemove = useCan(maySend(client.tenant, removeMember, id));
  const mayReset = useCan(maySend(client.tenant, issueResetLink, id));
  const mayLeave = useCan(maySend(client.tenant, leaveTenant, id));
  const role = useRoles().find(r => r.name === member.role);
  const keys = [...useApiKeys().rows.values()].filter(k => k.created_by.id === id);
  const [dialog, setDialog] = useState<'remove' | 'leave' | 'reset'>();
  const close = (): void => setDialog(undefined);
  const by = member.added_by.kind === 'person' ? names.get(member.added_by.id) : undefined;
  const [one] = keys;
  const revoked = { n: keys.length, name: one?.name ?? '', names: keys.map(k => k.name).join(', ') };
  const ending = keys.length === 0 ? '' : ` ${me ? t('{n, plural, one {The API key {name} that you made is revoked.} other {# API keys that you made ({names}) are revoked.}}', revoked) : t('{n, plural, one {The API key {name} that they made is revoked.} other {# API keys that they made ({names}) are revoked.}}', revoked)}`;
  return (
    <Page title={name} crumbs={CRUMBS}
      actions={(
        <Menu trigger={<IconButton label={t('Actions')}><Ellipsis aria-hidden className="size-4" /></IconButton>}>
          {!me && <MenuItem icon={<KeyRound aria-hidden />} onSelect={() => setDialog('reset')} blocked={mayReset ? undefined : NOT_ALLOWED}>{t('Make a password link…')}</MenuItem>}
          {!me && <MenuLine />}
          {me ? <MenuItem danger icon={<UserMinus aria-hidden />} onSelect={() => setDialog('leave')} blocked={mayLeave ? undefined : NOT_ALLOWED}>{t('Leave {organisation}…', { organisation })}</MenuItem>
            : <MenuItem danger icon={<UserMinus aria-hidden />} onSelect={() => setDialog('remove')} blocked={mayRemove ? undefined : NOT_ALLOWED}>{t('Remove…')}</MenuItem>}
        </Menu>
      )}>
      <PageBody>
        <div className="grid gap-4">
          <Panel title={t('Member')}>
            <Facts of={{ service: 'auth', view: 'members', id }} rows={[
              ...(person ? [['E-mail', <Code key="m" text={person.email} label={t('Copy e-mail')} />] as const] : []),
              [t('Role'), <div key="r" className="grid gap-1.5"><span className={me ? '-ml-2.5' : ''}><RoleSelect id={id} role={member.role} name={name} /></span>{role?.description && <span className="text-ink-3">{role.description}</span>}</div>, 'role'],
              [t('Since'), `${formatDay(Date.parse(member.joined_at))}${by ? t(', added by {by}', { by }) : ''}`, 'joined_at'],
              [t('Id'), <Code key="i" text={id} label={t('Copy id')} />],
            ]} />
          </Panel>
          <Explain id={id} name={me ? 'you' : name} />
        </div>
      </PageBody>
      <ConfirmDialog open={dialog === 'remove'} onClose={close} title={t('Remove {name}?', { name })} action={t('Remove member')}
        effect={t('They lose every right in {organisation} at once: their sessions here end and their open pages log out.{ending} Their account and other organisations stay; you can add them again.', { organisation, ending })}
        run={() => removeMember(client, id, {})} onDone={() => { toast(t('Member removed'), t('{name} is out.', { name })); void navigate({ to: '/members' }); }} />
      <ConfirmDialog open={dialog === 'leave'} onClose={close} title={t('Leave {organisation}?', { organisation })} action={t('Leave')}
        effect={t('You lose every right in {organisation} at once and your sessions here end.{ending} Only somebody of {organisation} can add you again.', { organisation, ending })}
        run={() => leaveTenant(client, id, {})} />
      <Dialog open={dialog === 'reset'} onOpenChange={open => { if (!open) close(); }} title={t('A password link for {name}', { name })}>{dialog === 'reset' && <ResetLink id={id} name={name} onDone={close} />}</Dialog>
    </Page>
  );
};

const ResetLink = ({ id, name, onDone }: { readonly id: string; readonly name: string; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const [factorToo, setFactorToo] = useState(false);
  const issue = useMutation({ mutationFn: () => issueResetLink(client, id, { second_factor_too: factorToo }) });
  if (issue.data) {
    return (
      <ShownOnce secret={`${location.origin}/reset#${issue.data.token}`} copyLabel={t('Copy link')} done={t('Done')} onDone={onDone}>
        {t('Hand this link to {name} over a channel you trust: whoever has it can take over the account. It works once, until {time}, and is shown only now.', { name, time: formatTime(Date.parse(issue.data.expires_at)) })}
      </ShownOnce>
    );
  }
  return (
    <>
      <p className="text-ink-2">{t('With the link {name} sets a new password; then all their sessions end, in every organisation. Nothing is mailed: you hand it over.', { name })}</p>
      <label className="mt-4 flex items-start gap-2"><input type="checkbox" checked={factorToo} onChange={e => setFactorToo(e.target.checked)} className="mt-1 size-4 accent-(--accent)" /><span>{t('Take the second factor away too')}<span className="block text-[13px] text-ink-3">{t('For somebody who lost the phone and the recovery codes.')}</span></span></label>
      {issue.error && <ProblemNote className="mt-3" problem={toProblem(issue.error)} />}
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" busy={issue.isPending} onClick={() => issue.mutate()}>{t('Make link')}</Button></DialogActions>
    </>
  );
};
