import { handle, readState, type Reactor } from '@xanthus/kernel';
import type { ApplicationStatus, WorkKind } from '@xanthus/proto/applications';
import { applicationType, type ApplicationCommand } from '../application/application.decide.js';
import { isLiving, type LivingApplication } from '../application/application.js';
import type { ApplicationsContext } from '../applications.context.js';
import { deploymentType } from '../deployment/deployment.decide.js';
import { isTakenBack } from '../running/policy.js';

/** Nothing of it runs, on purpose. */
const isStopped = ({ stopped, scaled }: LivingApplication): boolean => Object.keys(stopped).length > 0 && Object.values(scaled).every(n => n === 0);

/** What the application is once the work has ended so. */
const statusAfter = (kind: WorkKind, outcome: 'done' | 'failed' | 'cancelled', undone: boolean, application: LivingApplication): ApplicationStatus => {
  // Other pods mend no release that is half made.
  if (kind === 'restart' && application.work?.was === 'failed') return 'failed';
  if (outcome === 'done') return kind === 'stop' ? 'stopped' : (kind === 'unexpose' || kind === 'scale' || kind === 'password') && isStopped(application) ? 'stopped' : 'running';
  if (kind === 'deploy' || kind === 'delete' || (!undone && isTakenBack(kind, true))) return 'failed';
  return isStopped(application) ? 'stopped' : 'running';
};

/** A deployment has ended: its application is told, and what it was planned with is forgotten. Harmless when repeated. */
export const endWorkWhenDeploymentEnded = (on: ApplicationsContext): Reactor => ({
  name: 'end-work-when-deployment-ended',
  types: ['DeploymentFinished', 'DeploymentFailed', 'DeploymentCancelled'],
  async react(event) {
    const { tenant, aggregate: { id }, correlation_id } = event;
    const ended = await readState(on, deploymentType, tenant, id);
    if (ended.status !== 'done' && ended.status !== 'failed' && ended.status !== 'cancelled') return;
    const application = await readState(on, applicationType, tenant, ended.application);
    if (!isLiving(application) || application.work?.deployment !== id) return;
    const tell = async (what: string, command: ApplicationCommand): Promise<void> => {
      await handle(on, applicationType, { tenant, id: ended.application, actor: event.actor, now: event.occurred_at, command_id: `${what}-${event.id}`, correlation_id }, command);
    };
    if (ended.status !== 'done') {
      const undone = ended.status === 'cancelled' || ended.undone;
      const problem = ended.status === 'failed' ? ended.problem : { code: 'APPLICATION.CANCELLED', message: 'Somebody stopped it.' };
      return tell('end', { type: 'EndWork', deployment: id, outcome: ended.status, status: statusAfter(ended.kind, ended.status, undone, application), problem });
    }
    if (ended.plan !== null) await on.sealed.forgetPlan(tenant, ended.plan);
    if (ended.kind === 'delete') return tell('end', { type: 'EndDelete', deployment: id, kept: application.made });
    if (ended.kind === 'password') {
      await tell('password', { type: 'NotePassword', deployment: id });
      await on.sealed.forgetPassword(tenant, id);
    }
    return tell('end', { type: 'EndWork', deployment: id, outcome: 'done', status: statusAfter(ended.kind, 'done', false, application), problem: null });
  },
});
