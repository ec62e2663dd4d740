import { pause, runRounds, watchKeys } from '@xanthus/processes';
import { note } from '../session/notes.js';
import type { TerminalsContext } from '../terminals.context.js';
import type { SessionRow } from '../views/sessions.js';

const DAY = 24 * 3_600_000;
/** How long those that ended stay in the list. */
const KEPT = 7 * DAY;
const EVERY = 10 * 60_000;

/** Sessions that ended a week ago leave the list. Run it in one copy only. */
export const forgetOld = async (on: TerminalsContext, signal: AbortSignal, every = EVERY): Promise<void> => {
  const ended = new Map<string, number>();
  await Promise.all([
    watchKeys(on.nc, 'terminals', {
      filters: ['*.sessions.*'],
      put: (key, data) => { const { ended_at } = data as SessionRow; if (ended_at !== null) ended.set(key, Date.parse(ended_at)); },
      gone: key => void ended.delete(key),
      keys: () => ended.keys(),
    }, signal),
    runRounds<string>({
      every, pause, atOnce: 4, log: on.log,
      items: () => [...ended].filter(([, at]) => on.now() - at > KEPT).map(([key]) => key),
      async look(key) {
        const [tenant = '', , id = ''] = key.split('.');
        await note(on, tenant, id, { type: 'Forget' });
        ended.delete(key);
      },
      failed: (key, error) => on.log.warn({ err: error, key }, 'a session could not be forgotten'),
    }, signal),
  ]);
};
