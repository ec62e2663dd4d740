import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { maySend } from '../../app/nav.js';
import type { Server } from '../../contracts.js';
import { useCan, useClient } from '../../live/live-context.js';
import { LogView } from '../../logs/log-view.js';
import { followServerLog, useServerLog } from '../../logs/logs.data.js';
import { useLogSettings } from '../../logs/use-log-settings.js';
import { t } from '../../texts/text.js';
import { PowerMenu } from '../power-menu.js';
import { useActions } from '../use-actions.js';

const SOURCES = [['system', t('System')], ['k3s', 'K3s']] as const;

/** The journals of a server, and its power beside them. */
export const LogsTab = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const [{ source, lines }, change] = useLogSettings();
  const mayFollow = useCan(maySend(client.tenant, followServerLog, server.id));
  const { blocked } = useActions(server)('read-logs');
  const log = useServerLog({ id: server.id, source, lines, follow: mayFollow && blocked === undefined });
  return (
    <LogView source={log} counts actions={<PowerMenu server={server} />} blocked={blocked} name={`${server.name}-${source}`} label={source === 'k3s' ? t('K3s log of {name}', { name: server.name }) : t('System log of {name}', { name: server.name })}
      unfollowed={mayFollow ? undefined : t('Your role may read this log, not follow it.')} empty={source === 'k3s' && server.facts?.k3s === null ? t('K3s is not installed on this server.') : t('The log is empty.')}>
      <div role="radiogroup" aria-label={t('Which log')} className="inline-flex rounded-md border border-line p-0.5">
        {SOURCES.map(([key, label]) => (
          <button key={key} type="button" role="radio" aria-checked={source === key} onClick={() => change({ source: key })}
            className={clsx('min-h-7 rounded px-2 text-[13px]', source === key ? 'bg-raised font-medium text-ink' : 'text-ink-3 hover:text-ink')}>{label}</button>
        ))}
      </div>
    </LogView>
  );
};
