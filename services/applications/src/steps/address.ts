import { wantedExposures } from './exposures.js';
import { nothing, type Step, type StepContext } from './step.js';

const POLL = 3_000;
/** A new name takes its time to be known everywhere; what is asked of an upgrade is only that it answers as before. */
const ask = async (context: StepContext, url: string, statuses: readonly number[], until: number): Promise<string | null> => {
  for (;;) {
    const answer = await context.ports.ask(url, context.signal);
    context.signal.throwIfAborted();
    if ('status' in answer && statuses.includes(answer.status)) return null;
    const why = 'status' in answer ? `it answers with status ${answer.status}` : answer.problem;
    if (context.ports.now() + POLL > until) return why;
    context.progress(`${url}: ${why}`);
    await context.ports.pause(POLL, context.signal);
    context.signal.throwIfAborted();
  }
};

/**
 * Does it answer under its address? That it does not is told and is no failure: names spread slowly, and the view says from then on whether it answers.
 */
export const address: Step = {
  async make(context) {
    const { entry } = await context.wanted();
    const how = entry.health_checks.address;
    const { host } = context.application;
    const hosts = context.deployment.kind === 'expose' ? (await wantedExposures(context)).slice(-1).map(e => e.host) : host === null ? [] : [host];
    if (how === null || hosts.length === 0) return nothing('It has no address.');
    if ((await context.cluster()).facts.simulated) return nothing('The pods of this server are simulated: nothing answers there.');
    const until = context.ports.now() + Math.min(how.within_seconds * 1_000, context.time - 2 * POLL);
    const problems: string[] = [];
    for (const name of hosts) {
      const why = await ask(context, `https://${name}${how.path}`, how.statuses, until);
      if (why !== null) problems.push(`${name} does not answer as it should yet: ${why}.`);
    }
    return { text: problems.length === 0 ? `${hosts.join(', ')} answers.` : `${problems.join(' ')} It is looked at again from time to time.` };
  },
};
