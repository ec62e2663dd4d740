import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { useEffect, useRef, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { SERVER_TABS, type ServerTab } from './server-search.js';

/** They scroll sideways where there is no room; the open one is brought into sight. */
export const ServerTabs = ({ id, at }: { readonly id: string; readonly at: ServerTab }): ReactNode => {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => { nav.current?.querySelector(`[data-tab=${at}]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }, [at]);
  return (
    <nav ref={nav} aria-label={t('Parts of this server')} className="-mx-4 -mb-px flex gap-5 overflow-x-auto px-4 [scrollbar-width:none] sm:mx-0 sm:px-0">
      {SERVER_TABS.map(([key, label]) => (
        <Link key={key} data-tab={key} to="/servers/$id" params={{ id }} search={key === 'overview' ? {} : { tab: key }} aria-current={at === key ? 'page' : undefined}
          className={clsx('whitespace-nowrap border-b-2 pb-2 pt-0.5 text-[13px] transition-colors', at === key ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-3 hover:text-ink')}>{label}</Link>
      ))}
    </nav>
  );
};
