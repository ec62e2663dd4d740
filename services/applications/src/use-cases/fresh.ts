import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { ApplicationsContext } from '../applications.context.js';
import type { PlanAbout } from '../plan/plan.js';
import { changedSince, gatherFacts, type FactsOf } from '../planning/facts.js';

export const factsOf = ({ kind, application, server, zone, name, detail, basis }: PlanAbout): FactsOf => ({ kind, application, entry: basis.entry, server, zone, host: detail.host, namespace: detail.namespace, release: detail.release, name });

/** Is what the plan rests on still so? @throws Refusal PLAN.STALE, naming what has changed */
export const mustStillHold = async (on: ApplicationsContext, call: Call, about: PlanAbout): Promise<void> => {
  const changed = changedSince(about.basis.facts, await gatherFacts(on, call, factsOf(about)));
  if (changed.length > 0) throw new Refusal('PLAN.STALE', `Since the plan was made, ${listed(changed)} changed. Make it again and look at it.`, { changed });
};
const listed = (words: readonly string[]): string => (words.length === 1 ? `${words[0] ?? ''} has` : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''} have`);
