import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { ArrowUpRight } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { sectionsOf, type Section } from './sections.js';

/** The third level: beside the page where there is room, in one line above it where there is not. */
export const SettingsNav = (): ReactNode => {
  const groups = sectionsOf(useClient().tenant);
  const list = useRef<HTMLUListElement>(null);
  // In one line, where one is may lie outside of what is in sight.
  useEffect(() => {
    const line = list.current;
    const item = line?.querySelector<HTMLElement>('[aria-current="page"]');
    if (line && item) line.scrollLeft = item.offsetLeft - (line.clientWidth - item.offsetWidth) / 2;
  }, []);
  return (
    <nav aria-label={t('Parts of the settings')} className="md:sticky md:top-20 md:w-60 md:shrink-0 md:self-start">
      <ul ref={list} className="relative -mx-4 flex gap-1 overflow-x-auto px-4 pb-1 md:mx-0 md:block md:space-y-5 md:overflow-visible md:px-0 md:pb-0">
        {groups.map(({ group, items }) => (
          <li key={group} className="contents md:block">
            <p className="eyebrow hidden px-2.5 pb-1 md:block">{group}</p>
            <ul aria-label={group} className="contents md:block">
              {items.map(item => <Item key={item.to} item={item} />)}
            </ul>
          </li>
        ))}
      </ul>
    </nav>
  );
};

const Item = ({ item }: { readonly item: Section }): ReactNode => (
  <li className="shrink-0">
    <Link to={item.to} activeOptions={{ exact: true }}
      className={clsx('group relative flex h-8 items-center gap-2.5 whitespace-nowrap rounded-md border border-line px-2.5 text-[13px] text-ink-2 transition-colors hover:bg-raised hover:text-ink md:border-transparent', 'away' in item && 'max-md:hidden')}
      activeProps={{ className: 'bg-raised font-medium text-ink md:before:absolute md:before:inset-y-1.5 md:before:left-0 md:before:w-0.5 md:before:rounded-full md:before:bg-accent' }}>
      <item.icon aria-hidden className="size-4 shrink-0 text-ink-3" /><span className="min-w-0 truncate">{item.label}</span>
      {'away' in item && <ArrowUpRight aria-hidden className="ml-auto size-3.5 shrink-0 text-ink-3 opacity-0 transition-opacity group-hover:opacity-100" />}
    </Link>
  </li>
);
