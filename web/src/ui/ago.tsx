import { useSyncExternalStore, type ReactNode } from 'react';
import { formatAgo, timeFormat } from '../lib/format.js';
import { serverAhead } from '../lib/http.js';

/** With the zone: for whom it stands in another than the machine's. */
const exact = timeFormat({ dateStyle: 'full', timeStyle: 'long' });

/** One clock for all "… ago" of the page, the server's; it stands still while nothing shows it. */
const second = (): number => Math.floor((Date.now() + serverAhead()) / 1_000) * 1_000;
let now = second();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = second();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
};
const get = (): number => {
  if (!timer) now = second();
  return now;
};

/** The time, rounded down to a step (ms), without a timer of its own for each user of it. */
export const useNow = (step = 1_000): number => useSyncExternalStore(subscribe, () => Math.floor(get() / step) * step);

export const Ago = ({ at }: { readonly at: string | number }): ReactNode => {
  const moment = typeof at === 'number' ? at : Date.parse(at);
  return <time dateTime={new Date(moment).toISOString()} title={exact.format(moment)} className="figure whitespace-nowrap">{formatAgo(moment, useNow())}</time>;
};
