import { Link, useNavigate } from '@tanstack/react-router';
import { Plus, SquareTerminal } from 'lucide-react';
import type { ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { openSession, type Server } from '../contracts.js';
import { ForwardsPanel } from '../forwards/forwards-panel.js';
import { useCan, useClient } from '../live/live-context.js';
import { sshCommand } from '../server/ssh-command.js';
import { t } from '../texts/text.js';
import { buttonClass } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { EmptyState } from '../ui/panel.js';
import { SessionList } from './session-list.js';
import { useSessions } from './terminals.data.js';

/** The tab of a server: its sessions, and a new one. */
export const ServerTerminals = ({ server }: { readonly server: Server }): ReactNode => {
  const { tenant } = useClient();
  const navigate = useNavigate();
  const may = useCan(maySend(tenant, openSession));
  const sessions = [...useSessions().rows.values()].filter(s => s.server === server.id);
  const open = may && <Link to="/terminals" search={{ open: server.id }} className={buttonClass('primary')}><Plus aria-hidden className="size-4" />{t('Open a terminal')}</Link>;
  const own = server.host && <div className="mx-auto mt-3 max-w-md text-left"><p className="mb-1.5 text-[13px] text-ink-3">{t('From your own machine:')}</p><Code block text={sshCommand(server)} label={t('Copy SSH command')} /></div>;
  const ports = <div className="mt-6"><ForwardsPanel server={server.id} /></div>;
  if (sessions.length === 0) {
    return <><EmptyState icon={<SquareTerminal />} title={t('No terminal is open on this server')} action={open}><p>{may ? t('A shell in this page, which stays when the page is reloaded.') : t('Your role may not open terminals.')}</p>{own}</EmptyState>{ports}</>;
  }
  return <><div className="mb-4 flex justify-end">{open}</div><SessionList sessions={sessions} shown={[]} onShow={s => void navigate({ to: '/terminals/$id', params: { id: s.id } })} />{own}{ports}</>;
};
