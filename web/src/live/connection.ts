/** The connection in words. Pure: status and clock in, text out. */
import type { ConnectionStatus } from '@xanthus/client';
import { formatTime } from '../lib/format.js';
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';

export interface ShownConnection {
  /** The same in every language. */
  readonly state: 'live' | 'moving' | 'closed' | 'offline' | 'waiting' | 'connecting' | 'reconnecting';
  readonly tone: Tone;
  readonly moving: boolean;
  readonly label: string;
  /** The sentence for hover, screen readers and the notice. */
  readonly detail: string;
  /** It does not come back by itself. */
  readonly final?: true;
  /** It waits before the next attempt. */
  readonly waiting?: true;
}

/** Reasons that the gateway gives to programs, for people. */
const WORDS: Readonly<Record<string, string>> = {
  DRAINING: t('Xanthus is being restarted.'), SLOW_CONSUMER: t('This page could not keep up with what came.'), BAD_FRAME: t('The connection was disturbed.'),
};

/** `behind_since`: when the page was last known to be current, ms; undefined while it is. */
export const describeConnection = (status: ConnectionStatus, behind_since: number | undefined, now: number, online: boolean): ShownConnection => {
  const stale = behind_since === undefined ? '' : ` ${t('What you see is as of {time}.', { time: formatTime(behind_since) })}`;
  const because = (otherwise: string): string => `${(status.reason && WORDS[status.reason.code]) ?? status.reason?.message ?? otherwise}${stale}`;
  switch (status.state) {
    case 'live':
      return { state: 'live', tone: 'ok', moving: false, label: t('Live'), detail: t('Every change shows here at once.') };
    case 'draining':
      return { state: 'moving', tone: 'info', moving: true, label: t('Moving over'), detail: `${t('Xanthus is being restarted; the page moves over by itself.')}${stale}` };
    case 'closed':
      return { state: 'closed', tone: 'bad', moving: false, label: t('Disconnected'), final: true, detail: because(t('The connection was closed.')) };
    case 'connecting':
    case 'authenticating': {
      if (!online) return { state: 'offline', tone: 'warn', moving: false, label: t('Offline'), detail: `${t('This device has no network. The page goes on by itself when it is back.')}${stale}` };
      const wait = status.retry_at === undefined ? 0 : Math.ceil((status.retry_at - now) / 1_000);
      if (wait > 0) return { state: 'waiting', tone: 'warn', moving: false, label: t('Reconnecting in {wait} s', { wait }), waiting: true, detail: because(t('The connection was lost.')) };
      return behind_since === undefined
        ? { state: 'connecting', tone: 'info', moving: true, label: t('Connecting'), detail: t('Connecting to Xanthus.') }
        : { state: 'reconnecting', tone: 'warn', moving: true, label: t('Reconnecting'), detail: `${t('Reconnecting; nothing that happens meanwhile is missed.')}${stale}` };
    }
  }
};
