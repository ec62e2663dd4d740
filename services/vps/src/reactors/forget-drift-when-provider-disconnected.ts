import { handle, type Reactor } from '@xanthus/kernel';
import { driftType } from '../drift/drift.decide.js';
import { contextOf } from '../drift/reconcile.js';
import type { DriftRow } from '../views/drift.js';
import type { VpsContext } from '../vps.context.js';

/** Nobody compares with an account that is gone: what was found there is over. */
export const forgetDriftWhenProviderDisconnected = (vps: VpsContext): Reactor => ({
  name: 'forget-drift-when-provider-disconnected',
  types: ['ProviderDisconnected'],
  async react({ tenant, aggregate: { id: provider } }) {
    const rows = (await vps.views.list<DriftRow>(tenant, 'drift')).filter(r => r.value.data.provider_id === provider);
    for (const { id, value: { data: { server, name, provider_id, provider_ref } } } of rows) {
      await handle(vps, driftType, contextOf({ tenant, id: provider }, id), { type: 'Compare', data: { subject: { server, name, provider_id, provider_ref }, findings: [] } });
    }
  },
});
