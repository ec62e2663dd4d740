/** The connection in words. Pure: status and clock in, text out. */
import type { ConnectionStatus } from '@xanthus/client';
import { formatTime } from '../lib/format.js';
import type { Tone } from '../ui/status-pill.js';

export interface ShownConnection {
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
  DRAINING: 'Xanthus is being restarted.', SLOW_CONSUMER: 'This page could not keep up with what came.', BAD_FRAME: 'The connection was disturbed.',
};

/** `behind_since`: when the page was last known to be current, ms; undefined while it is. */
export const describeConnection = (status: ConnectionStatus, behind_since: number | undefined, now: number, online: boolean): ShownConnection => {
  const stale = behind_since === undefined ? '' : ` What you see is as of ${formatTime(behind_since)}.`;
  const because = (otherwise: string): string => `${(status.reason && WORDS[status.reason.code]) ?? status.reason?.message ?? otherwise}${stale}`;
  switch (status.state) {
    case 'live':
      return { tone: 'ok', moving: false, label: 'Live', detail: 'Every change shows here at once.' };
    case 'draining':
      return { tone: 'info', moving: true, label: 'Moving over', detail: `Xanthus is being restarted; the page moves over by itself.${stale}` };
    case 'closed':
      return { tone: 'bad', moving: false, label: 'Disconnected', final: true, detail: because('The connection was closed.') };
    case 'connecting':
    case 'authenticating': {
      if (!online) return { tone: 'warn', moving: false, label: 'Offline', detail: `This device has no network. The page goes on by itself when it is back.${stale}` };
      const wait = status.retry_at === undefined ? 0 : Math.ceil((status.retry_at - now) / 1_000);
      if (wait > 0) return { tone: 'warn', moving: false, label: `Reconnecting in ${wait} s`, waiting: true, detail: because('The connection was lost.') };
      return behind_since === undefined
        ? { tone: 'info', moving: true, label: 'Connecting', detail: 'Connecting to Xanthus.' }
        : { tone: 'warn', moving: true, label: 'Reconnecting', detail: `Reconnecting; nothing that happens meanwhile is missed.${stale}` };
    }
  }
};
