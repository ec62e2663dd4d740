import { Refusal } from '@xanthus/kernel';
import { helmStatus } from '../cluster/helm.js';
import { getObject } from '../cluster/objects.js';
import { KEPT } from './release.js';
import { limits, madeOf, refOf, type Step } from './step.js';

/** Nothing of what was to go is there any more: the account is read, and the cluster asked. */
export const verifyGone: Step = {
  async make(context) {
    const cluster = await context.cluster();
    const release = await helmStatus(cluster, refOf(context), limits(context));
    if (release) throw new Refusal('CLUSTER.REFUSED', `The release is still there (${release.status}). Try again.`, undefined, true);
    const left = [];
    const ours = madeOf(context, 'object', 'secret', 'tls').filter(m => m.ref !== KEPT);
    for (const { kind, name, namespace } of ours) if (await getObject(cluster, { kind, name, namespace: namespace ?? undefined }, limits(context))) left.push(`${kind} ${name}`);
    if (left.length > 0) throw new Refusal('CLUSTER.REFUSED', `Still there: ${left.slice(0, 5).join(', ')}. Try again.`, undefined, true);
    const kept = [...madeOf(context, 'volume', 'namespace'), ...madeOf(context, 'object').filter(m => m.ref === KEPT)];
    return { gone: [...ours, ...madeOf(context, 'release')], text: kept.length === 0 ? 'Nothing is left.' : `Kept: ${kept.map(o => `${o.kind} ${o.name}`).join(', ')}.` };
  },
};
