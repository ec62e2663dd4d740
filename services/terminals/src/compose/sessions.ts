import { SessionDoors } from '../endpoints/session.doors.js';
import { forgetOld } from '../keeper/forget-old.js';
import { keepSessions } from '../keeper/keep-sessions.js';
import { watchOwn } from '../keeper/watch-own.js';
import { watchServers } from '../keeper/watch-servers.js';
import type { Part, TerminalsCore } from './part.js';

/** Sessions: who opens them, who is in them, how they end. */
export const composeSessions = ({ terminals, pace, onStop }: TerminalsCore): Part => {
  const stopping = new AbortController();
  const running = Promise.all([terminals.living.follow(terminals.nc, stopping.signal), watchOwn(terminals, stopping.signal)]).catch((error: unknown) => terminals.log.error({ err: error }, 'this copy no longer sees its sessions; restart it'));
  onStop(async () => {
    stopping.abort();
    await running;
  });
  return {
    controllers: [SessionDoors],
    standing: [
      { name: 'keeper', run: signal => keepSessions(terminals, pace, signal) },
      { name: 'servers', run: signal => watchServers(terminals, pace.servers, signal) },
      { name: 'forgetting', run: signal => forgetOld(terminals, signal) },
    ],
  };
};
