import { useMutation, useQuery } from '@tanstack/react-query';
import { Ban, Mail, RotateCw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { mayAsk, maySend } from '../app/nav.js';
import type { Invitation } from '../contracts.js';
import { shortId } from '../lib/format.js';
import { useCan, useClient } from '../live/live-context.js';
import { expiryState } from '../security/expiry.js';
import { rich, t } from '../texts/text.js';
import { Ago, useNow } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Dialog } from '../ui/dialog.js';
import { Panel } from '../ui/panel.js';
import { ListRow } from '../ui/row-list.js';
import { StatusPill } from '../ui/status-pill.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { InvitationLink } from './add-person.js';
import { invitationNames, resendInvitation, revokeInvitation, useInvitations } from './members.data.js';
import { useNames } from './use-names.js';

/** Addresses that invitations went to, for who may invite; asked again when the list changes. */
const useAddresses = (ids: string): ReadonlyMap<string, string> => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, invitationNames));
  const { data } = useQuery({ queryKey: ['invitation-names', client.tenant, ids], queryFn: () => invitationNames(client, {}), enabled: may && ids !== '', placeholderData: previous => previous });
  return new Map(data?.invitations.map(i => [i.id, i.email]));
};

/** Who was invited and has not come yet. Shown while there is somebody. */
export const Invitations = (): ReactNode => {
  const client = useClient();
  const { rows } = useInvitations();
  const addresses = useAddresses([...rows.keys()].join());
  const names = useNames();
  const now = useNow(60_000);
  const may = useCan(maySend(client.tenant, resendInvitation, '*'));
  const [revoking, setRevoking] = useState<Invitation>();
  const resend = useMutation({ mutationFn: (id: string) => resendInvitation(client, id, {}), onError: toastProblem });
  if (rows.size === 0) return null;
  const address = (i: Invitation | undefined): string => (i ? addresses.get(i.id) ?? t('Invitation {id}', { id: shortId(i.id) }) : '');
  const invitations = [...rows.values()].sort((a, b) => b.invited_at.localeCompare(a.invited_at));
  return (
    <Panel title={t('Open invitations')} flush>
      <ul aria-label={t('Open invitations')} className="divide-y divide-line">
        {invitations.map(i => {
          const state = expiryState(Date.parse(i.expires_at), now);
          const by = names.get(i.invited_by.id);
          return (
            <ListRow key={i.id} icon={<Mail />} why={{ service: 'auth', view: 'invitations', id: i.id, name: address(i) }} title={address(i)} text={<>{rich('As {role} · invited {when}', { role: i.role, when: <Ago at={i.invited_at} /> })}{by ? t(' by {by}', { by }) : ''}{i.sent > 1 ? t('{sent, plural, one { · link renewed once} other { · link renewed # times}}', { sent: i.sent - 1 }) : ''}</>}
              aside={<StatusPill tone={state.tone === 'warn' ? 'idle' : state.tone}>{state.text}</StatusPill>}
              actions={may && (
                <>
                  <Button size="sm" icon={<RotateCw aria-hidden className="size-3.5" />} busy={resend.isPending && resend.variables === i.id} aria-label={t('New link for {address}', { address: address(i) })} onClick={() => resend.mutate(i.id)}>{t('New link')}</Button>
                  <Button size="sm" kind="danger" icon={<Ban aria-hidden className="size-3.5" />} aria-label={t('Revoke the invitation of {address}', { address: address(i) })} onClick={() => setRevoking(i)}>{t('Revoke')}</Button>
                </>
              )} />
          );
        })}
      </ul>
      <Dialog open={resend.data !== undefined} onOpenChange={open => { if (!open) resend.reset(); }} title={t('A new link')} description={t('The old link opens nothing any more.')}>
        {resend.data && <InvitationLink email={addresses.get(resend.variables) ?? t('the invited person')} token={resend.data.token} expires_at={resend.data.expires_at} onDone={resend.reset} />}
      </Dialog>
      <ConfirmDialog open={revoking !== undefined} onClose={() => setRevoking(undefined)} title={t('Revoke the invitation of {address}?', { address: address(revoking) })} action={t('Revoke invitation')} effect={t('The link opens nothing any more. You can invite them again.')}
        run={() => revokeInvitation(client, revoking?.id ?? '', {})} onDone={() => toast(t('Invitation revoked'))} />
    </Panel>
  );
};
