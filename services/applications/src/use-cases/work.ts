/** Everything that begins work on an application: by a plan that was seen, or at once. */
import { deriveId, type Call } from '@xanthus/nest';
import { streamName, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { ApplicationAction, deleteApplication, deployApplication, planned, WorkKind } from '@xanthus/proto/applications';
import { earlierTry, handle, readState, Refusal, writtenBy, type CommandOptions } from '@xanthus/kernel';
import type { z } from 'zod';
import { currentRelease, type ApplicationEvent } from '../application/application.js';
import { applicationType, failedWork } from '../application/application.decide.js';
import type { ApplicationsContext } from '../applications.context.js';
import { deploymentType } from '../deployment/deployment.decide.js';
import type { StartedDeployment } from '../deployment/deployment.js';
import { checkPlan, planType } from '../plan/plan.decide.js';
import type { PlanAbout } from '../plan/plan.js';
import { hostClaim, nameClaim, placeClaim } from './claims.js';
import { mustStillHold } from './fresh.js';
import { livingApplication } from './living.js';
import { makePlan } from './plans.js';
import { mustBeAllowed } from './rights.js';

type Started = OutputOf<typeof deployApplication>;
type Planned = z.output<typeof planned>;
type Claims = NonNullable<CommandOptions['claims']>;

/** What an earlier try of this very command began. */
export const beganBefore = async (on: ApplicationsContext, call: Call): Promise<Started | undefined> => {
  const earlier = await earlierTry(on, applicationType, call);
  const event = earlier?.event as ApplicationEvent | undefined;
  return earlier && (event?.type === 'WorkStarted' || event?.type === 'ApplicationRequested') ? { ...writtenBy(earlier), deployment: event.data.deployment } : undefined;
};
export const deploymentOf = (call: Call): string => deriveId(call.tenant, 'deployment', call.id, call.command_id);

const seenPlan = async (on: ApplicationsContext, call: Call, kind: PlanAbout['kind'], { plan, hash, accept }: Planned): Promise<PlanAbout> => {
  const about = checkPlan(await readState(on, planType, call.tenant, plan), { kind, application: kind === 'deploy' ? null : call.id, hash, accept, now: call.now });
  mustBeAllowed(on, call, about);
  await mustStillHold(on, call, about);
  return about;
};

export const deploy = async (on: ApplicationsContext, call: Call, input: Planned): Promise<Started> => {
  const done = await beganBefore(on, call);
  if (done) return done;
  const about = await seenPlan(on, call, 'deploy', input);
  const { entry } = await on.sealed.ofPlan(call.tenant, input.plan);
  const { detail, name, server, zone, subdomain, reason } = about;
  const { server_name, namespace, release: release_name, host, version } = detail;
  const deployment = deploymentOf(call);
  const { auto, window = null } = entry.update_policy;
  const claims: Claims = [await nameClaim(on, call.tenant, name), await placeClaim(on, call.tenant, { server, namespace, release_name }), ...(host === null ? [] : [await hostClaim(on, call.tenant, host)])];
  const result = await handle(on, applicationType, call.context(), {
    type: 'Request', name, entry: entry.id, entry_name: entry.name, icon: entry.icon, server, server_name, zone, subdomain, host, namespace, release_name, version, deployment, plan: input.plan, reason, updates: { auto, window },
  }, claims);
  return { ...writtenBy(result), deployment };
};

/** Of an application that is there, as its plan says. */
export const workByPlan = async (on: ApplicationsContext, call: Call, kind: Exclude<PlanAbout['kind'], 'deploy'>, input: Planned): Promise<Started> => {
  const done = await beganBefore(on, call);
  if (done) return done;
  const about = await seenPlan(on, call, kind, input);
  const deployment = deploymentOf(call);
  const exposes = kind === 'expose' && about.detail.host !== null && about.port !== null && about.zone !== null ? { host: about.detail.host, port: about.port, zone: about.zone } : undefined;
  const more = { ...exposes, ...(about.revision === null ? {} : { revision: about.revision }), ...(kind === 'delete' ? { keep_volumes: about.keep_volumes } : {}) };
  const claims: Claims = exposes ? [await hostClaim(on, call.tenant, exposes.host)] : await hostsOfRevision(on, call, about);
  const result = await handle(on, applicationType, call.context(), { type: 'StartWork', as: kind, kind, deployment, plan: input.plan, with: more, reason: about.reason }, claims);
  return { ...writtenBy(result), deployment };
};

/** Without a plan, one is made of what is there now; whatever of it asks again must have been said. */
export const deleteIt = async (on: ApplicationsContext, call: Call, { plan, hash, accept, keep_volumes }: ParsedInputOf<typeof deleteApplication>): Promise<Started> => {
  if (plan !== undefined && hash !== undefined) return workByPlan(on, call, 'delete', { plan, hash, accept });
  const done = await beganBefore(on, call);
  if (done) return done;
  const made = await makePlan(on, { ...call, id: deriveId(call.tenant, 'plan', call.id, call.command_id) }, { wish: { kind: 'delete', application: call.id, keep_volumes }, reason: '' });
  return workByPlan(on, call, 'delete', { plan: made.id, hash: made.hash, accept });
};

/** Addresses that a release of before had, and that may have been given away since. */
const hostsOfRevision = async (on: ApplicationsContext, call: Call, { kind, revision }: Pick<PlanAbout, 'kind' | 'revision'>): Promise<Claims> => {
  if (kind !== 'rollback' || revision === null) return [];
  const release = (await livingApplication(on, call.tenant, call.id)).releases.find(r => r.revision === revision);
  const hosts = [release?.host ?? null, ...(release?.exposures ?? []).map(e => e.host)].filter(h => h !== null);
  return Promise.all(hosts.map(h => hostClaim(on, call.tenant, h)));
};

/** What needs no plan: it changes nothing that is not easily changed back. */
export const workAtOnce = async (on: ApplicationsContext, call: Call, as: ApplicationAction, kind: WorkKind, more: Readonly<Record<string, string | number | boolean>> = {}): Promise<Started> => {
  const done = await beganBefore(on, call);
  if (done) return done;
  const state = await livingApplication(on, call.tenant, call.id);
  mustBeAllowed(on, call, { server: state.server, zone: kind === 'unexpose' ? String(more['zone']) : null });
  const deployment = deploymentOf(call);
  return { ...writtenBy(await handle(on, applicationType, call.context(), { type: 'StartWork', as, kind, deployment, plan: null, with: more, reason: '' })), deployment };
};

export const unexpose = async (on: ApplicationsContext, call: Call, host: string): Promise<Started> => {
  const done = await beganBefore(on, call);
  if (done) return done;
  const exposure = currentRelease(await livingApplication(on, call.tenant, call.id))?.exposures.find(e => e.host === host);
  if (!exposure) throw new Refusal('APPLICATION.NOT_EXPOSED', `${host} is no address of one of its ports. Its own address goes only with the application.`);
  return workAtOnce(on, call, 'unexpose', 'unexpose', { ...exposure });
};

export const cancel = async (on: ApplicationsContext, call: Call): Promise<Written> => {
  const { work } = await livingApplication(on, call.tenant, call.id);
  if (work === null) throw new Refusal('APPLICATION.NOT_BUSY', 'Nothing is under way.');
  const { seq } = await handle(on, deploymentType, { ...call.context(), id: work.deployment }, { type: 'Cancel' });
  return { id: call.id, stream: streamName('applications'), seq };
};

/** Addresses that were freed when it failed. */
const hostsToClaim = async (on: ApplicationsContext, call: Call, { kind, with: more }: Pick<StartedDeployment, 'kind' | 'with'>): Promise<Claims> => {
  if (kind === 'expose' && typeof more['host'] === 'string') return [await hostClaim(on, call.tenant, more['host'])];
  return kind === 'rollback' && typeof more['revision'] === 'number' ? hostsOfRevision(on, call, { kind, revision: more['revision'] }) : [];
};

/** What failed goes on: what the plan said is done, as far as it is not. */
export const retry = async (on: ApplicationsContext, call: Call): Promise<Started> => {
  const done = await beganBefore(on, call);
  if (done) return done;
  const state = await livingApplication(on, call.tenant, call.id);
  const deployment = state.last?.deployment ?? '';
  let claims: Claims = [];
  if (failedWork(state) !== null) {
    const failed = await readState(on, deploymentType, call.tenant, deployment);
    if (failed.status !== 'absent') {
      const wished = typeof failed.with['zone'] === 'string' ? failed.with['zone'] : undefined;
      const touchesZone = failed.steps.some(s => s === 'record' || s === 'record-gone');
      mustBeAllowed(on, call, { server: state.server, zone: touchesZone ? state.zone ?? wished ?? currentRelease(state)?.exposures[0]?.zone ?? null : null });
      claims = await hostsToClaim(on, call, failed);
    }
  }
  return { ...writtenBy(await handle(on, applicationType, call.context(), { type: 'Retry' }, claims)), deployment };
};

