import { Link } from '@tanstack/react-router';
import { BellOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { ALERT_WORDS } from '../../alerts/alert-rows.js';
import { useAlerts } from '../../alerts/use-alerts.js';
import { t } from '../../texts/text.js';
import { Ago } from '../../ui/ago.js';
import { Dot } from '../../ui/status-pill.js';
import { moreClass, Nothing, Tile } from '../tile.js';
import { MOST, TileRows } from '../tile-rows.js';

export const AlertsTile = (): ReactNode => {
  const { all, ...rows } = useAlerts();
  const open = all.filter(a => a.status === 'open' && a.muted_until === undefined);
  return (
    <Tile of="alerts" title={t('Alerts')} aside={<Link to="/alerts" className={moreClass}>{t('All alerts')}</Link>}>
      <TileRows rows={{ stale_since: null, ...rows }} right="vps.alert.read" what={t('alerts')} label={t('Loading alerts')}>
        {open.length === 0 ? <Nothing icon={<BellOff aria-hidden />}>{t('No alert is open.')}</Nothing> : (
          <ul aria-label={t('Open alerts')} className="divide-y divide-line">
            {open.slice(0, MOST).map(a => (
              <li key={`${a.server} ${a.kind}`} className="relative flex min-h-14 items-center gap-3 px-4 py-2 transition-colors hover:bg-raised/60">
                <Dot tone={a.fresh ? ALERT_WORDS[a.kind].tone : 'info'} />
                <div className="min-w-0 flex-1">
                  <Link to="/servers/$id" params={{ id: a.server }} className="block truncate text-[13px] font-medium after:absolute after:inset-0">{a.name}</Link>
                  <span className="block truncate text-[12px] text-ink-2">{a.message}</span>
                </div>
                <span className="shrink-0 text-right text-[12px] text-ink-3"><span className="block">{ALERT_WORDS[a.kind].label}</span><Ago at={a.raised_at} /></span>
              </li>
            ))}
          </ul>
        )}
      </TileRows>
    </Tile>
  );
};
