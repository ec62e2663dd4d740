import { Refusal } from '@xanthus/kernel';
import { helmStatus } from '../cluster/helm.js';
import { limits, refOf, type Step } from './step.js';

/** The server answers and has a Kubernetes; nobody else has a release of this name. */
export const check: Step = {
  async make(context) {
    const { facts } = await context.cluster();
    if (context.deployment.kind === 'deploy' && !context.deployment.begun.includes('helm')) {
      const there = await helmStatus(await context.cluster(), refOf(context), limits(context));
      if (there) throw new Refusal('PLAN.STALE', `There is a release ${context.application.release_name} on the server by now (${there.chart}). Remove it there, or choose another subdomain.`);
    }
    return { text: `Kubernetes ${facts.kubernetes}, Helm ${facts.helm}${facts.simulated ? '; its pods are simulated' : ''}` };
  },
};
