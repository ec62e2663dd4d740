import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import type { applicationPlan, planApplication } from '@xanthus/proto/applications';
import { readState, type ApplicationsContext } from '../applications.context.js';
import { planType } from '../plan/plan.decide.js';
import { isReady } from '../plan/plan.js';

export const planInWhole = async (on: ApplicationsContext, tenant: string, id: string): Promise<OutputOf<typeof applicationPlan>> => {
  const state = await readState(on, planType, tenant, id);
  if (state.status === 'absent') throw new Refusal('PLAN.UNKNOWN', 'There is no such plan.');
  return { hash: state.hash, ready: isReady(state), detail: state.detail };
};

export const makePlan = async (on: ApplicationsContext, call: Call, { wish }: ParsedInputOf<typeof planApplication>): Promise<OutputOf<typeof planApplication>> => {
  await on.clusterOf(call.tenant, wish.kind === 'deploy' ? wish.server : '', { reason: 'plan' });
  throw new Refusal('CLUSTER.UNREACHABLE', 'Not yet.');
};
