import './index.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useEffect, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { Splash } from './app/brand.js';
import { makeRouter } from './app/router.js';
import { followSystemTheme } from './app/theme.js';
import { Session } from './session/session.js';
import { SessionContext, useSessionState } from './session/session-context.js';
import { isSetUp } from './session/session.data.js';
import { t } from './texts/text.js';
import { Button } from './ui/button.js';
import { ProblemNote } from './ui/problem-note.js';
import { Toaster } from './ui/toaster.js';

const session = new Session(Date.now, new BroadcastChannel('xanthus.session'));
const router = makeRouter(session);
// What changes comes over the socket; what is asked once is asked again only when something says so.
// What is sent without a network is decided in one place (live/sending.ts): the library would keep it for later, and say nothing.
const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false, networkMode: 'always' }, mutations: { networkMode: 'always' } } });

/** How long until an installation that did not answer is asked again, ms. */
const RETRY = 4_000;

const App = (): ReactNode => {
  const state = useSessionState();
  // A log-in or log-out changes which pages may be shown; what was asked for one person is not shown to the next.
  useEffect(() => {
    // Who is here is not known yet: the router would lead to the log-in page, and back again a moment later.
    if (state.status === 'starting' || state.status === 'unreachable') return;
    if (state.status === 'anonymous') queries.clear();
    void router.invalidate();
  }, [state.status]);

  // The note says that the page goes on by itself.
  useEffect(() => {
    if (state.status !== 'unreachable') return;
    const timer = setTimeout(() => void session.start(), RETRY);
    return () => clearTimeout(timer);
  }, [state]);

  if (state.status === 'starting') return <Splash text={t('Opening Xanthus…')} />;
  if (state.status === 'unreachable') {
    return (
      <main className="mx-auto max-w-lg p-6 pt-24">
        <ProblemNote tone="warn" problem={state.problem} />
        <Button kind="primary" className="mt-4" onClick={() => void session.start()}>{t('Try again')}</Button>
      </main>
    );
  }
  return <RouterProvider router={router} />;
};

followSystemTheme();
// A newer console was installed while this page was open: its parts have other names now. Once, so that a real fault shows instead of a loop.
// And only where Xanthus answers: while it does not, what is open is worth more than a page that can't be loaded.
const loadAnew = async (): Promise<void> => {
  if (sessionStorage.getItem('xanthus.reloaded') === location.pathname || !await isSetUp().catch(() => false)) return;
  sessionStorage.setItem('xanthus.reloaded', location.pathname);
  location.reload();
};
addEventListener('vite:preloadError', () => void loadAnew());
addEventListener('online', () => { if (session.get().status === 'unreachable') void session.start(); });
void session.start();

createRoot(document.querySelector('#root') as HTMLElement).render(
  <StrictMode>
    <SessionContext value={session}>
      <QueryClientProvider client={queries}>
        <App />
        <Toaster />
      </QueryClientProvider>
    </SessionContext>
  </StrictMode>,
);
