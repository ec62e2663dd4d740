import { Link } from '@tanstack/react-router';
import { INSTALLATION } from '@xanthus/proto';
import { Bell } from 'lucide-react';
import type { ReactNode } from 'react';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Hint } from '../ui/button.js';
import { countFresh } from './alert-rows.js';
import { useAlerts } from './use-alerts.js';

/** In the head of every page: how many alerts nobody has seen to. The installation itself has no servers. */
export const AlertBell = (): ReactNode => (useClient().tenant === INSTALLATION ? null : <Shown />);

const Shown = (): ReactNode => {
  const { status, all } = useAlerts();
  if (status === 'denied') return null;
  const count = countFresh(all);
  const text = count === 0 ? t('Alerts: none needs you') : t('{count, plural, one {One alert needs you} other {# alerts need you}}', { count });
  return (
    <Hint text={text}>
      <Link to="/alerts" aria-label={text} data-testid="alert-bell" data-count={count} className={`relative ${count === 0 ? 'hidden sm:inline-flex' : 'inline-flex'} size-8 items-center justify-center rounded-md text-ink-3 transition-colors hover:bg-raised hover:text-ink`}>
        <Bell aria-hidden className="size-4" />
        {count > 0 && <span aria-hidden className="figure absolute right-0 top-0 grid h-4 min-w-4 place-items-center rounded-full bg-accent px-1 text-[10px] font-semibold leading-none text-on-accent">{count > 99 ? '99+' : count}</span>}
      </Link>
    </Hint>
  );
};
