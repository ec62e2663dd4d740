import { useClient, useFeed } from '../live/live-context.js';
import type { FeedState } from '../live/event-feed.js';

/** Everything that ever happened to a server, from its first event on. */
export const useServerFeed = (id: string): FeedState => {
  const { tenant } = useClient();
  return useFeed({ stream: 'VPS', filter: `evt.${tenant}.vps.server.${id}`, from: 0, keep: 1_000 });
};
