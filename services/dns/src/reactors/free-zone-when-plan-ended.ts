import { readState, type Reactor } from '@xanthus/kernel';
import type { DnsContext } from '../dns.context.js';
import { planType } from '../plan/plan.decide.js';
import { isUnderway } from '../plan/plan.js';
import { ZONE_PLAN } from '../zone/zone-key.js';

/** The next plan may be applied to the zone. Harmless when repeated. */
export const freeZoneWhenPlanEnded = (dns: DnsContext): Reactor => ({
  name: 'free-zone-when-plan-ended',
  types: ['PlanApplied', 'PlanStopped', 'PlanRolledBack', 'PlanFailed'],
  async react({ tenant, aggregate: { id } }) {
    const plan = await readState(dns, planType, tenant, id);
    if (plan.status === 'absent' || isUnderway(plan)) return;
    await dns.store.release({ tenant, service: 'dns', kind: ZONE_PLAN, key: plan.zone, aggregate: { tenant, service: 'dns', aggregate: 'plan', id } });
  },
});
