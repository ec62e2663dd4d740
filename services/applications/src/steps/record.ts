import type { MadeObject } from '@xanthus/proto/applications';
import { applyExposures, exposuresBefore, removeExposures, wantedExposures, without, type Exposure } from './exposures.js';
import { nothing, releaseBefore, type Step, type StepContext, type StepDone } from './step.js';

interface Place { readonly zone: string; readonly host: string }
const recordOf = (host: string, kind: string, ref: string | null): MadeObject => ({ sort: 'record', kind, namespace: null, name: host, ref });
const useOf = (zone: string): MadeObject => ({ sort: 'use', kind: 'Zone', namespace: null, name: zone, ref: zone });

const about = ({ deployment, application }: StepContext) => ({ application: deployment.application, name: application.name, reason: deployment.reason || `${deployment.kind} of ${application.name}`, act: deployment.by });

const ensure = async (context: StepContext, places: readonly Place[]): Promise<readonly MadeObject[]> => {
  const { ports, tenant, deployment } = context;
  const made: MadeObject[] = [];
  for (const { zone, host } of places) {
    const { address } = await context.server();
    await ports.dns.use(tenant, zone, { id: deployment.application, name: context.application.name }, deployment.by);
    const record = await ports.dns.ensureRecord(tenant, { zone, host, address, ...about(context) }, context.signal);
    made.push(useOf(zone), recordOf(host, record.type, record.id));
  }
  return made;
};
const remove = async (context: StepContext, places: readonly Place[], kept: readonly Place[]): Promise<readonly MadeObject[]> => {
  const { ports, tenant, deployment } = context;
  const gone: MadeObject[] = [];
  for (const { zone, host } of places) {
    await ports.dns.removeRecord(tenant, { zone, host, ...about(context) }, context.signal);
    gone.push(...['A', 'AAAA'].map(kind => recordOf(host, kind, null)));
    if (kept.some(p => p.zone === zone)) continue;
    await ports.dns.unuse(tenant, zone, deployment.application, deployment.by);
    gone.push(useOf(zone));
  }
  return gone;
};
const ownPlace = ({ application: { host, zone } }: StepContext): readonly Place[] => (host === null || zone === null ? [] : [{ host, zone }]);

/** From one set of addresses to another: what is new is made first. */
const move = async (context: StepContext, from: readonly Exposure[], to: readonly Exposure[], own: readonly Place[]): Promise<StepDone> => {
  const objects = context.deployment.kind === 'expose' || to.length === 0 ? [] : (await applyExposures(context, to)).made ?? [];
  const made = await ensure(context, [...own, ...to]);
  const left = without(from, to);
  const objectsGone = left.length === 0 ? [] : (await removeExposures(context, left, to)).gone ?? [];
  const gone = await remove(context, left.filter(e => !to.some(t => t.host === e.host)), [...own, ...to]);
  return { made: [...objects, ...made], gone: [...objectsGone, ...gone] };
};

/** The names lead to the server. */
export const record: Step = {
  async make(context) {
    const to = await wantedExposures(context);
    const own = ownPlace(context);
    if (own.length + to.length + exposuresBefore(context).length === 0) return nothing('It has no address.');
    return move(context, exposuresBefore(context), to, own);
  },
  async back(context) {
    const own = ownPlace(context);
    const made = await wantedExposures(context);
    if (!releaseBefore(context)) return { gone: await remove(context, [...own, ...made], []) };
    return move(context, made, exposuresBefore(context), own);
  },
};

/** All of its names, or only the one that is taken away. */
export const recordGone: Step = {
  async make(context) {
    const exposures = exposuresBefore(context);
    if (context.deployment.kind === 'unexpose') {
      const stay = await wantedExposures(context);
      return { gone: await remove(context, without(exposures, stay), [...ownPlace(context), ...stay]) };
    }
    const places = [...ownPlace(context), ...exposures];
    return places.length === 0 ? nothing('It had no address.') : { gone: await remove(context, places, []) };
  },
};
