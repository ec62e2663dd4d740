import { readState, type Reactor } from '@xanthus/kernel';
import { viewKey } from '@xanthus/proto';
import { nameKey } from '@xanthus/vault';
import { forgetSeries } from '../metrics/series-log.js';
import { serverType } from '../server/server.decide.js';
import type { VpsContext } from '../vps.context.js';

/** Destroys the server's own credential, frees its name, drops its last sample and the course of all before it. Each is harmless when repeated. */
export const cleanUpWhenServerDeleted = (vps: VpsContext): Reactor => ({
  name: 'clean-up-when-server-deleted',
  types: ['ServerDeleted'],
  async react({ tenant, aggregate: { id } }) {
    const server = await readState(vps, serverType, tenant, id);
    if (server.status !== 'deleted') return;
    const { credential, name, jump, order } = server.machine;
    for (const kept of [credential, jump?.credential]) if (kept && kept.kind !== 'ssh_key') await vps.vault.destroy(tenant, kept.secret);
    if (order) await vps.vault.destroy(tenant, order.host_key_secret);
    await vps.store.release({ tenant, service: 'vps', kind: 'server-name', key: await nameKey(vps, tenant, name), aggregate: { tenant, service: 'vps', aggregate: 'server', id } });
    await forgetSeries(vps.nc, { tenant, id });
    await vps.views.putSample(viewKey(tenant, 'metrics', id), undefined);
  },
});
