import { useMutation } from '@tanstack/react-query';
import { LogOut, MonitorSmartphone } from 'lucide-react';
import type { ReactNode } from 'react';
import { Page } from '../app/page.js';
import { revokeSession, type SessionRow } from '../contracts.js';
import { formatMoment } from '../lib/format.js';
import { useClient, useRows } from '../live/live-context.js';
import { useSession, useSessionState } from '../session/session-context.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { Facts, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast, toastProblem } from '../ui/toaster.js';

/** Persons and their sessions belong to the installation, not to a tenant. */
const INSTALLATION = 'xanthus';

export const AccountPage = (): ReactNode => {
  const session = useSession();
  const state = useSessionState();
  if (state.status !== 'signed_in') return null;
  const { user, tenant } = state.identity;
  return (
    <Page title="Account" actions={<Button icon={<LogOut aria-hidden className="size-4" />} onClick={() => void session.logout().catch(toastProblem)}>Log out</Button>}>
      <PageBody narrow>
        <div className="grid gap-4">
          <Panel title="You"><Facts rows={[['Name', user.name], ['E-mail', user.email], ['Organisation', tenant.name], ['Id', <Code key="id" text={user.id} label="Copy id" />]]} /></Panel>
          <Sessions own={state.identity.session} />
        </div>
      </PageBody>
    </Page>
  );
};

const Sessions = ({ own }: { readonly own: string | undefined }): ReactNode => {
  const client = useClient();
  const { status, rows, problem } = useRows<SessionRow>('auth', INSTALLATION, 'sessions', `${client.user.id}.*`);
  const end = useMutation({ mutationFn: (id: string) => client.command(revokeSession, {}, { id, tenant: INSTALLATION }), onSuccess: () => toast('Session ended', 'That page is logged out.'), onError: toastProblem });
  const sessions = [...rows.values()].sort((a, b) => b.refreshed_at.localeCompare(a.refreshed_at));
  return (
    <Panel title="Open sessions" flush>
      {status === 'loading' && <SkeletonRows rows={2} label="Loading sessions" />}
      {(status === 'denied' || status === 'failed') && problem && <ProblemNote className="m-4" problem={problem} />}
      {status === 'ready' && sessions.length === 0 && <p className="p-6 text-center text-[13px] text-ink-3">No other session is open.</p>}
      <ul aria-label="Open sessions" className="divide-y divide-line">
        {sessions.map(s => (
          <li key={s.id} className="flex items-center gap-3 px-4 py-3">
            <MonitorSmartphone aria-hidden className="size-4 shrink-0 text-ink-3" />
            <div className="min-w-0 flex-1">
              <p className="text-[13px] font-medium">{s.device}{s.id === own && <span className="ml-1.5 font-normal text-accent-ink">this one</span>}</p>
              <p className="text-[12px] text-ink-3">Since {formatMoment(Date.parse(s.opened_at))} · active <Ago at={s.refreshed_at} /></p>
            </div>
            {s.id !== own && <Button size="sm" kind="danger" busy={end.isPending && end.variables === s.id} onClick={() => end.mutate(s.id)}>End</Button>}
          </li>
        ))}
      </ul>
    </Panel>
  );
};
