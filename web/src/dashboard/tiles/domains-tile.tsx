import { Link } from '@tanstack/react-router';
import { Globe } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { Domain, Zone } from '../../contracts.js';
import { DOMAIN_STATES } from '../../dns/tls-model.js';
import { t } from '../../texts/text.js';
import { buttonClass } from '../../ui/button.js';
import { StatusPill } from '../../ui/status-pill.js';
import { useDomainRows, useZones } from '../dashboard.data.js';
import { moreClass, Nothing, Tile } from '../tile.js';
import { MOST, TileRows } from '../tile-rows.js';

/** What needs somebody first: gone, changed outside, the others by name. */
const byUrgency = (a: Zone, b: Zone): number => Number(b.gone) - Number(a.gone) || b.drift - a.drift || a.name.localeCompare(b.name);

export const DomainsTile = (): ReactNode => {
  const zones = useZones();
  const domains = useDomainRows().rows;
  const listed = useMemo(() => [...zones.rows.values()].sort(byUrgency), [zones.rows]);
  return (
    <Tile of="domains" title={t('Domains')} aside={<Link to="/domains" className={moreClass}>{t('All domains')}</Link>}>
      <TileRows rows={zones} right="dns.zone.read" what={t('domains')} label={t('Loading domains')}>
        {listed.length === 0
          ? <Nothing icon={<Globe aria-hidden />} action={<Link to="/domains" className={buttonClass('secondary', 'sm')}>{t('Domains')}</Link>}>{t('No domain is managed here yet. Link a Cloudflare account and add its zones: nothing in them is changed by that.')}</Nothing>
          : <ul aria-label={t('Domains')} className="divide-y divide-line">{listed.slice(0, MOST).map(z => <Row key={z.id} zone={z} domain={domains.get(z.id)} />)}</ul>}
      </TileRows>
    </Tile>
  );
};

const Row = ({ zone, domain }: { readonly zone: Zone; readonly domain: Domain | undefined }): ReactNode => {
  const tls = domain && domain.state !== 'undone' ? DOMAIN_STATES[domain.state] : undefined;
  return (
    <li className="relative flex h-14 items-center gap-3 px-4 transition-colors hover:bg-raised/60">
      <Globe aria-hidden className="size-4 shrink-0 text-ink-3" />
      <div className="min-w-0 flex-1">
        <Link to="/domains/$id" params={{ id: zone.id }} className="block truncate text-[13px] font-medium after:absolute after:inset-0">{zone.name}</Link>
        <span className="block truncate text-[12px] text-ink-3">{t('{records, plural, one {# record, {owned, number} ours} other {# records, {owned, number} ours}}', { records: zone.records, owned: zone.owned })}</span>
      </div>
      {zone.drift > 0 && <StatusPill tone="warn">{t('{drift} changed outside', { drift: zone.drift })}</StatusPill>}
      {zone.gone ? <StatusPill tone="bad">{t('Gone')}</StatusPill> : tls && <StatusPill tone={tls.tone} {...(tls.moving ? { moving: true } : {})}>{tls.label}</StatusPill>}
    </li>
  );
};
