import { clsx } from 'clsx';
import { Link, useLocation } from '@tanstack/react-router';
import { ChevronRight, Menu as MenuIcon, Search } from 'lucide-react';
import { createContext, lazy, Suspense, useContext, useEffect, type ReactNode } from 'react';
import { NoticeBell } from '../notifications/notice-bell.js';
import { isSettings } from '../settings/settings-search.js';
import { PastBody } from '../past/no-past.js';
import { PastBar, TimeControl } from '../past/time-control.js';
import { t } from '../texts/text.js';
import { IconButton } from '../ui/button.js';
import { Skeleton } from '../ui/panel.js';
import { ConnectionIndicator, StaleNotice } from './connection-indicator.js';

export const ShellContext = createContext<{ openMenu(): void; openPalette(): void; /** Of the keyboard. */ openHelp(): void; /** To screen readers: another page is shown. */ announce(title: string): void }>({ openMenu: () => undefined, openPalette: () => undefined, openHelp: () => undefined, announce: () => undefined });

const loadNav = (): Promise<typeof import('../settings/settings-nav.js')> => import('../settings/settings-nav.js');
const SettingsNav = lazy(async () => ({ default: (await loadNav()).SettingsNav }));
// Who opens the settings by their address gets the list while the connection is made.
if (typeof location !== 'undefined' && isSettings(location.pathname)) void loadNav();

/** Of the page that was shown last. */
let shown: string | undefined;

/** Who pressed something that went with its page goes on at the top of the next one, not at the browser's own bar. */
const useFocusOnMain = (): void => {
  const path = useLocation({ select: location => location.pathname });
  useEffect(() => {
    if (shown !== undefined && shown !== path && document.activeElement === document.body) document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true });
    shown = path;
  }, [path]);
};

interface Props {
  readonly title: string;
  /** Where this belongs, outermost first. */
  readonly crumbs?: readonly { readonly label: string; readonly to: '/' | '/servers' | '/applications' | '/recordings' | '/catalog' | '/domains' | '/members' | '/roles' }[];
  readonly status?: ReactNode;
  readonly actions?: ReactNode;
  readonly tabs?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of a page: breadcrumb, name and status once, its actions, then the body. */
export const Page = ({ title, crumbs = [], status, actions, tabs, children }: Props): ReactNode => {
  const shell = useContext(ShellContext);
  const settings = useLocation({ select: location => isSettings(location.pathname) });
  useFocusOnMain();
  useEffect(() => {
    document.title = `${title} · Xanthus`;
    shell.announce(title);
  }, [title, shell]);
  return (
    <>
      <header className="sticky top-0 z-20 border-b border-line bg-canvas/90 backdrop-blur-md">
        <div className={clsx('mx-auto flex min-h-13 max-w-[1180px] flex-wrap items-center gap-2 px-3 sm:flex-nowrap sm:px-6', actions && 'pt-1.5 sm:pt-0')}>
          <IconButton label={t('Open menu')} className="lg:hidden" onClick={shell.openMenu}><MenuIcon aria-hidden className="size-4.5" /></IconButton>
          <nav aria-label={t('Breadcrumb')} className="min-w-0 flex-1 sm:flex-initial">
            <ol className="flex min-w-0 items-center gap-1">
              {crumbs.map(crumb => (
                <li key={crumb.to} className="hidden items-center gap-1 text-ink-3 sm:flex">
                  <Link to={crumb.to} className="rounded px-1 hover:text-ink">{crumb.label}</Link><ChevronRight aria-hidden className="size-3.5" />
                </li>
              ))}
              <li className="min-w-0" aria-current="page"><h1 className="truncate text-[15px] font-semibold tracking-tight">{title}</h1></li>
            </ol>
          </nav>
          {status}
          {/* On a phone they have a row of their own: the name of the page stays to be read. */}
          {actions && <div className="order-last flex min-w-0 basis-full flex-wrap items-center justify-end gap-1.5 pb-2 sm:order-none sm:ml-auto sm:basis-auto sm:flex-nowrap sm:pb-0">{actions}</div>}
          <div className={clsx('flex items-center gap-1.5', !actions && 'sm:ml-auto')}>
            <TimeControl />
            <NoticeBell />
            <IconButton label={t('Go to… (Ctrl K)')} onClick={shell.openPalette}><Search aria-hidden className="size-4" /></IconButton>
            <span className="lg:hidden"><ConnectionIndicator compact /></span>
          </div>
        </div>
        {tabs && <div className="mx-auto max-w-[1180px] px-4 sm:px-6">{tabs}</div>}
        <StaleNotice />
        <PastBar />
      </header>
      {settings ? (
        <div className="mx-auto flex max-w-[1180px] flex-col px-4 pt-5 sm:px-6 md:flex-row md:gap-8">
          <Suspense fallback={<div className="h-9 md:w-60 md:shrink-0"><Skeleton className="h-8" /></div>}><SettingsNav /></Suspense>
          {/* The body brings its own frame: here it stands within this one. */}
          <main id="main" tabIndex={-1} className="-mx-4 min-w-0 flex-1 outline-none sm:-mx-6 md:mx-0 md:[&>div]:px-0 md:[&>div]:pt-0"><PastBody>{children}</PastBody></main>
        </div>
      ) : <main id="main" tabIndex={-1} className="outline-none"><PastBody>{children}</PastBody></main>}
    </>
  );
};
