import { Refusal } from '@xanthus/kernel';
import { pause, runRounds } from '@xanthus/processes';
import { note } from '../session/notes.js';
import type { TerminalsContext } from '../terminals.context.js';

const AT_ONCE = 10;

interface Place { readonly tenant: string; readonly server: string; readonly sessions: readonly string[] }

const placesOf = (on: TerminalsContext): Place[] => {
  const places = new Map<string, { readonly tenant: string; readonly server: string; readonly sessions: string[] }>();
  for (const { tenant, server, id } of on.living.all()) {
    const place = places.get(`${tenant}.${server}`) ?? { tenant, server, sessions: [] };
    place.sessions.push(id);
    places.set(`${tenant}.${server}`, place);
  }
  return [...places.values()];
};

/** Sessions on servers that were deleted, or given away, are over. Run it in one copy only. */
export const watchServers = (on: TerminalsContext, every: number, signal: AbortSignal): Promise<void> => runRounds<Place>({
  every, pause, atOnce: AT_ONCE, log: on.log,
  items: () => placesOf(on),
  async look({ tenant, server, sessions }) {
    const gone = await on.servers.server(tenant, server).then(() => false, (error: unknown) => {
      if (error instanceof Refusal && error.code === 'SERVER.NOT_FOUND') return true;
      throw error;
    });
    if (!gone) return;
    for (const id of sessions) {
      const message = 'Its server was deleted, or is no longer managed here.';
      await note(on, tenant, id, { type: 'End', how: 'server-gone', code: null, signal: null, message, problem: null });
      await on.host.end(tenant, id, { how: 'server-gone', message });
    }
  },
  // vps is away: nothing is concluded.
  failed: ({ server }, error) => on.log.debug({ err: error, server }, 'whether a server is still there could not be asked'),
}, signal);
