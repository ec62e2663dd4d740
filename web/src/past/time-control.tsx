/** Where one looks: the button in the top bar, and what marks the whole page as past. The bar that moves it is loaded when it is opened. */
import { value } from '@xanthus/client';
import { History } from 'lucide-react';
import { lazy, Suspense, useSyncExternalStore, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { formatMoment } from '../lib/format.js';
import { useLooking, usePastTime } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';

const Bar = lazy(() => import('./past-bar.js').then(m => ({ default: m.Bar })));

/** The bar is open; in the past it always is. One for all pages. */
export const barOpen = value(false);
const toggle = (): void => barOpen.set(!barOpen.get());
const useBarOpen = (): boolean => useSyncExternalStore(barOpen.subscribe, barOpen.get);

/** In the top bar: "Now", or that it is not. */
export const TimeControl = (): ReactNode => {
  const looking = useLooking();
  const open = useBarOpen() || looking;
  return (
    <Button size="sm" kind="quiet" aria-expanded={open} aria-label={looking ? t('Past: time travel') : t('Now: time travel')}
      icon={<History aria-hidden className="size-4" />} onClick={toggle}><span className="hidden sm:inline">{looking ? t('Past') : t('Now')}</span></Button>
  );
};

/** Says where one looks, to the eye and to the ear. */
export const PastBar = (): ReactNode => {
  const time = usePastTime();
  const open = useBarOpen() || time !== undefined;
  return (
    <>
      <p role="status" className="sr-only">{time === undefined ? '' : t('You look at the past: {moment}. Nothing can be done in it.', { moment: formatMoment(Date.parse(time)) })}</p>
      {time !== undefined && createPortal(<div aria-hidden data-testid="past-frame" className="pointer-events-none fixed inset-0 z-30 border-[3px] border-info/70 lg:left-60" />, document.body)}
      {open && <Suspense fallback={<div className="min-h-12 border-b border-line bg-info-wash" />}><Bar time={time} /></Suspense>}
    </>
  );
};
