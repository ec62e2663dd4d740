import type { EventStore, Reactor } from '@xanthus/kernel';
import type { CloudflareLogIns } from '../app/cloudflare/log-ins.js';

/** A token that was kept to be looked at again goes with the last session that depends on it. */
export const forgetTokenWhenSessionEnded = (store: EventStore, logIns: Pick<CloudflareLogIns, 'forgetToken'>): Reactor => ({
  name: 'forget-token-when-session-ended',
  types: ['SessionEnded'],
  async react({ tenant, aggregate }) {
    const { events } = await store.load({ tenant, service: 'auth', aggregate: aggregate.name, id: aggregate.id });
    const opened = events.find(e => e.type === 'SessionOpened') as { readonly data: { readonly source?: { readonly sid?: string } } } | undefined;
    const sid = opened?.data.source?.sid;
    if (sid !== undefined) await logIns.forgetToken(sid);
  },
});
