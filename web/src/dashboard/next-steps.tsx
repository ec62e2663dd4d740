import { Link } from '@tanstack/react-router';
import { ChevronRight, KeyRound, PlugZap, Server as ServerIcon, UserPlus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { addMember, adoptServer, createCredential, generateSshKey, type Credential, type Member, type Server, type SshKey } from '../contracts.js';
import { useCan, useClient, useRows } from '../live/live-context.js';
import { Button } from '../ui/button.js';
import { Panel } from '../ui/panel.js';

const HIDDEN = 'xanthus.next-steps';

/** What a young organisation has not done yet, for who may do it. Gone when all is done, or when somebody hides it. */
export const NextSteps = ({ servers }: { readonly servers: readonly Server[] }): ReactNode => {
  const { tenant } = useClient();
  const members = useRows<Member>('auth', tenant, 'members');
  const keys = useRows<SshKey>('vps', tenant, 'ssh-keys');
  const credentials = useRows<Credential>('auth', tenant, 'credentials');
  const may = { adopt: useCan(maySend(tenant, adoptServer)), add: useCan(maySend(tenant, addMember)), key: useCan(maySend(tenant, generateSshKey)), credential: useCan(maySend(tenant, createCredential)) };
  const [hidden, setHidden] = useState(() => localStorage.getItem(HIDDEN) === tenant);
  const hide = (): void => { localStorage.setItem(HIDDEN, tenant); setHidden(true); };

  const steps = [
    may.adopt && servers.every(s => s.provider === 'sandbox') && { to: '/servers/adopt', icon: <ServerIcon />, title: 'Adopt a machine of your own', text: 'Any machine that you reach by SSH. Nothing is installed on it.' } as const,
    may.key && keys.status === 'ready' && keys.rows.size === 0 && { to: '/ssh-keys', icon: <KeyRound />, title: 'Make an SSH key for Xanthus', text: 'Then no password and no key of yours has to be given away.' } as const,
    may.add && members.status === 'ready' && members.rows.size === 1 && { to: '/members', icon: <UserPlus />, title: 'Add a second person', text: 'So that somebody else can get in when you can’t.' } as const,
    may.credential && credentials.status === 'ready' && credentials.rows.size === 0 && { to: '/credentials', icon: <PlugZap />, title: 'Let a program in', text: 'A credential lets it send commands and follow events over NATS.' } as const,
  ].filter(step => step !== false);

  if (hidden || steps.length === 0) return null;
  return (
    <Panel title="Next steps" flush aside={<Button kind="quiet" size="sm" onClick={hide}>Hide</Button>}>
      <ul className="divide-y divide-line">
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
    </Panel>
  );
};
