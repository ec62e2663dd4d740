import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { SETTINGS_TABS, type SettingsTab } from './settings-search.js';

/** They scroll sideways where there is no room. */
export const SettingsTabs = ({ at }: { readonly at: SettingsTab }): ReactNode => (
  <nav aria-label="Parts of the settings" className="-mb-px flex gap-5 overflow-x-auto">
    {SETTINGS_TABS.map(([key, label]) => (
      <Link key={key} to="/settings" search={key === 'general' ? {} : { tab: key }} aria-current={at === key ? 'page' : undefined}
        className={clsx('whitespace-nowrap border-b-2 pb-2 pt-0.5 text-[13px] transition-colors', at === key ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-3 hover:text-ink')}>{label}</Link>
    ))}
  </nav>
);
