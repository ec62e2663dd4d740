import { readState } from '@xanthus/kernel';
import { isLiving, type LivingApplication } from '../application/application.js';
import { applicationType } from '../application/application.decide.js';
import { notFound } from '../application/application.errors.js';
import type { ApplicationsContext } from '../applications.context.js';

/** Leader-routed. @throws Refusal APPLICATION.NOT_FOUND */
export const livingApplication = async (on: Pick<ApplicationsContext, 'store'>, tenant: string, id: string): Promise<LivingApplication> => {
  const state = await readState(on, applicationType, tenant, id);
  if (!isLiving(state)) throw notFound();
  return state;
};
