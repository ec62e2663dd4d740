import type { MadeObject } from '@xanthus/proto/applications';
import { contentsOf, deleteObjects, ensureNamespace, getObject, LABELS } from '../cluster/objects.js';
import { limits, madeOf, nothing, NOTHING, ownerOf, type Step, type StepContext, type StepDone } from './step.js';

const made = (name: string): MadeObject => ({ sort: 'namespace', kind: 'Namespace', namespace: null, name, ref: null });

export const namespace: Step = {
  async make(context) {
    const { namespace: name } = context.application;
    const outcome = await ensureNamespace(await context.cluster(), name, ownerOf(context), limits(context));
    return outcome === 'foreign' ? nothing(`The namespace ${name} was there; it is not taken away later.`) : { made: [made(name)] };
  },
  back: context => namespaceGone.make(context),
};

/** Taken away only if this application made it, and nobody else has put anything into it. */
export const namespaceGone: Step = {
  async make(context) {
    const { namespace: name } = context.application;
    const cluster = await context.cluster();
    const there = await getObject(cluster, { kind: 'Namespace', name }, limits(context));
    if (!there) return { gone: [made(name)] };
    if (there.metadata.labels[LABELS.application] !== context.deployment.application) return madeOf(context, 'namespace').length === 0 ? NOTHING : { gone: [made(name)], text: `The namespace ${name} is somebody else's by now and stays.` };
    const left = await leftIn(context);
    if (left.text !== undefined) return left;
    await deleteObjects(cluster, [{ kind: 'Namespace', name }], limits(context), { wait: true });
    return { gone: [made(name)] };
  },
};

const leftIn = async (context: StepContext): Promise<StepDone> => {
  const { namespace: name } = context.application;
  const left = (await contentsOf(await context.cluster(), name, limits(context))).filter(o => !isEnding(o.metadata.deletionTimestamp));
  if (left.length === 0) return {};
  return { text: `The namespace ${name} stays, as there is more in it: ${left.slice(0, 5).map(o => `${o.kind} ${o.metadata.name}`).join(', ')}${left.length > 5 ? ' …' : ''}.` };
};
const isEnding = (at: string | undefined): boolean => at !== undefined;
