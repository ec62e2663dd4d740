import { Link } from '@tanstack/react-router';
import { Bell, CheckCheck } from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { IconButton } from '../ui/button.js';
import { useNotices } from './notifications.data.js';

const NoticePanel = lazy(() => import('./notice-panel.js').then(m => ({ default: m.NoticePanel })));

/** In the head of every page: how much one has not read, and the newest of it. */
export const NoticeBell = (): ReactNode => {
  const notices = useNotices();
  const [opened, setOpened] = useState(false);
  /** Once it was opened it stays, so that the focus finds its button again. */
  const [loaded, setLoaded] = useState(false);
  const { unread } = notices;
  const text = t('{unread, plural, =0 {Notices: none is unread} one {Notices: # is unread} other {Notices: # are unread}}', { unread });
  const face = (
    <>
      <Bell aria-hidden className="size-4" />
      {unread > 0 && <span aria-hidden className="figure absolute right-0 top-0 grid h-4 min-w-4 place-items-center rounded-full bg-accent px-1 text-[10px] font-semibold leading-none text-on-accent">{unread > 99 ? '99+' : unread}</span>}
    </>
  );
  const button = <IconButton label={text} data-testid="notice-bell" data-count={unread} className="relative" aria-haspopup="dialog" aria-expanded={false} onClick={() => { setLoaded(true); setOpened(true); }}>{face}</IconButton>;
  if (!loaded) return button;
  return (
    <Suspense fallback={button}>
      <NoticePanel notices={notices} open={opened} onOpen={setOpened} trigger={<IconButton label={text} data-testid="notice-bell" data-count={unread} className="relative">{face}</IconButton>} foot={(
        <>
          <button type="button" disabled={unread === 0} className="inline-flex items-center gap-1.5 rounded px-2 py-1 text-[12px] text-ink-2 hover:text-ink disabled:opacity-50" onClick={() => notices.readAll()}><CheckCheck aria-hidden className="size-3.5" />{t('Mark all read')}</button>
          <Link to="/notifications" className="ml-auto rounded px-2 py-1 text-[12px] font-medium text-accent-ink underline-offset-2 hover:underline" onClick={() => setOpened(false)}>{t('All notices')}</Link>
        </>
      )} />
    </Suspense>
  );
};
