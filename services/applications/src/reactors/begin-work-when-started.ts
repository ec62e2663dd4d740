import { handle, type Reactor } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import type { applicationEvents } from '@xanthus/proto/applications';
import type { ApplicationsContext } from '../applications.context.js';
import { deploymentType, type DeploymentCommand } from '../deployment/deployment.decide.js';
import { planType } from '../plan/plan.decide.js';

/** What was decided of an application is done: its plan is used up, its deployment begins. Harmless when repeated. */
export const beginWorkWhenStarted = (on: ApplicationsContext): Reactor => ({
  name: 'begin-work-when-started',
  types: ['ApplicationRequested', 'WorkStarted'],
  async react(event) {
    const { tenant, aggregate: { id: application }, actor, correlation_id } = event;
    const requested = event.type === 'ApplicationRequested' ? event.data as DataOf<typeof applicationEvents.ApplicationRequested> : undefined;
    const work = event.data as DataOf<typeof applicationEvents.WorkStarted>;
    const { deployment, plan, reason } = requested ?? work;
    const context = (id: string, what: string) => ({ tenant, id, actor, now: event.occurred_at, command_id: `${what}-${event.id}`, correlation_id });
    if (plan !== null) await handle(on, planType, context(plan, 'take'), { type: 'Take', application, deployment });
    const command: DeploymentCommand = requested === undefined && work.retry
      ? { type: 'Retry' }
      : { type: 'Start', application, kind: requested ? 'deploy' : work.kind, plan, with: requested ? {} : work.with, reason };
    await handle(on, deploymentType, context(deployment, 'begin'), command);
  },
});
