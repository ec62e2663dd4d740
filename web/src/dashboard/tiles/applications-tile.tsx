import { Link } from '@tanstack/react-router';
import { AppWindow } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useApplications } from '../../applications/applications.data.js';
import { EntryIcon } from '../../applications/entry-icon.js';
import { shownStatus } from '../../applications/words.js';
import type { Application } from '../../contracts.js';
import { t } from '../../texts/text.js';
import { buttonClass } from '../../ui/button.js';
import { StatusPill, type Tone } from '../../ui/status-pill.js';
import { moreClass, Nothing, Tile } from '../tile.js';
import { MOST, TileRows } from '../tile-rows.js';

const URGENCY: Readonly<Record<Tone, number>> = { bad: 0, warn: 1, info: 2, ok: 3, idle: 4 };
/** What needs somebody first. */
const byUrgency = (a: Application, b: Application): number => URGENCY[shownStatus(a).tone] - URGENCY[shownStatus(b).tone] || a.name.localeCompare(b.name);

export const ApplicationsTile = (): ReactNode => {
  const applications = useApplications();
  const listed = useMemo(() => [...applications.rows.values()].sort(byUrgency), [applications.rows]);
  return (
    <Tile of="applications" title={t('Applications')} aside={<Link to="/applications" className={moreClass}>{t('All applications')}</Link>}>
      <TileRows rows={applications} right="applications.application.read" what={t('applications')} label={t('Loading applications')}>
        {listed.length === 0
          ? <Nothing icon={<AppWindow aria-hidden />} action={<Link to="/catalog" className={buttonClass('secondary', 'sm')}>{t('Catalog')}</Link>}>{t('No applications yet. The catalog shows what would be made where before anything is made.')}</Nothing>
          : <ul aria-label={t('Applications')} className="divide-y divide-line">{listed.slice(0, MOST).map(a => <Row key={a.id} application={a} />)}</ul>}
      </TileRows>
    </Tile>
  );
};

const Row = ({ application: a }: { readonly application: Application }): ReactNode => {
  const { label, tone, moving } = shownStatus(a);
  return (
    <li className="relative flex h-14 items-center gap-3 px-4 transition-colors hover:bg-raised/60">
      <EntryIcon icon={a.icon} name={a.entry_name} />
      <div className="min-w-0 flex-1">
        <Link to="/applications/$id" params={{ id: a.id }} className="block truncate text-[13px] font-medium after:absolute after:inset-0">{a.name}</Link>
        <span className="block truncate text-[12px] text-ink-3">{a.host ?? t('on {server_name}', { server_name: a.server_name })}{a.problem ? `: ${a.problem.message}` : ''}</span>
      </div>
      <StatusPill tone={tone} {...(moving ? { moving } : {})}>{label}</StatusPill>
    </li>
  );
};
