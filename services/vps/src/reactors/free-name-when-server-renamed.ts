import { eventsOf, type Reactor } from '@xanthus/kernel';
import { nameKey } from '@xanthus/vault';
import { serverType } from '../server/server.decide.js';
import { evolveServer, initialServer, isLive, type ServerState } from '../server/server.js';
import type { VpsContext } from '../vps.context.js';

/** Frees the name that a server had before, unless it bears it again. */
export const freeNameWhenServerRenamed = (vps: VpsContext): Reactor => ({
  name: 'free-name-when-server-renamed',
  types: ['ServerRenamed'],
  async react({ tenant, aggregate: { id }, seq }) {
    const aggregate = { tenant, service: 'vps', aggregate: 'server', id };
    const events = await eventsOf(vps, serverType, tenant, id);
    const fold = (until: number): ServerState => events.filter(e => e.seq < until).reduce<ServerState>((state, event) => evolveServer(state, event), initialServer);
    const before = fold(seq);
    const now = fold(Number.POSITIVE_INFINITY);
    if (!isLive(before)) return;
    const old = await nameKey(vps, tenant, before.machine.name);
    if (isLive(now) && await nameKey(vps, tenant, now.machine.name) === old) return;
    await vps.store.release({ tenant, service: 'vps', kind: 'server-name', key: old, aggregate });
  },
});
