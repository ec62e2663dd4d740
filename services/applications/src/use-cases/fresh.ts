import type { Call } from '@xanthus/nest';
import type { ApplicationsContext } from '../applications.context.js';
import type { PlanAbout } from '../plan/plan.js';

/** Is what the plan rests on still so? @throws Refusal PLAN.STALE, naming what has changed */
export const mustStillHold = async (_on: ApplicationsContext, _call: Call, _about: PlanAbout): Promise<void> => {};
