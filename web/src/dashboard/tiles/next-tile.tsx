import { Link } from '@tanstack/react-router';
import { ChevronRight, KeyRound, ListChecks, PlugZap, Server as ServerIcon, UserPlus } from 'lucide-react';
import type { ReactNode } from 'react';
import { maySend } from '../../app/nav.js';
import { generateSshKey, useSshKeys } from '../../keys/keys.data.js';
import { useCan, useClient } from '../../live/live-context.js';
import { addMember, createCredential, useCredentials, useMembers } from '../../members/members.data.js';
import { adoptServer, useServers } from '../../servers/servers.data.js';
import { t } from '../../texts/text.js';
import { Nothing, Tile } from '../tile.js';

/** What a young organisation has not done yet, for who may do it. */
export const NextTile = (): ReactNode => {
  const { tenant } = useClient();
  const servers = useServers();
  const members = useMembers();
  const keys = useSshKeys();
  const credentials = useCredentials();
  const may = { adopt: useCan(maySend(tenant, adoptServer)), add: useCan(maySend(tenant, addMember)), key: useCan(maySend(tenant, generateSshKey)), credential: useCan(maySend(tenant, createCredential)) };
  const steps = [
    may.adopt && servers.status === 'ready' && [...servers.rows.values()].every(s => s.provider === 'sandbox') && { to: '/servers/adopt', icon: <ServerIcon />, title: t('Adopt a machine of your own'), text: t('Any machine that you reach by SSH. Nothing is installed on it.') } as const,
    may.key && keys.status === 'ready' && keys.rows.size === 0 && { to: '/ssh-keys', icon: <KeyRound />, title: t('Make an SSH key for Xanthus'), text: t('Then no password and no key of yours has to be given away.') } as const,
    may.add && members.status === 'ready' && members.rows.size === 1 && { to: '/members', icon: <UserPlus />, title: t('Add a second person'), text: t('So that somebody else can get in when you can’t.') } as const,
    may.credential && credentials.status === 'ready' && credentials.rows.size === 0 && { to: '/credentials', icon: <PlugZap />, title: t('Let a program in'), text: t('A credential lets it send commands and follow events over NATS.') } as const,
  ].filter(step => step !== false);
  return (
    <Tile of="next" title={t('Next steps')}>
      {steps.length === 0 ? <Nothing icon={<ListChecks aria-hidden />}>{t('All is done that a new organisation should do.')}</Nothing> : (
        <ul aria-label={t('Next steps')} className="divide-y divide-line">
          {steps.map(step => (
            <li key={step.to} className="relative flex items-center gap-3 px-4 py-3 transition-colors hover:bg-raised/60">
              <span aria-hidden className="text-accent-ink [&>svg]:size-4.5">{step.icon}</span>
              <div className="min-w-0 flex-1">
                <Link to={step.to} className="block text-[13px] font-medium after:absolute after:inset-0">{step.title}</Link>
                <p className="text-[12px] text-ink-3">{step.text}</p>
              </div>
              <ChevronRight aria-hidden className="size-4 text-ink-3" />
            </li>
          ))}
        </ul>
      )}
    </Tile>
  );
};
