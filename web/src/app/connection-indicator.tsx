import { useSyncExternalStore, type ReactNode } from 'react';
import { describeConnection, type ShownConnection } from '../live/connection.js';
import { useBehind, useClient, useConnection } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Hint } from '../ui/hint.js';
import { Dot } from '../ui/status-pill.js';

const subscribeOnline = (fn: () => void): (() => void) => {
  addEventListener('online', fn);
  addEventListener('offline', fn);
  return () => { removeEventListener('online', fn); removeEventListener('offline', fn); };
};

/** The connection in words, live. */
export const useShownConnection = (): ShownConnection => {
  const status = useConnection();
  const since = useBehind();
  const online = useSyncExternalStore(subscribeOnline, () => navigator.onLine);
  return describeConnection(status, since, useNow(), online);
};

export const ConnectionIndicator = ({ compact }: { readonly compact?: boolean }): ReactNode => {
  const shown = useShownConnection();
  return (
    <Hint text={shown.detail}>
      <button type="button" data-testid="connection" data-state={shown.state} aria-label={t('Connection: {label}. {detail}', { label: shown.label, detail: shown.detail })}
        className="inline-flex h-8 items-center gap-2 rounded-md px-2 text-[13px] text-ink-2 hover:bg-raised">
        <Dot tone={shown.tone} moving={shown.moving} />
        <span className={compact ? 'sr-only' : 'figure'}>{shown.label}</span>
      </button>
    </Hint>
  );
};

/** Stands over the page while it is not current, so that nobody takes old figures for live ones. */
export const StaleNotice = (): ReactNode => {
  const client = useClient();
  const shown = useShownConnection();
  // The countdown is for the eye; a screen reader hears each state once.
  return (
    <>
      <p role="status" className="sr-only">{shown.state === 'live' ? t('Connection: live') : shown.state === 'waiting' || shown.state === 'reconnecting' ? t('Connection lost, reconnecting') : shown.label}</p>
      {shown.state !== 'live' && shown.state !== 'connecting' && (
        <div data-testid="stale-notice" className="animate-fade border-b border-line bg-warn-wash text-[13px] text-ink-2">
          <div className="mx-auto flex min-h-9 max-w-[1180px] flex-wrap items-center gap-x-2 px-4 py-1.5 sm:flex-nowrap sm:px-6">
            <Dot tone={shown.tone} moving={shown.moving} /><strong aria-hidden className="figure whitespace-nowrap font-medium text-ink">{shown.label}</strong><span aria-hidden className="order-last min-w-0 basis-full sm:order-none sm:basis-auto">{shown.detail}</span>
            {shown.waiting && <Button size="sm" className="-my-0.5 ml-auto" onClick={client.reconnectNow}>{t('Try now')}</Button>}
            {shown.final && <Button size="sm" className="-my-0.5 ml-auto" onClick={() => location.reload()}>{t('Connect again')}</Button>}
          </div>
        </div>
      )}
    </>
  );
};
