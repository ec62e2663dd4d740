/** How many trial messages a tenant may have sent: each goes to twenty addresses that nobody has confirmed, by the operator's mail server too. */
import { Refusal } from '@xanthus/kernel';

const MOST = 20;
const WINDOW = 10 * 60_000;

export interface Trials { /** @throws Refusal RATE_LIMITED */ take(tenant: string): void }

/** Of one copy of the service. @param now ms since 1970 */
export const countTrials = (now: () => number): Trials => {
  const times = new Map<string, number[]>();
  return {
    take(tenant) {
      const since = now() - WINDOW;
      for (const [other, all] of times) if ((all.at(-1) ?? 0) <= since) times.delete(other);
      const recent = (times.get(tenant) ?? []).filter(at => at > since);
      const [first] = recent;
      if (recent.length >= MOST && first !== undefined) throw new Refusal('RATE_LIMITED', `There were ${MOST} trials within ten minutes; try again in a while.`, { limit: 'channel_tests', max: MOST, retry_after_ms: first - since }, true);
      times.set(tenant, [...recent, now()]);
    },
  };
};
