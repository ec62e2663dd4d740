import { Refusal } from '@xanthus/kernel';
import { pause } from '@xanthus/processes';
import { mayWorkOn } from '../use-cases/rights.js';
import type { OpenForwardRow } from '../views/forwards.js';
import type { ForwardsContext } from './context.js';
import { endForward } from './serve-tunnels.js';

/** How often it is looked; servers are asked for in every so many turns. */
const EVERY = 1_000;
const SELDOM = 60;

/** Closes what is over, what its owner may no longer have open, and what has lost its server, until the signal. Run it in one copy only. */
export const runForwards = async (on: ForwardsContext, signal: AbortSignal): Promise<void> => {
  for (let turn = 0; !signal.aborted; turn++) {
    const gone = turn % SELDOM === 0 ? await goneServers(on) : new Set<string>();
    for (const row of on.open.all()) {
      const how = endOf(on, row, gone);
      if (how !== undefined && !signal.aborted) await endForward(on, row.tenant, row.id, { how, message: '' }).catch((error: unknown) => on.log.warn({ err: error, forward: row.id }, 'a port could not be closed; it is tried again'));
    }
    await pause(EVERY, signal);
  }
};

const endOf = (on: ForwardsContext, row: OpenForwardRow, gone: ReadonlySet<string>): 'over' | 'rights' | 'server-gone' | 'closed' | undefined => {
  if (on.forgotten.has(row.tenant)) return 'closed';
  if (Date.parse(row.ends_at) <= on.now()) return 'over';
  if (gone.has(`${row.tenant}.${row.server}`)) return 'server-gone';
  return on.rights.current() && !mayWorkOn(on, row.tenant, row.owner, row.server) ? 'rights' : undefined;
};

const goneServers = async (on: ForwardsContext): Promise<ReadonlySet<string>> => {
  const servers = new Map(on.open.all().map(row => [`${row.tenant}.${row.server}`, row]));
  const gone = new Set<string>();
  for (const [key, { tenant, server }] of servers) {
    await on.servers.server(tenant, server).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'SERVER.NOT_FOUND') gone.add(key);
    });
  }
  return gone;
};
