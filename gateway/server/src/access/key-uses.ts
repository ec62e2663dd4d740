import { commandSubject } from '@xanthus/proto';
import { noteApiKeyUse } from '@xanthus/proto/auth';
import { OWN_IDENTITY } from '../http/context.js';
import type { Commands } from '../upstream/commands.js';

/** Once a minute for each key is enough to see which are in use, ms. */
const EVERY = 60_000;
/** Bound of the memory; what is forgotten is noted once more. */
const MOST = 10_000;

/** Tells auth that a key is in use. Nothing waits for that, and if it fails the next use says it again. */
export const keyUses = (commands: Pick<Commands, 'run'>, log: { debug(fields: object, text: string): void }, now: () => number = Date.now): ((tenant: string, id: string) => void) => {
  const noted = new Map<string, number>();
  const say = async (tenant: string, id: string): Promise<void> => {
    const { service, aggregate, verb } = noteApiKeyUse;
    const answer = await commands.run({ subject: commandSubject({ tenant, service, aggregate, id, verb }), payload: '{}', identity: OWN_IDENTITY });
    if (!('problem' in answer)) return;
    noted.delete(id);
    log.debug({ key: id, code: answer.problem.code }, 'that a key was used could not be noted');
  };
  return (tenant, id) => {
    if (now() - (noted.get(id) ?? Number.NEGATIVE_INFINITY) < EVERY) return;
    if (noted.size >= MOST) noted.clear();
    noted.set(id, now());
    say(tenant, id).catch((error: unknown) => log.debug({ key: id, err: error }, 'that a key was used could not be noted'));
  };
};
