import { useClient, useFeed } from '../live/live-context.js';

/** What happened to a server: the newest thousand events, and what came before in pages. */
export const useServerFeed = (id: string): ReturnType<typeof useFeed> => {
  const { tenant } = useClient();
  return useFeed({ stream: 'VPS', filter: `evt.${tenant}.vps.server.${id}`, from: 0, keep: 1_000 });
};
