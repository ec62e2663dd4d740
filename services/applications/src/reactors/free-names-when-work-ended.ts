import { eventsOf, readState, type Reactor } from '@xanthus/kernel';
import { isLiving, type ApplicationEvent } from '../application/application.js';
import { applicationType } from '../application/application.decide.js';
import type { ApplicationsContext } from '../applications.context.js';
import { everHeld, heldBy, hostClaim, nameClaim, placeClaim } from '../use-cases/claims.js';

/** Frees names, addresses and places that an application no longer has, and forgets what one was made of that is gone. Each is harmless when repeated. */
export const freeNamesWhenWorkEnded = (on: ApplicationsContext): Reactor => ({
  name: 'free-names-when-work-ended',
  types: ['WorkEnded', 'ApplicationDeleted'],
  async react({ tenant, aggregate: { id } }) {
    const aggregate = { tenant, service: 'applications', aggregate: 'application', id };
    const events = (await eventsOf(on, applicationType, tenant, id)) as unknown as readonly ApplicationEvent[];
    const state = await readState(on, applicationType, tenant, id);
    // Something is under way again, and may need any of them.
    if (isLiving(state) && state.work !== null) return;
    const [ever, held] = [everHeld(events), heldBy(state)];
    const keysOf = async (of: typeof ever) => Promise.all([...of.names.map(n => nameClaim(on, tenant, n)), ...of.hosts.map(h => hostClaim(on, tenant, h)), ...of.places.map(p => placeClaim(on, tenant, p))]);
    const kept = new Set((await keysOf(held)).map(c => `${c.kind} ${c.key}`));
    for (const { kind, key } of await keysOf(ever)) if (!kept.has(`${kind} ${key}`)) await on.store.release({ tenant, service: 'applications', kind, key, aggregate });
    if (isLiving(state)) return;
    const revisions = events.flatMap(e => (e.type === 'ReleaseMade' ? [e.data.release.revision] : []));
    await on.sealed.forgetAll(tenant, id, revisions);
    for (const e of events) if (e.type === 'WorkStarted' && e.data.kind === 'password') await on.sealed.forgetPassword(tenant, e.data.deployment);
    for (const e of events) if ((e.type === 'WorkStarted' || e.type === 'ApplicationRequested') && e.data.plan !== null) await on.sealed.forgetPlan(tenant, e.data.plan);
  },
});
