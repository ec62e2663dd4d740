import { Popover } from 'radix-ui';
import { useRef, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { NoticeLine } from './notice-line.js';
import type { Notices } from './notifications.data.js';

/** In the panel; all of them are on the page. */
const SHOWN = 8;

interface Props { readonly notices: Notices; readonly trigger: ReactNode; readonly foot: ReactNode; readonly open: boolean; readonly onOpen: (open: boolean) => void }

/** The newest, under the bell. */
export const NoticePanel = ({ notices, trigger, foot, open, onOpen }: Props): ReactNode => {
  const { status, problem, all } = notices;
  const box = useRef<HTMLDivElement>(null);
  /** On the panel as a whole, which is read out then. */
  const focus = (event: Event): void => {
    event.preventDefault();
    box.current?.focus();
  };
  return (
    <Popover.Root open={open} onOpenChange={onOpen}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content ref={box} tabIndex={-1} onOpenAutoFocus={focus} align="end" sideOffset={6} collisionPadding={8} aria-label={t('Newest notices')} className="z-50 flex max-h-[min(36rem,80vh)] w-[min(26rem,calc(100vw-1rem))] animate-fade flex-col outline-none rounded-lg border border-line bg-surface shadow-pop">
          <div className="min-h-0 flex-1 overflow-y-auto">
            {status === 'denied' && <div className="p-3"><Denied what={t('notices')} right="notifications.notice.read" /></div>}
            {status === 'failed' && problem && <div className="p-3"><ProblemNote problem={problem} /></div>}
            {status === 'ready' && all.length === 0 && <p className="p-4 text-[13px] text-ink-3">{t('Nothing has happened that you should know of.')}</p>}
            {all.length > 0 && <ul aria-label={t('Newest notices')} className="divide-y divide-line">{all.slice(0, SHOWN).map(n => <NoticeLine key={n.id} notice={n} notices={notices} dense onGo={() => onOpen(false)} />)}</ul>}
          </div>
          <div className="flex items-center gap-1 border-t border-line p-1.5">{foot}</div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
};
