/** How much is verified at once: each question reads and hashes up to 50,000 events. */
import { Refusal } from '@xanthus/kernel';

/** Of one person: two windows and a script. */
const OF_ONE = 3;
/** Of everybody together, in one copy of the service. */
const OF_ALL = 12;

/** Runs what is asked for unless too much of it runs already. */
export interface AtOnce { /** @throws Refusal RATE_LIMITED */ run<T>(who: string, work: () => Promise<T>): Promise<T> }

export const atOnce = (one = OF_ONE, all = OF_ALL): AtOnce => {
  const running = new Map<string, number>();
  let total = 0;
  const add = (who: string, by: 1 | -1): void => {
    const now = (running.get(who) ?? 0) + by;
    if (now === 0) running.delete(who);
    else running.set(who, now);
    total += by;
  };
  return {
    async run(who, work) {
      if ((running.get(who) ?? 0) >= one) throw new Refusal('RATE_LIMITED', `You have ${one} parts of the log verified at once already; wait for one of them.`, { limit: 'verifying', max: one }, true);
      if (total >= all) throw new Refusal('RATE_LIMITED', 'Many verify the log at this moment; try again in a while.', { limit: 'verifying_by_all', max: all }, true);
      add(who, 1);
      try {
        return await work();
      } finally {
        add(who, -1);
      }
    },
  };
};
