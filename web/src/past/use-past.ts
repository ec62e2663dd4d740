import { usePastTime } from '../live/live-context.js';

/** The moment that is looked at; null: now. While it is there, every view is of that moment and nothing can be done. */
export const usePast = (): { readonly time: string } | null => {
  const time = usePastTime();
  return time === undefined ? null : { time };
};
