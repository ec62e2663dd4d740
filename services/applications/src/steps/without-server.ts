import { Refusal } from '@xanthus/kernel';
import type { MadeObject } from '@xanthus/proto/applications';
import type { StepContext, StepDone, StepWork } from './step.js';

/** What does not lie on the server. */
const ELSEWHERE: ReadonlySet<MadeObject['sort']> = new Set(['record', 'use']);

/** A server that was deleted took everything on it along: an application can be deleted after it. */
export const withoutServer = (work: StepWork): StepWork => async (context: StepContext): Promise<StepDone> => {
  try {
    return await work(context);
  } catch (error) {
    if (context.deployment.kind !== 'delete' || !(error instanceof Refusal) || error.code !== 'SERVER.NOT_FOUND') throw error;
    return { gone: context.application.made.filter(m => !ELSEWHERE.has(m.sort)), text: 'The server is not here any more: what was on it went with the machine, or stays there if only its management ended.' };
  }
};
