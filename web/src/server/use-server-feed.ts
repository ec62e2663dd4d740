import { useCan, useClient, useFeed } from '../live/live-context.js';

/** What happened to a server: the newest thousand events, and what came before in pages. */
export const useServerFeed = (id: string): ReturnType<typeof useFeed> => {
  const { tenant } = useClient();
  return useFeed({ stream: 'VPS', filter: `evt.${tenant}.vps.server.${id}`, from: 0, keep: 1_000 });
};

/** The same with the steps of its making and removal, its alerts and what was changed at its provider: all have its id. For who may read that much. */
export const useWholeFeed = (id: string): ReturnType<typeof useFeed> => {
  const { tenant } = useClient();
  const all = `evt.${tenant}.vps.*.${id}`;
  const may = useCan({ what: 'stream', stream: 'VPS', filter: all });
  return useFeed({ stream: 'VPS', filter: may ? all : `evt.${tenant}.vps.server.${id}`, from: 0, keep: 1_000 });
};
