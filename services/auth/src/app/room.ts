/** How many things of a kind a tenant may have, so that none fills what all share: gateways hold every key check, nats-server every account. */
import type { Views } from '@xanthus/jetstream';
import { Refusal } from '@xanthus/kernel';

export const MOST = { 'api-keys': 1_000, credentials: 500, invitations: 1_000, secrets: 1_000, 'oidc-providers': 20 } as const;

/**
 * Counts what the view shows: writers at the same moment may pass it by a few.
 * @param id of what is to be made; one that is there already needs no room
 * @throws Refusal `<area>.LIMIT_REACHED`
 */
export const requireRoom = async (views: Pick<Views, 'list'>, tenant: string, view: keyof typeof MOST, id: string, area: string): Promise<void> => {
  const there = await views.list(tenant, view);
  if (there.length < MOST[view] || there.some(entry => entry.id === id)) return;
  throw new Refusal(`${area}.LIMIT_REACHED`, `An organisation has at most ${MOST[view]} ${view.replace('-', ' ')}; remove one first.`, { limit: MOST[view] });
};
