/** Open ports in words. Pure. */
import type { Forward } from '../contracts.js';
import { formatDuration } from '../lib/format.js';
import { t } from '../texts/text.js';

export const SHARE_WORDS: Readonly<Record<Forward['share'], string>> = { me: t('Only me'), tenant: t('Members who may work on the server') };
export const MINUTES = [15, 60, 240, 480, 1_440] as const;
export const minutesWord = (minutes: number): string => formatDuration(minutes * 60);

const ENDS: Readonly<Record<NonNullable<Forward['end']>['how'], string>> = { closed: t('closed'), over: t('its time was up'), rights: t('its owner may no longer work on the server'), 'server-gone': t('its server is gone'), failed: t('it failed') };
export const endWord = ({ end }: Pick<Forward, 'end'>): string => (end === null ? '' : end.message === '' ? ENDS[end.how] : `${ENDS[end.how]}: ${end.message}`);

/** `web-1 · 3000`, with what is not usual. */
export const placeOf = ({ server_name, port, address, scheme }: Pick<Forward, 'server_name' | 'port' | 'address' | 'scheme'>): string =>
  `${server_name} · ${address === '127.0.0.1' ? '' : `${address}:`}${port}${scheme === 'https' ? ' · HTTPS' : ''}`;

/** Two units at most, whole minutes until the last one. */
export const leftWord = (ends_at: string, now: number): string => {
  const seconds = Math.max(0, Math.round((Date.parse(ends_at) - now) / 1_000));
  return seconds === 0 ? t('closing') : t('{time} left', { time: formatDuration(seconds < 60 ? seconds : Math.ceil(seconds / 60) * 60) });
};

/** A port as typed; undefined: it is none. */
export const readPort = (text: string): number | undefined => {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
};
