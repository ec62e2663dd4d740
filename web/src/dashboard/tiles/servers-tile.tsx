import { Link } from '@tanstack/react-router';
import { Server as ServerIcon } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { Server } from '../../contracts.js';
import { formatPercent } from '../../lib/format.js';
import { AdoptLink } from '../../servers/adopt-link.js';
import { NewServerLink } from '../../servers/new-server-link.js';
import { countByStatus, listServers } from '../../servers/server-list.js';
import { stateOf } from '../../servers/server-state.js';
import { STATUS } from '../../servers/server-status.js';
import { useServers } from '../../servers/servers.data.js';
import { ServerSpark, useMetricsBoard } from '../../servers/use-metrics.js';
import { t } from '../../texts/text.js';
import { Dot, StatusPill } from '../../ui/status-pill.js';
import { moreClass, Nothing, Tile } from '../tile.js';
import { MOST, TileRows } from '../tile-rows.js';

const ORDER = ['reachable', 'unreachable', 'blocked', 'connecting'] as const;

export const ServersTile = (): ReactNode => {
  const servers = useServers();
  const listed = useMemo(() => listServers(servers.rows.values(), { sort: 'status' }), [servers.rows]);
  return (
    <Tile of="servers" title={t('Servers')} aside={<Link to="/servers" className={moreClass}>{t('All servers')}</Link>}>
      <TileRows rows={servers} right="vps.server.read" what={t('servers')} label={t('Loading servers')}>
        {listed.length === 0
          ? <Nothing icon={<ServerIcon aria-hidden />} action={<span className="flex gap-2"><NewServerLink /><AdoptLink /></span>}>{t('No servers yet. Have one made at a provider, or adopt a machine that you reach by SSH.')}</Nothing>
          : <><Counts servers={listed} /><List servers={listed} /></>}
      </TileRows>
    </Tile>
  );
};

const Counts = ({ servers }: { readonly servers: readonly Server[] }): ReactNode => {
  const counts = countByStatus(servers);
  return (
    <ul aria-label={t('Servers by status')} className="grid grid-cols-2 gap-px border-b border-line bg-line sm:grid-cols-4">
      {ORDER.map(s => (
        <li key={s} className="bg-surface">
          <Link to="/servers" search={{ status: s }} className="block px-4 py-2 transition-colors hover:bg-raised/60">
            <span className="eyebrow flex items-center gap-1.5"><Dot tone={counts[s] > 0 ? STATUS[s].tone : 'idle'} />{STATUS[s].label}</span>
            <span className={`figure block text-[18px] font-semibold leading-6 tracking-tight ${counts[s] === 0 ? 'text-ink-3' : ''}`}>{counts[s]}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
};

const List = ({ servers }: { readonly servers: readonly Server[] }): ReactNode => {
  const board = useMetricsBoard(servers.length);
  return (
    <ul aria-label={t('Servers')} className="divide-y divide-line">
      {servers.slice(0, MOST).map(server => {
        const sample = board.last(server.id);
        const { label, tone, moving, sentence } = stateOf(server);
        return (
          <li key={server.id} className="relative flex h-14 items-center gap-4 px-4 transition-colors hover:bg-raised/60">
            <div className="min-w-0 flex-1">
              <Link to="/servers/$id" params={{ id: server.id }} className="block truncate text-[13px] font-medium after:absolute after:inset-0">{server.name}</Link>
              <span className="block truncate text-[12px] text-ink-3">{server.lifecycle && server.lifecycle !== 'ready' ? sentence : server.reason?.message ?? server.facts?.os ?? server.host}</span>
            </div>
            <div className="hidden items-center gap-3 sm:flex">
              <ServerSpark id={server.id} name={server.name} of="cpu" board={board} className="w-20" height={24} />
              <span className="figure w-11 whitespace-nowrap text-right text-[13px] text-ink-2">{sample && server.status === 'reachable' ? formatPercent(sample.cpu) : '–'}</span>
            </div>
            <span className="flex shrink-0 justify-end"><StatusPill tone={tone} {...(moving ? { moving } : {})}>{label}</StatusPill></span>
          </li>
        );
      })}
    </ul>
  );
};
