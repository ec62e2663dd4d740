import { useMutation, useQuery } from '@tanstack/react-query';
import { LogOut, MonitorSmartphone } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Page } from '../app/page.js';
import type { SessionRow } from '../contracts.js';
import { formatMoment } from '../lib/format.js';
import { useClient } from '../live/live-context.js';
import { useSessionState } from '../session/session-context.js';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { PageBody, Panel } from '../ui/panel.js';
import { ListRow, ListStates, Tag } from '../ui/row-list.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { revokeAllSessions, revokeSession, sessionAddresses, useOwnSessions } from './account.data.js';

const BY: Readonly<Record<NonNullable<SessionRow['method']>, string>> = { password: t('by password'), oidc: t('by single sign-on'), cloudflare: t('by Cloudflare token'), setup: t('at set-up'), switch: t('by a change of organisation') };

/** From where each session was opened: personal, so it is asked for and in no view. Asked again when the list changes. */
const useAddresses = (ids: string): ReadonlyMap<string, string> => {
  const client = useClient();
  const { data } = useQuery({ queryKey: ['session-addresses', client.user.id, ids], queryFn: () => sessionAddresses(client), placeholderData: previous => previous });
  return new Map(data?.sessions.map(s => [s.id, s.address]));
};

/** Where one is logged in, and the end of it. */
export const SessionsPage = (): ReactNode => {
  const client = useClient();
  const state = useSessionState();
  const own = state.status === 'signed_in' ? state.identity.session : undefined;
  const list = useOwnSessions();
  const addresses = useAddresses([...list.rows.keys()].join());
  const [endingAll, setEndingAll] = useState(false);
  const end = useMutation({ mutationFn: (id: string) => revokeSession(client, id), onSuccess: () => toast(t('Session ended'), t('That page is logged out.')), onError: toastProblem });
  const sessions = [...list.rows.values()].sort((a, b) => Number(b.id === own) - Number(a.id === own) || b.refreshed_at.localeCompare(a.refreshed_at));
  const others = sessions.length - sessions.filter(s => s.id === own).length;
  return (
    <Page title={t('Sessions')} actions={others > 0 && <Button kind="danger" icon={<LogOut aria-hidden className="size-4" />} onClick={() => setEndingAll(true)}>{t('End all others')}</Button>}>
      <PageBody narrow>
        <ListStates of={list} what={t('sessions')} right="auth.session.read" count={sessions.length} empty={<Panel><p className="py-6 text-center text-ink-3">{t('No session is open.')}</p></Panel>}>
          <Panel flush>
            <ul aria-label={t('Open sessions')} className="divide-y divide-line">
              {sessions.map(s => (
                <ListRow key={s.id} icon={<MonitorSmartphone />} why={{ service: 'auth', view: 'sessions', tenant: 'xanthus', id: `${s.person}.${s.id}`, name: s.device }} title={<>{s.device}{s.id === own && <Tag strong>{t('this one')}</Tag>}</>}
                  text={<>{addresses.get(s.id) && <><span className="font-mono">{addresses.get(s.id)}</span> · </>}{rich('{tenant} · since {time}{method} · active {when}', { tenant: s.tenant, time: formatMoment(Date.parse(s.opened_at)), method: s.method ? `, ${BY[s.method]}` : '', when: <Ago at={s.refreshed_at} /> })}</>}
                  actions={s.id !== own && <Button size="sm" kind="danger" aria-label={t('End {device}', { device: s.device })} busy={end.isPending && end.variables === s.id} onClick={() => end.mutate(s.id)}>{t('End')}</Button>} />
              ))}
            </ul>
          </Panel>
          <p className="mt-3 px-1 text-[13px] text-ink-3">{t('A session that you don’t know? End it and change your password: who has the password could log in again.')}</p>
        </ListStates>
      </PageBody>
      <ConfirmDialog open={endingAll} onClose={() => setEndingAll(false)} title={t('End all other sessions?')} action={t('{others, plural, one {End # session} other {End # sessions}}', { others })}
        effect={t('{others, plural, one {One session ends at once, in every organisation, and the pages that use it log out. This one stays.} other {# sessions end at once, in every organisation, and the pages that use them log out. This one stays.}}', { others })}
        run={() => revokeAllSessions(client)} onDone={() => toast(t('The other sessions ended'))} />
    </Page>
  );
};
